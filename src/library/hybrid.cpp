#include "bimetal/hybrid.hpp"

#include <cstdio>
#include <cstdlib>

#include "core/error.hpp"
#include "library/session.hpp"
#include "parallel/arrival.hpp"
#include "parallel/mpi.hpp"

namespace bimetal {

BadInput::~BadInput() = default;
Failure::~Failure() = default;
PhysicsFailure::~PhysicsFailure() = default;

namespace {

constexpr double patience = 5.0;  // for the other ranks to fail as well [s]

[[noreturn]] void end_job(MPI_Comm comm, const char* why) {
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  std::fprintf(stderr, "bimetal: rank %d: %s\n", rank, why);
  std::fflush(nullptr);
  MPI_Abort(comm, 1);
  std::abort();
}

/// Runs a collective action. A failure that all ranks meet becomes an exception of the interface; one that this rank
/// meets alone ends the job, since the others wait for it and would wait forever. exit: serves nothing else.
template <class Action>
auto guarded(const parallel::Communicator& exit, Action&& action) {
  const auto together = [&](const char* why) {
    if (!parallel::all_arrive_within(exit, patience)) end_job(parallel::native(exit), why);
  };
  try {
    return action();
  } catch (const core::UserError& error) {
    together(error.what());
    throw BadInput(error.what());
  } catch (const core::RuntimeFailure& failure) {
    together(failure.what());
    throw Failure(failure.what());
  } catch (const std::exception& error) {
    end_job(parallel::native(exit), error.what());
  } catch (...) {
    end_job(parallel::native(exit), "an exception of unknown type");
  }
}

MPI_Comm initialised(MPI_Comm communicator) {
  int begun = 0, over = 0;
  MPI_Initialized(&begun);
  MPI_Finalized(&over);
  if (!begun || over) throw BadInput("MPI is not initialised; call MPI_Init before and MPI_Finalize after");
  if (communicator == MPI_COMM_NULL)
    throw BadInput("the communicator is MPI_COMM_NULL; give that of the solver's ranks");
  return communicator;
}

}  // namespace

struct __attribute__((visibility("hidden"))) Hybrid::Impl {
  Impl(Problem problem, const Options& options, MPI_Comm communicator, const std::string& file)
      : exit(parallel::duplicate(initialised(communicator))), session(guarded(exit, [&] {
          return std::make_unique<library::Session>(std::move(problem), options, file,
                                                    parallel::duplicate(communicator));
        })) {}

  parallel::Communicator exit;
  std::unique_ptr<library::Session> session;
};

Hybrid::Hybrid(Problem problem, const Options& options, MPI_Comm communicator, const std::string& options_file)
    : impl_(std::make_unique<Impl>(std::move(problem), options, communicator, options_file)) {}
Hybrid::~Hybrid() = default;
Hybrid::Hybrid(Hybrid&&) noexcept = default;
Hybrid& Hybrid::operator=(Hybrid&&) noexcept = default;

void Hybrid::solve(std::int64_t step, const Rows& rows) {
  const auto failed = guarded(impl_->exit, [&] { return impl_->session->solve(step, rows); });
  if (failed) throw PhysicsFailure(failed->message, failed->rank, failed->id, failed->code);
}

std::string Hybrid::report() {
  return guarded(impl_->exit, [&] { return impl_->session->report(); });
}
std::string Hybrid::summary() {
  return guarded(impl_->exit, [&] { return impl_->session->summary(); });
}
bool Hybrid::is_first() const { return impl_->session->comm().is_root(); }
void Hybrid::save(const std::string& path) {
  guarded(impl_->exit, [&] { impl_->session->save(path); });
}
void Hybrid::restore(const std::string& path) {
  guarded(impl_->exit, [&] { impl_->session->restore(path); });
}
std::vector<std::byte> Hybrid::state() {
  return guarded(impl_->exit, [&] { return impl_->session->state(); });
}
void Hybrid::set_state(std::span<const std::byte> state) {
  guarded(impl_->exit, [&] { impl_->session->set_state(state); });
}
void Hybrid::save_model(const std::string& path) {
  guarded(impl_->exit, [&] { impl_->session->save_model(path); });
}

}  // namespace bimetal
