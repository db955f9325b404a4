#include "subproblem/cvode.hpp"

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_version.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <algorithm>
#include <type_traits>
#include <vector>

#include "core/error.hpp"
#include "subproblem/cvode_linear_solver.hpp"

namespace bimetal::subproblem {
namespace {

static_assert(std::is_same_v<sunrealtype, double>, "bimetal needs SUNDIALS in double precision");

struct FreeContext {
  void operator()(SUNContext context) const { SUNContext_Free(&context); }
};
struct FreeMemory {
  void operator()(void* memory) const { CVodeFree(&memory); }
};
using Context = std::unique_ptr<std::remove_pointer_t<SUNContext>, FreeContext>;
using Vector = std::unique_ptr<std::remove_pointer_t<N_Vector>, decltype([](N_Vector v) { N_VDestroy(v); })>;
using DenseMatrix =
    std::unique_ptr<std::remove_pointer_t<SUNMatrix>, decltype([](SUNMatrix m) { SUNMatDestroy(m); })>;
using Solver =
    std::unique_ptr<std::remove_pointer_t<SUNLinearSolver>, decltype([](SUNLinearSolver s) { SUNLinSolFree(s); })>;
using Memory = std::unique_ptr<void, FreeMemory>;

Context make_context() {
  SUNContext context = nullptr;
#if SUNDIALS_VERSION_MAJOR >= 7
  const auto flag = SUNContext_Create(SUN_COMM_NULL, &context);
  if (context) SUNContext_ClearErrHandlers(context);  // failures are reported as values
#else
  const auto flag = SUNContext_Create(nullptr, &context);
#endif
  VALIDATE(flag == 0 && context, "SUNDIALS could not create a context (code {})", static_cast<int>(flag));
  return Context(context);
}

// Newton's iteration stops at this part of the error test. With CVODE's own 0.1 rows of a flame need a tenth more
// evaluations and come out no more accurate; its other settings cannot be bettered there.
constexpr double newton_accuracy = 0.33;

void check(int flag, const char* function) {
  VALIDATE(flag >= 0, "{} of SUNDIALS failed with code {}", function, flag);
}

/// What the callbacks need: the equations, and their Jacobian at the last evaluation.
struct System {
  explicit System(std::unique_ptr<Ode> equations)
      : ode(std::move(equations)), newton(ode->size()), rates(ode->size()) {}

  std::unique_ptr<Ode> ode;
  NewtonMatrix newton;
  std::vector<double> rates;  // [n] by-product of the Jacobian
  std::int64_t jacobian_evaluations = 0;
};

System& system_of(void* user_data) { return *static_cast<System*>(user_data); }

std::span<double> entries(N_Vector vector) {
  return {N_VGetArrayPointer(vector), static_cast<std::size_t>(N_VGetLength(vector))};
}

// CVODE takes a positive code as "try a smaller step".
int code(Evaluation evaluation) { return evaluation == Evaluation::done ? 0 : 1; }

int rates_callback(sunrealtype, N_Vector y, N_Vector f, void* system) noexcept {
  return code(system_of(system).ode->rates(entries(y), entries(f)));
}

/// Newton's matrix I - gamma J, with a new Jacobian only if the old one will not do. CVODE's own way of keeping and
/// scaling the Jacobian costs more than factoring the matrix.
int newton_matrix_callback(sunrealtype, N_Vector y, N_Vector, SUNMatrix, sunbooleantype reuse,
                           sunbooleantype* evaluated, sunrealtype gamma, void* user_data, N_Vector, N_Vector,
                           N_Vector) noexcept {
  System& system = system_of(user_data);
  system.newton.gamma = gamma;
  *evaluated = reuse ? SUNFALSE : SUNTRUE;
  if (reuse) return 0;
  ++system.jacobian_evaluations;
  return code(system.ode->linearise(entries(y), system.rates, system.newton.jacobian));
}

#if SUNDIALS_VERSION_MAJOR < 7
void silence(int, const char*, const char*, char*, void*) noexcept {}  // failures are reported as values
#endif

const char* reason(int flag) {
  switch (flag) {
    case CV_TOO_MUCH_WORK: return "it takes too many steps";
    case CV_TOO_MUCH_ACC: return "the tolerances are too tight for double precision";
    case CV_ERR_FAILURE: return "the error test keeps failing or the step has become too small";
    case CV_CONV_FAILURE: return "Newton's iteration does not converge";
    case CV_RHSFUNC_FAIL:
    case CV_FIRST_RHSFUNC_ERR:
    case CV_REPTD_RHSFUNC_ERR:
    case CV_UNREC_RHSFUNC_ERR: return "the state leaves the range of the thermodynamic data";
    default: return "CVODE cannot go on";
  }
}

}  // namespace

struct Cvode::Impl {
  explicit Impl(std::unique_ptr<Ode> ode) : system(std::move(ode)), context(make_context()) {
    const auto n = static_cast<sunindextype>(system.ode->size());
    state.reset(N_VNew_Serial(n, context.get()));
    matrix.reset(SUNDenseMatrix(n, n, context.get()));
    VALIDATE(state && matrix, "SUNDIALS has no memory for a system of {} unknowns", n);
    solver.reset(make_linear_solver(system.newton, context.get()));
    memory.reset(CVodeCreate(CV_BDF, context.get()));
    VALIDATE(solver && memory, "SUNDIALS has no memory for a system of {} unknowns", n);
    N_VConst(0.0, state.get());
    check(CVodeInit(memory.get(), rates_callback, 0.0, state.get()), "CVodeInit");
#if SUNDIALS_VERSION_MAJOR < 7
    check(CVodeSetErrHandlerFn(memory.get(), silence, nullptr), "CVodeSetErrHandlerFn");
#endif
    check(CVodeSetUserData(memory.get(), &system), "CVodeSetUserData");
    check(CVodeSetLinearSolver(memory.get(), solver.get(), matrix.get()), "CVodeSetLinearSolver");
    check(CVodeSetNonlinConvCoef(memory.get(), newton_accuracy), "CVodeSetNonlinConvCoef");
    check(CVodeSetLinSysFn(memory.get(), newton_matrix_callback), "CVodeSetLinSysFn");
  }

  std::optional<std::string> advance(int task) {
    const int flag = CVode(memory.get(), t_end, state.get(), &time, task);
    if (flag >= 0) return std::nullopt;
    return std::string(reason(flag)) + " (CVODE code " + std::to_string(flag) + ")";
  }

  // In the order of construction; destroyed in reverse.
  System system;
  Context context;
  Vector state;
  DenseMatrix matrix;
  Solver solver;
  Memory memory;
  sunrealtype time = 0.0;
  double t_end = 0.0;
};

Cvode::Cvode(std::unique_ptr<Ode> ode) : impl_(std::make_unique<Impl>(std::move(ode))) {}
Cvode::~Cvode() = default;
Cvode::Cvode(Cvode&&) noexcept = default;
Cvode& Cvode::operator=(Cvode&&) noexcept = default;

void Cvode::start(std::span<const double> y, double t_end, const CvodeOptions& options) {
  void* const memory = impl_->memory.get();
  const auto state = entries(impl_->state.get());
  EXPECT(y.size() == state.size() && t_end > 0.0);
  std::copy(y.begin(), y.end(), state.begin());
  impl_->system.jacobian_evaluations = 0;
  impl_->time = 0.0;
  impl_->t_end = t_end;
  check(CVodeReInit(memory, 0.0, impl_->state.get()), "CVodeReInit");
  check(CVodeSStolerances(memory, options.rtol, options.atol), "CVodeSStolerances");
  check(CVodeSetMaxNumSteps(memory, options.max_steps), "CVodeSetMaxNumSteps");
  check(CVodeSetInitStep(memory, options.first_step), "CVodeSetInitStep");
  check(CVodeSetJacEvalFrequency(memory, options.jacobian_every), "CVodeSetJacEvalFrequency");
  check(CVodeSetStopTime(memory, t_end), "CVodeSetStopTime");
}

std::optional<std::string> Cvode::finish() { return impl_->advance(CV_NORMAL); }
std::optional<std::string> Cvode::step() { return impl_->advance(CV_ONE_STEP); }
double Cvode::time() const { return impl_->time; }
std::span<const double> Cvode::state() const { return entries(impl_->state.get()); }
Ode& Cvode::ode() { return *impl_->system.ode; }

CvodeCounts Cvode::counts() const {
  long steps = 0;
  long rhs_evaluations = 0;
  check(CVodeGetNumSteps(impl_->memory.get(), &steps), "CVodeGetNumSteps");
  check(CVodeGetNumRhsEvals(impl_->memory.get(), &rhs_evaluations), "CVodeGetNumRhsEvals");
  return {steps, rhs_evaluations, impl_->system.jacobian_evaluations};
}

}  // namespace bimetal::subproblem
