#pragma once

#include <array>

namespace bimetal::subproblem {

/// A Rosenbrock method for autonomous systems in the form without matrix products:
///   (I/(h gamma) - J) u_i = f(y + sum_j a_ij u_j) + sum_j c_ij/h u_j,
///   y_new = y + sum_i m_i u_i,  error estimate = sum_i e_i u_i.
/// Hairer & Wanner, Solving Ordinary Differential Equations II (1996), section IV.7, eq. (7.25).
struct RosenbrockMethod {
  static constexpr int most_stages = 6;
  using Row = std::array<double, most_stages>;

  const char* name;
  int n_stages;
  int order;           // of the step
  int estimate_order;  // of the embedded step the estimate compares with, plus one: how the estimate falls with h
  double gamma;
  std::array<Row, most_stages> a;  // a[i][j], j < i
  std::array<Row, most_stages> c;
  Row m;
  Row e;
  std::array<bool, most_stages> evaluates;  // whether stage i has a state of its own, or that of the one before
};

/// Four stages, three evaluations, order 3(2), stiffly accurate and L-stable.
/// Sandu, Verwer, Blom, Spee, Carmichael & Potra, Atmos. Environ. 31 (1997) 3459.
inline constexpr RosenbrockMethod rodas3{.name = "RODAS3",
                                         .n_stages = 4,
                                         .order = 3,
                                         .estimate_order = 3,
                                         .gamma = 0.5,
                                         .a = {{{}, {}, {2.0}, {2.0, 0.0, 1.0}, {}, {}}},
                                         .c = {{{}, {4.0}, {1.0, -1.0}, {1.0, -1.0, -8.0 / 3.0}, {}, {}}},
                                         .m = {2.0, 0.0, 1.0, 1.0},
                                         .e = {0.0, 0.0, 0.0, 1.0},
                                         .evaluates = {false, false, true, true}};

/// Six stages and evaluations, order 4(3), stiffly accurate and L-stable. Hairer & Wanner (1996), code RODAS.
inline constexpr RosenbrockMethod rodas4{
    .name = "RODAS4",
    .n_stages = 6,
    .order = 4,
    .estimate_order = 4,
    .gamma = 0.25,
    .a = {{{},
           {1.544},
           {0.9466785280815826, 0.2557011698983284},
           {3.314825187068521, 2.896124015972201, 0.9986419139977817},
           {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950},
           {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0}}},
    .c = {{{},
           {-5.6688},
           {-2.430093356833875, -0.2063599157091915},
           {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
           {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160},
           {8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054}}},
    .m = {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0, 1.0},
    .e = {0.0, 0.0, 0.0, 0.0, 0.0, 1.0},
    .evaluates = {false, true, true, true, true, true}};

}  // namespace bimetal::subproblem
