// Waves of the photosensitive Oregonator on a ring (Krug, Pohlmann & Kuhnert, J. Phys. Chem. 94 (1990) 4862):
// a solver of its own whose expensive function of one row goes through Bimetal. wave [cells] [steps] [restart file]
#include <bimetal/hybrid.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numbers>

constexpr double dx = 0.3, dt = 0.03, D_u = 1.0, D_v = 0.6, eps = 0.04, f = 1.4, q = 0.002;

// The expensive function: u and v after dt, by 1000 steps of RK4. in: u, v, phi; out: u, v.
void react(std::span<const double> in, std::span<double> out) {
  const double phi = in[2], h = dt / 1000;
  const auto rate_u = [&](double u, double v) { return (u - u * u - (f * v + phi) * (u - q) / (u + q)) / eps; };
  double u = in[0], v = in[1];
  for (int i = 0; i < 1000; ++i) {
    const double a = rate_u(u, v), a_v = u - v, b_u = u + h / 2 * a, b_v = v + h / 2 * a_v;
    const double b = rate_u(b_u, b_v), c_u = u + h / 2 * b, c_v = v + h / 2 * (b_u - b_v);
    const double c = rate_u(c_u, c_v), d_u = u + h * c, d_v = v + h * (c_u - c_v);
    u += h / 6 * (a + 2 * b + 2 * c + rate_u(d_u, d_v));
    v += h / 6 * (a_v + 2 * (b_u - b_v) + 2 * (c_u - c_v) + (d_u - d_v));
  }
  out[0] = u, out[1] = v;
}

void run(int n_cells, int n_steps, const std::string& file) {
  int rank, size;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank), MPI_Comm_size(MPI_COMM_WORLD, &size);
  const int first = n_cells * rank / size, n = n_cells * (rank + 1) / size - first;
  const auto left = (rank + size - 1) % size, right = (rank + 1) % size;
  std::vector<double> u(n + 2, 0.05), v(n + 2, 0.05), rows(3 * n), answers(2 * n);  // fields with a halo
  for (int i = 0; i < n; ++i) {
    rows[3 * i + 2] = 0.005 * (1 + std::cos(2 * std::numbers::pi * (first + i) / n_cells));
    if (20 * (first + i) < n_cells) u[i + 1] = 0.8;
  }

  bimetal::Hybrid hybrid({.kind = "oregonator",
                          .inputs = {{"u", "1", 1.0, bimetal::Nature::positive}, {"v", "1", 0.3}, {"phi", "1", 0.01}},
                          .outputs = {{"u", "1", 1.0, "u", 0.0, 1.0}, {"v", "1", 0.3, "v", 0.0, 1.0}},
                          .fingerprint = "eps 0.04, f 1.4, q 0.002, dt 0.03",
                          .reference = bimetal::by_row(react)},
                         {{"switching.tolerance", "1e-3"}, {"switching.cost_veto", "false"}}, MPI_COMM_WORLD);
  std::int64_t begin = 0;
  std::fstream own;  // what the solver keeps itself, a file for every rank
  const auto own_name = file + "." + std::to_string(rank);
  const auto bytes = [](auto& value) { return reinterpret_cast<char*>(std::data(value)); };
  if (std::filesystem::exists(file)) {
    hybrid.restore(file);
    own.open(own_name, std::ios::in | std::ios::binary);
    own.read(reinterpret_cast<char*>(&begin), 8).read(bytes(u), 8 * (n + 2)).read(bytes(v), 8 * (n + 2));
    own.close();
  }
  const auto end = begin + n_steps;
  for (auto step = begin; step < end; ++step) {
    for (auto* field : {u.data(), v.data()}) {
      MPI_Sendrecv(field + n, 1, MPI_DOUBLE, right, 0, field, 1, MPI_DOUBLE, left, 0, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE);
      MPI_Sendrecv(field + 1, 1, MPI_DOUBLE, left, 1, field + n + 1, 1, MPI_DOUBLE, right, 1, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE);
    }
    for (int i = 1; i <= n; ++i) {
      rows[3 * i - 3] = u[i] + dt * D_u / (dx * dx) * (u[i - 1] - 2 * u[i] + u[i + 1]);
      rows[3 * i - 2] = v[i] + dt * D_v / (dx * dx) * (v[i - 1] - 2 * v[i] + v[i + 1]);
    }
    hybrid.solve(step, {.n = n, .in = rows, .out = answers});
    for (int i = 1; i <= n; ++i) u[i] = answers[2 * i - 2], v[i] = answers[2 * i - 1];
  }
  if (!file.empty()) {
    hybrid.save(file);
    own.open(own_name, std::ios::out | std::ios::binary);
    own.write(reinterpret_cast<const char*>(&end), 8).write(bytes(u), 8 * (n + 2)).write(bytes(v), 8 * (n + 2));
  }
  const auto summary = hybrid.summary();
  if (rank == 0) std::printf("%s", summary.c_str());
}

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  try {
    run(argc > 1 ? std::atoi(argv[1]) : 1000, argc > 2 ? std::atoi(argv[2]) : 600, argc > 3 ? argv[3] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "wave: %s\n", error.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
}
