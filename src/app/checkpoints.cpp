#include "app/checkpoints.hpp"

#include <utility>

#include "core/timer.hpp"
#include "io/checkpoint.hpp"
#include "io/checkpoint_directory.hpp"

namespace bimetal::app {

Checkpoints::Checkpoints(const RunConfig& config, Simulation& simulation, RunOutput& output, RunProgress& progress,
                         parallel::Communicator comm)
    : config_(&config), simulation_(&simulation), output_(&output), progress_(&progress), comm_(std::move(comm)) {}

void Checkpoints::persist(const core::Archive& archive) {
  auto config = config_->resolved;
  archive.alike("config", config);
  auto step = progress_->clock.step();
  archive.alike("step", step);
  auto fingerprint = simulation_->hybrid().kind().signature().fingerprint;
  archive.alike("fingerprint", fingerprint);
  progress_->persist(archive.in("progress"));
  simulation_->persist(archive.in("simulation"));
  output_->persist(archive.in("output"));
}

void Checkpoints::restore(const std::filesystem::path& path) {
  io::restore_checkpoint(
      path, [this](const core::Archive& archive) { persist(archive); }, comm_);
  last_ = path;
  last_step_ = progress_->clock.step();
}

bool Checkpoints::due() const {
  const auto every = config_->output.checkpoint_every;
  return every > 0 && (progress_->clock.done() || progress_->clock.step() % every == 0);
}

double Checkpoints::write() {
  const core::Stopwatch watch;
  const auto step = progress_->clock.step();
  const std::filesystem::path directory = config_->output.directory;
  output_->settle(progress_->clock);
  simulation_->hybrid().gather_state();
  last_ = directory / io::checkpoint_file_name(step);
  io::write_checkpoint(
      last_, [this](const core::Archive& archive) { persist(archive); }, comm_);
  last_step_ = step;
  if (comm_.is_root()) io::remove_older_checkpoints(directory, step);
  output_->book(watch.seconds());
  return watch.seconds();
}

std::string Checkpoints::advice() const {
  if (last_step_ < 0) return "there is no checkpoint yet (output.checkpoint_every)";
  return fmt::format("the last good checkpoint is {}", last_.string());
}

}  // namespace bimetal::app
