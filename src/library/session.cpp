#include "library/session.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <exception>
#include <limits>
#include <numeric>

#include "config/difference.hpp"
#include "core/error.hpp"
#include "core/fingerprint.hpp"
#include "core/packed_archive.hpp"
#include "core/text.hpp"
#include "core/version.hpp"
#include "hybrid/hybrid_report.hpp"
#include "io/summary.hpp"
#include "parallel/alike.hpp"

namespace bimetal::library {
namespace {

using core::UserError;
using nlohmann::ordered_json;

Problem complete(Problem problem) {
  if (!problem.reference)
    throw UserError::format("kind {} has no reference; give the function that answers rows", problem.kind);
  if (problem.rows_per_call < 0)
    throw UserError::format("rows_per_call is {}; give 0 for all rows at once, or how many", problem.rows_per_call);
  for (const auto& law : problem.laws)
    if (!law.holds) throw UserError::format("law {} has no function; give one", law.name);
  return problem;
}

/// All that must be the same on every rank.
std::string describe(const Problem& problem, const core::Signature& signature) {
  std::string text = fmt::format("{} {}", signature.kind, signature.fingerprint);
  for (const auto& input : signature.inputs)
    text += fmt::format(" {}:{:.17g}:{}", input.name, input.scale, static_cast<int>(input.nature));
  for (std::size_t k = 0; k < signature.outputs.size(); ++k)
    text += fmt::format(" {}:{:.17g}:[{:.17g},{:.17g}]", signature.outputs[k].name, signature.outputs[k].scale,
                        problem.outputs[k].lower, problem.outputs[k].upper);
  for (const auto& law : problem.laws) text += " " + law.name;
  for (const double coefficient : signature.invariants.values) text += fmt::format(" {:.17g}", coefficient);
  return text + fmt::format(" {}", problem.rows_per_call);
}

AnsweredBy answered_by(subproblem::Answerer answerer) {
  switch (answerer) {
    case subproblem::Answerer::surrogate: return AnsweredBy::surrogate;
    case subproblem::Answerer::audit: return AnsweredBy::audit;
    default: return AnsweredBy::reference;
  }
}

using Seal = std::array<std::byte, sizeof(std::uint64_t)>;

/// What is put behind the bytes of a state, so that a damaged one is known.
Seal seal_of(std::span<const std::byte> bytes) {
  core::Fingerprint print;
  print.add(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  return std::bit_cast<Seal>(print.value());
}

constexpr const char* free_keys[] = {"case", "steps", "output", "surrogate.device", "surrogate.model"};

/// Options that may change between the parts of a run.
bool is_free(std::string_view key) {
  return std::ranges::any_of(free_keys, [&](std::string_view free) {
    return key == free || (key.starts_with(free) && key[free.size()] == '.');
  });
}

}  // namespace

Session::Session(Problem problem, const Options& options, const std::string& options_file,
                 parallel::Communicator comm)
    : problem_(complete(std::move(problem))),
      comm_(std::move(comm)),
      config_(read_library_config(options, options_file, problem_.kind, comm_)),
      log_(comm_.is_root() ? config_.voice : core::LogVoice::silent),
      crew_(comm_) {
  auto reference = std::make_unique<UserSolver>(problem_, config_);
  reference_ = reference.get();
  parallel::require_alike("describes the sub-problem", describe(problem_, signature()), "give every rank the same",
                          comm_);
  std::optional<surrogate::Surrogate> network;
  if (config_.hybrid.switching.acceptance_rule().asks_surrogate)
    network = make_surrogate(config_, signature(), comm_);
  if (network && !network->device_choice().empty()) log_.info("{}", network->device_choice());
  hybrid_ =
      std::make_unique<hybrid::HybridSolver>(std::move(reference), std::move(network), config_.hybrid, crew_, log_);
  if (!config_.data) return;
  storage_ = make_storage();
  recorder_ =
      std::make_unique<hybrid::DataRecorder>(*hybrid_, *hybrid_, config_.data_rows, config_.hybrid.seed, comm_);
}

Session::~Session() {
  // Collective calls have no place in unwinding: other ranks may not be on their way here.
  if (!data_ || std::uncaught_exceptions() > 0) return;
  try {
    data_->close();
  } catch (const core::RuntimeFailure& failure) {
    log_.warn("{}", failure.what());
  }
}

/// UserError, the same on every rank, if the rows or the step make no sense. Collective.
Session::Numbers Session::require_sound(std::int64_t step, const Rows& rows) const {
  const auto n = static_cast<std::size_t>(std::max<std::int64_t>(rows.n, 0));
  const auto& inputs = signature().inputs;
  std::string wrong;
  const auto expect_size = [&](const char* what, std::size_t size, std::size_t wanted) {
    if (size != wanted && wrong.empty())
      wrong = fmt::format("{} has {} values for {} rows, not {}", what, size, n, wanted);
  };
  if (rows.n < 0) wrong = fmt::format("the number of rows is {}", rows.n);
  expect_size("in", rows.in.size(), n * inputs.size());
  expect_size("out", rows.out.size(), n * signature().outputs.size());
  if (!rows.id.empty()) expect_size("id", rows.id.size(), n);
  if (!rows.answered_by.empty()) expect_size("answered_by", rows.answered_by.size(), n);
  if (wrong.empty() && n > 0 && rows.in.data() == rows.out.data())
    wrong = "in and out are the same memory; give two tables";
  if (wrong.empty()) {
    const auto bad = std::ranges::find_if(rows.in, [](double value) { return !std::isfinite(value); });
    const auto at = static_cast<std::size_t>(bad - rows.in.begin());
    if (bad != rows.in.end())
      wrong = fmt::format("input {} of row {} is {}, which is no number", inputs[at % inputs.size()].name,
                          at / inputs.size(), *bad);
  }
  if (wrong.empty() && rows.iteration > Iteration::next)
    wrong = fmt::format("the iteration is {}, and must be first or next", static_cast<int>(rows.iteration));
  if (wrong.empty() && rows.iteration == Iteration::next && (step != iterated_step_ || rows.n != iterated_rows_))
    wrong = "a next batch must follow a first one of the same step and the same rows";
  if (wrong.empty() && next_step_ == 0 && !rows.id.empty()) {  // once: the numbers are the same ones in every step
    std::vector<std::int64_t> id(rows.id.begin(), rows.id.end());
    std::ranges::sort(id);
    const auto twice = std::ranges::adjacent_find(id);
    if (twice != id.end()) wrong = fmt::format("two rows have the number {}; each is that of one row", *twice);
  }
  if (wrong.empty() && step < 0) wrong = fmt::format("the step is {}; steps count up from 0", step);
  if (wrong.empty() && rows.iteration != Iteration::next && step < next_step_)
    wrong = fmt::format("step {} is not behind step {}, which is done; steps count up over the run", step,
                        next_step_ - 1);
  // One reduction in the usual case.
  const auto s = static_cast<double>(step), i = static_cast<double>(rows.iteration);
  const bool numbered = !rows.id.empty();
  std::array<double, 7> all{wrong.empty() ? 0.0 : 1.0,     s, -s, i, -i, n > 0 && numbered ? 1.0 : 0.0,
                            n > 0 && !numbered ? 1.0 : 0.0};
  comm_.max_in_place(all);
  if (all[0] > 0.0) comm_.agree(wrong.empty(), fmt::format("solve: on rank {}, {}", comm_.rank(), wrong));
  if (all[1] != -all[2] || all[3] != -all[4])
    throw UserError(
        "solve: ranks are at different steps or in different parts of an iteration; all of them call it "
        "for the same one");
  if (all[5] > 0.0 && all[6] > 0.0)
    throw UserError("solve: some ranks give numbers of their rows and some do not; all of them, or none");
  return all[6] > 0.0 ? Numbers::missing : Numbers::given;
}

/// Numbers the rows through, rank behind rank, where the caller has no numbers. Collective.
void Session::number(const Rows& rows) {
  const auto counts = comm_.all_gather(rows.n);
  id_.resize(static_cast<std::size_t>(rows.n));
  std::iota(id_.begin(), id_.end(), std::reduce(counts.begin(), counts.begin() + comm_.rank(), std::int64_t{0}));
}

std::optional<FailedRow> Session::solve(std::int64_t step, const Rows& rows) {
  const bool numbers = require_sound(step, rows) == Numbers::missing;
  if (numbers) number(rows);
  const auto n = static_cast<std::size_t>(rows.n);
  provenance_.assign(n, {});
  const auto& kind = signature();
  subproblem::Batch batch{.in = {rows.in.data(), rows.n, std::ssize(kind.inputs)},
                          .out = {rows.out.data(), rows.n, std::ssize(kind.outputs)},
                          .id = numbers ? std::span<const std::int64_t>(id_) : rows.id,
                          .step = step,
                          .provenance = provenance_,
                          .iterate = static_cast<subproblem::Iterate>(rows.iteration)};
  reference_->forget_codes();
  const auto report = recorder_ ? recorder_->solve(batch) : hybrid_->solve(batch);
  if (recorder_) {
    if (!data_) data_ = storage_->open_rows(config_, kind, comm_, next_step_);
    data_->append(recorder_->rows());
  }
  next_step_ = step + 1;
  iterated_step_ = rows.iteration == Iteration::none ? -1 : step;
  iterated_rows_ = rows.n;
  for (std::size_t i = 0; i < rows.answered_by.size(); ++i)
    rows.answered_by[i] = answered_by(provenance_[i].answerer);
  const auto& broken = reference_->kind().broken_law();
  try {
    comm_.agree(!broken, broken ? fmt::format("step {}: on rank {}, {}", step, comm_.rank(), *broken) : "");
  } catch (const UserError& error) {
    throw core::RuntimeFailure(error.what());  // not of what this call was given
  }
  return first_failure(report.failures, step);
}

/// The row of the lowest number that could not be solved. Collective.
std::optional<FailedRow> Session::first_failure(const std::vector<subproblem::Failure>& failures,
                                                std::int64_t step) const {
  const auto n_failed = comm_.sum(std::ssize(failures));
  if (n_failed == 0) return std::nullopt;
  const auto first = std::ranges::min_element(failures, {}, &subproblem::Failure::id);
  const auto firsts =
      comm_.all_gather(first == failures.end() ? std::numeric_limits<std::int64_t>::max() : first->id);
  const auto rank = static_cast<int>(std::ranges::min_element(firsts) - firsts.begin());
  FailedRow failed{.message = {}, .rank = rank, .id = firsts[static_cast<std::size_t>(rank)], .code = 0};
  if (rank == comm_.rank()) {
    std::string row;
    const auto& inputs = signature().inputs;
    for (std::size_t k = 0; k < inputs.size(); ++k)
      row += fmt::format("{}{} = {:.9g}", k == 0 ? "" : ", ", inputs[k].name, first->in[k]);
    failed.message = fmt::format(
        "step {}: the reference could not solve {} row(s); the first is row {}, solved by rank "
        "{}: {} ({})",
        step, n_failed, first->id, rank, core::one_line(first->reason, 400), row);
  }
  comm_.broadcast(failed.message, rank);
  const auto codes = comm_.all_gather(reference_->code_of(failed.id));
  failed.code = static_cast<std::int32_t>(codes[static_cast<std::size_t>(rank)]);
  return failed;
}

std::string Session::report() {
  hybrid_->conclude_step();
  ordered_json report;
  report["program"] = {{"name", "libbimetal"}, {"version", core::version}, {"commit", core::commit}};
  report["case"] = config_.name;
  report["kind"] = signature().kind;
  report["ranks"] = comm_.size();
  report["steps"] = next_step_;
  report["wall_s"] = comm_.max(wall_seconds());
  report.update(hybrid::report(*hybrid_, config_.hybrid, crew_, wall_seconds()));
  return report.dump(2);
}

std::string Session::summary() {
  const auto report = ordered_json::parse(this->report());
  auto text = fmt::format("{}: {} steps of {} on {} rank(s) in {:.1f} s\n", config_.name, next_step_,
                          signature().kind, comm_.size(), report["wall_s"].get<double>());
  for (const auto& [label, line] : hybrid::summary_lines(report)) text += fmt::format("  {:<21} {}\n", label, line);
  std::string parts;
  if (report.contains("ledger"))
    for (const auto& [part, seconds] : report["ledger"]["parts_s"].items())
      parts += fmt::format("{}{} {:.1f} s", parts.empty() ? "" : ", ", part, seconds.get<double>() / comm_.size());
  if (!parts.empty()) text += fmt::format("  {:<21} {}\n", "time", parts);
  comm_.broadcast(text);
  return text;
}

/// UserError, the same on every rank, if what is restored is of another run. Local.
void Session::persist_identity(const core::Archive& archive) {
  auto config = config_.resolved;
  archive.alike("config", config);
  auto fingerprint = signature().fingerprint;
  archive.alike("fingerprint", fingerprint);
  auto n_ranks = static_cast<std::int64_t>(comm_.size());
  archive.alike("n_ranks", n_ranks);
  if (archive.restores()) {
    if (fingerprint != signature().fingerprint)
      throw UserError("it is the state of another kind of sub-problem: of other columns, or of another fingerprint");
    for (const auto& difference : config::differences(config, config_.resolved))
      if (!is_free(difference.key))
        throw UserError::format(
            "{} was {} when it was saved and is {} now; only output, steps, case, surrogate.model and "
            "surrogate.device may change between the parts of a run",
            difference.key, difference.before, difference.now);
    if (archive.same_ranks() && n_ranks != comm_.size())
      throw UserError::format("it is the state of {} ranks, and here are {}", n_ranks, comm_.size());
  }
}

void Session::persist(const core::Archive& archive) {
  persist_identity(archive);
  archive.alike("next_step", next_step_);
  double wall = wall_seconds();
  archive.maxima("wall", wall);
  hybrid_->persist(archive.in("hybrid"));
  if (!archive.restores()) return;
  wall_before_ = wall;
  since_start_ = core::Stopwatch();
}

/// UserError, the same on every rank, if the path is empty or not the same on all. Collective.
void Session::require_path(const std::string& path) const {
  parallel::require_alike("was given the path", path, "give every rank the same", comm_);
  if (path.empty()) throw UserError("the path of the file is empty; give one");
}

void Session::save(const std::string& path) {
  require_path(path);
  if (!storage_) storage_ = make_storage();
  hybrid_->gather_state();
  if (data_) data_->cut(next_step_);
  storage_->write_checkpoint(
      path, [this](const core::Archive& archive) { persist(archive); }, comm_);
}

void Session::restore(const std::string& path) {
  require_path(path);
  if (!storage_) storage_ = make_storage();
  storage_->restore_checkpoint(
      path, [this](const core::Archive& archive) { persist(archive); }, comm_);
  data_.reset();  // goes on behind the step of the checkpoint
}

std::vector<std::byte> Session::state() {
  hybrid_->gather_state();
  core::PackedArchive packed;
  persist(core::Archive(packed));
  auto bytes = packed.bytes();
  const auto seal = seal_of(bytes);
  bytes.insert(bytes.end(), seal.begin(), seal.end());
  return bytes;
}

/// Looks at all of it before anything is restored, since what fails then fails on one rank alone.
void Session::set_state(std::span<const std::byte> bytes) {
  const bool sealed = bytes.size() > Seal().size();
  const auto content = bytes.first(sealed ? bytes.size() - Seal().size() : 0);
  const bool sound = sealed && std::ranges::equal(seal_of(content), bytes.last(Seal().size()));
  std::string wrong = sound ? "" : fmt::format("that of rank {} is damaged or no state", comm_.rank());
  if (sound) {
    core::PackedArchive packed(content);
    try {
      persist_identity(core::Archive(packed));
    } catch (const UserError& error) {
      wrong = error.what();
    }
  }
  comm_.agree(wrong.empty(), "the state cannot be restored: " + wrong);
  core::PackedArchive packed(content);
  persist(core::Archive(packed));
  data_.reset();  // goes on behind the step of the state
}

void Session::save_model(const std::string& path) {
  require_path(path);
  const auto* surrogate = hybrid_->surrogate();
  if (!surrogate || surrogate->version() < 0)
    throw UserError(
        "no version of the surrogate serves yet, so there is no model to save; save it when the report says "
        "surrogate.version 0 or more");
  io::write_text(path, comm_.is_root() ? surrogate->save(surrogate::Surrogate::Weights::serving) : "", comm_);
}

}  // namespace bimetal::library
