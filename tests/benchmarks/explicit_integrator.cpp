#include "explicit_integrator.hpp"

#include <arkode/arkode_erkstep.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_version.h>

#include <algorithm>
#include <vector>

#include "core/error.hpp"

namespace bimetal::benchmarks {
namespace {

#if SUNDIALS_VERSION_MAJOR >= 7
constexpr auto set_tolerances = ARKodeSStolerances;
constexpr auto set_max_steps = ARKodeSetMaxNumSteps;
constexpr auto set_stop_time = ARKodeSetStopTime;
constexpr auto set_order = ARKodeSetOrder;
constexpr auto set_user_data = ARKodeSetUserData;
constexpr auto evolve = ARKodeEvolve;
constexpr auto free_memory = ARKodeFree;
const SUNComm serial = SUN_COMM_NULL;  // of Open MPI, a cast
#else
constexpr auto set_tolerances = ERKStepSStolerances;
constexpr auto set_max_steps = ERKStepSetMaxNumSteps;
constexpr auto set_stop_time = ERKStepSetStopTime;
constexpr auto set_order = ERKStepSetOrder;
constexpr auto set_user_data = ERKStepSetUserData;
constexpr auto evolve = ERKStepEvolve;
constexpr auto free_memory = ERKStepFree;
constexpr void* serial = nullptr;
void silence(int, const char*, const char*, char*, void*) noexcept {}
#endif

std::span<double> entries(N_Vector vector) {
  return {N_VGetArrayPointer(vector), static_cast<std::size_t>(N_VGetLength(vector))};
}

int rates_callback(sunrealtype, N_Vector y, N_Vector f, void* ode) noexcept {
  const auto evaluation = static_cast<subproblem::Ode*>(ode)->rates(entries(y), entries(f));
  return evaluation == subproblem::Evaluation::done ? 0 : 1;
}

}  // namespace

struct ExplicitIntegrator::Impl {
  std::unique_ptr<subproblem::Ode> ode;
  SUNContext context = nullptr;
  N_Vector y = nullptr;
  void* memory = nullptr;

  ~Impl() {
    if (memory) free_memory(&memory);
    if (y) N_VDestroy(y);
    if (context) SUNContext_Free(&context);
  }
};

ExplicitIntegrator::ExplicitIntegrator(std::unique_ptr<subproblem::Ode> ode, int order)
    : impl_(std::make_unique<Impl>()) {
  impl_->ode = std::move(ode);
  VALIDATE(SUNContext_Create(serial, &impl_->context) == 0, "SUNDIALS could not create a context");
  impl_->y = N_VNew_Serial(static_cast<sunindextype>(impl_->ode->size()), impl_->context);
  N_VConst(0.0, impl_->y);
  impl_->memory = ERKStepCreate(rates_callback, 0.0, impl_->y, impl_->context);
  VALIDATE(impl_->memory, "SUNDIALS has no memory");
#if SUNDIALS_VERSION_MAJOR >= 7
  SUNContext_ClearErrHandlers(impl_->context);
#else
  ERKStepSetErrHandlerFn(impl_->memory, silence, nullptr);
#endif
  set_user_data(impl_->memory, impl_->ode.get());
  set_order(impl_->memory, order);
}
ExplicitIntegrator::~ExplicitIntegrator() = default;
ExplicitIntegrator::ExplicitIntegrator(ExplicitIntegrator&&) noexcept = default;

bool ExplicitIntegrator::integrate(std::span<double> y, double t_end, double rtol, double atol, long max_steps) {
  const auto state = entries(impl_->y);
  std::copy(y.begin(), y.end(), state.begin());
  ERKStepReInit(impl_->memory, rates_callback, 0.0, impl_->y);
  set_tolerances(impl_->memory, rtol, atol);
  set_max_steps(impl_->memory, max_steps);
  set_stop_time(impl_->memory, t_end);
  sunrealtype reached = 0.0;
  const bool done = evolve(impl_->memory, t_end, impl_->y, &reached, ARK_NORMAL) >= 0;
  std::copy(state.begin(), state.end(), y.begin());
  return done;
}

}  // namespace bimetal::benchmarks
