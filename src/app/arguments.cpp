#include "app/arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <map>

#include "app/input_reference.hpp"
#include "chemistry/units.hpp"
#include "config/section.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "core/version.hpp"

namespace bimetal::app {
namespace {

/// PETSc's options have one dash and a name, -pressure_ksp_type cg; ours have two dashes or are one letter. Moves
/// PETSc's, with their values, from `words` to the result.
std::vector<std::string> take_petsc_options(std::vector<std::string>& words) {
  const auto is_petsc = [](const std::string& word) {
    return word.size() > 2 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1]));
  };
  std::vector<std::string> petsc;
  std::vector<std::string> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_petsc(words[i])) {
      rest.push_back(words[i]);
      continue;
    }
    petsc.push_back(words[i]);
    const bool has_value = i + 1 < words.size() && !is_petsc(words[i + 1]) && !words[i + 1].starts_with("--");
    if (has_value) petsc.push_back(words[++i]);
  }
  words = std::move(rest);
  return petsc;
}

void add_input(CLI::App& command, std::string& input, std::vector<std::string>& settings) {
  command.add_option("input", input, "input file (YAML)")->required()->type_name("INPUT");
  command.add_option("--set", settings, "override a key of the input, as in --set time.end=1e-5; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

/// A quantity with or without a unit, such as 101325, "1 atm" or 20bar. kind: "pressure", for messages.
CLI::Option* add_quantity(CLI::App& command, const std::string& name, double& target, config::Range range,
                          const chemistry::Dimensions& dimensions, const std::string& kind, const std::string& help) {
  const auto read = [=, &target](const std::string& text) {
    const auto value = chemistry::parse_quantity(text, 1.0, dimensions);
    if (!value)
      throw CLI::ValidationError(fmt::format("{} is \"{}\", which is no number with or without a unit of {}", name,
                                             core::one_line(text, 80), kind));
    if (!range.contains(*value))
      throw CLI::ValidationError(fmt::format("{} is {}, but {}", name, core::one_line(text, 80), range.describe()));
    target = *value;
  };
  return command.add_option_function<std::string>(name, read, help);
}

CLI::Option* add_blend(CLI::App& command, const std::string& name, chemistry::Blend& target,
                       const std::string& help) {
  const auto read = [=, &target](const std::string& text) {
    const auto blend = chemistry::parse_blend(text);
    if (!blend)
      throw CLI::ValidationError(
          fmt::format("{} is \"{}\", which is neither a species nor amounts of some, as in CH4:0.7,H2:0.3", name,
                      core::one_line(text, 80)));
    target = *blend;
  };
  return command.add_option_function<std::string>(name, read, help);
}

template <class T, std::size_t n>
std::map<std::string, T> by_name(const std::array<std::pair<const char*, T>, n>& names) {
  return {names.begin(), names.end()};
}

/// One reactor of fuel and oxidiser, or, with --state, those of a record.
void add_reactor(CLI::App& command, ReactorCommand& reactor, ReplayCommand& replay) {
  using config::Range;
  using subproblem::Constraint;
  namespace dimensions = chemistry::dimensions;
  static const std::map<std::string, Constraint> constraints{{"pressure", Constraint::constant_pressure},
                                                             {"volume", Constraint::constant_volume}};
  auto& ignition = reactor.ignition;
  auto* mechanism = command.add_option("--mechanism", reactor.mechanism, "mechanism file (Cantera YAML)");
  auto* phase = command.add_option("--phase", reactor.phase, "its phase; otherwise the first ideal gas");
  auto* fuel = add_blend(command, "--fuel", reactor.reactants.fuel, "a species, or a blend such as CH4:0.7,H2:0.3");
  auto* oxidizer =
      add_blend(command, "--oxidizer", reactor.reactants.oxidizer, "the same; otherwise air, O2:1,N2:3.76");
  auto* basis = command.add_option("--basis", reactor.reactants.basis, "of the amounts in blends: mole or mass");
  basis->transform(CLI::CheckedTransformer(by_name(chemistry::basis_names)));
  auto* phi = command.add_option("--phi", reactor.phi, "equivalence ratio");
  phi->check(CLI::PositiveNumber);
  auto* temperature = add_quantity(command, "--temperature", reactor.temperature, Range::between(200.0, 5000.0),
                                   dimensions::temperature, "temperature", "initial temperature [K]");
  auto* pressure = add_quantity(command, "--pressure", reactor.pressure, Range::positive(), dimensions::pressure,
                                "pressure", "initial pressure [Pa], or with a unit: 20atm");
  auto* constant = command.add_option("--constant", ignition.constraint, "what is held constant: pressure or volume");
  constant->transform(CLI::CheckedTransformer(constraints));
  auto* criterion =
      command.add_option("--criterion", ignition.criterion, "what marks the ignition: temperature, OH or pressure");
  criterion->transform(CLI::CheckedTransformer(by_name(subproblem::ignition_criteria)));
  auto* end = add_quantity(command, "--end", ignition.end, Range::positive(), dimensions::time, "time",
                           "of the integration [s], if nothing has ignited before");
  auto* rtol = command.add_option("--rtol", ignition.rtol, "relative tolerance of the integration");
  rtol->check(CLI::Range(1e-13, 1e-2));
  auto* atol = command.add_option("--atol", ignition.atol, "absolute tolerance of the mass fractions");
  atol->check(CLI::Range(1e-60, 1e-2));
  command.add_flag("--json{1}", reactor.format, "print one JSON object");

  auto* state = command.add_option("--state", replay.record, "try the reactors of this record of failures again");
  state->type_name("failed_reactors_NNNNNN.json");
  command.add_option("--cell", replay.cell, "with --state: that of this cell alone")->needs(state);
  for (auto* of_one : {phase, fuel, oxidizer, basis, phi, temperature, pressure, constant, criterion, end, atol})
    of_one->excludes(state);
  command.callback([=, &reactor, &replay] {
    if (state->count() == 0)
      for (const auto* needed : {mechanism, fuel, temperature})
        if (needed->count() == 0) throw CLI::RequiredError(needed->get_name());
    if (mechanism->count() > 0) replay.mechanism = reactor.mechanism;
    if (rtol->count() > 0) replay.rtol = reactor.ignition.rtol;
    replay.format = reactor.format;
  });
}

void add_cell(CLI::App& command, CellCommand& cell) {
  add_input(command, cell.input, cell.settings);
  command.add_option("--temperature", cell.temperature, "temperature [K]")->check(CLI::PositiveNumber);
  command.add_option("--gradient", cell.gradient, "mean gradient of the temperature [K/m]")
      ->expected(2, 3)
      ->required();
  command.add_option("--fraction", cell.fraction, "volume fraction of the inclusion");
  command.add_option("--angle", cell.angle, "angle of its long axis to x [rad]");
  command.add_option("--pixels", cell.pixels, "write what the pixels are like")->type_name("FILE.csv");
}

void add_model(CLI::App& command, ModelCommand& model) {
  command.require_subcommand(1);
  auto* inspect = command.add_subcommand("inspect", "say what a model answers and what it was trained on");
  auto* check = command.add_subcommand("check", "check that a model keeps its contract, and serves in a run");
  for (auto* action : {inspect, check})
    action->add_option("model", model.model, "model file (TorchScript)")->required()->type_name("MODEL.pt");
  check->add_option("--input", model.input, "input file (YAML) of a run that it is to serve in");
  check->add_option("--set", model.settings, "override a key of that input")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  inspect->callback([&] { model.action = ModelAction::inspect; });
  check->callback([&] { model.action = ModelAction::check; });
}

}  // namespace

Command parse_arguments(int argc, const char* const* argv) {
  CLI::App cli("Distributed PDE solver and online-trained neural surrogate in one program", "bimetal");
  cli.set_version_flag("--version", fmt::format("bimetal {} ({})", core::version, core::commit));
  cli.require_subcommand(1);

  RunCommand run;
  auto* run_cli = cli.add_subcommand("run", "run a simulation");
  add_input(*run_cli, run.input, run.settings);
  run_cli->add_option("-o,--output", run.output, "output directory, instead of output.directory of the input");
  run_cli->add_option("--restart", run.restart, "go on from the newest checkpoint of a run, or from this one")
      ->type_name("DIR|FILE");
  bool overwrite = false;
  run_cli->add_flag("--overwrite", overwrite, "replace the run that is in the output directory");
  bool verbose = false;
  run_cli->add_flag("--verbose", verbose, "show all lines of log.txt, not only the story of the run");
  run_cli->footer("Options of PETSc (-log_view, -options_left, ...) may follow.");

  CheckCommand check;
  auto* check_cli = cli.add_subcommand("check", "validate an input, and estimate memory and cost");
  add_input(*check_cli, check.input, check.settings);
  check_cli->add_flag("--resolved", check.resolved,
                      "print the input with every key and its value, to be used as an input");

  ReactorCommand reactor;
  ReplayCommand replay;
  auto* reactor_cli = cli.add_subcommand(
      "reactor", "burn fuel and oxidiser in an adiabatic 0-D reactor, or try failed reactors again");
  add_reactor(*reactor_cli, reactor, replay);

  CellCommand cell;
  auto* cell_cli = cli.add_subcommand("cell", "solve one micro problem of two-scale conduction");
  add_cell(*cell_cli, cell);

  ModelCommand model;
  auto* model_cli = cli.add_subcommand("model", "look at model files");
  add_model(*model_cli, model);

  CompareCommand compare;
  auto* compare_cli = cli.add_subcommand("compare", "say how the numbers in two runs' files differ");
  compare_cli->add_option("first", compare.first, "directory of a run (its last snapshot), or an HDF5 file")
      ->required();
  compare_cli->add_option("second", compare.second, "another")->required();
  compare_cli->add_flag("--json{1}", compare.format, "print one JSON object");

  InfoCommand info;
  auto* info_cli = cli.add_subcommand("info", "versions, libraries, devices, and how the program was built");
  info_cli->add_flag("--json{1}", info.format, "print one JSON object");

  WatchCommand watch;
  auto* watch_cli = cli.add_subcommand("watch", "show how a run goes, in the terminal, until it is over");
  watch_cli->add_option("directory", watch.directory, "output directory of a run")->required();
  watch_cli->add_flag("--once", watch.once, "draw it once, and be done");

  std::string section;
  bool markdown = false;
  auto* keys_cli = cli.add_subcommand("keys", "say what the keys of an input mean and accept");
  keys_cli->add_option("section", section, "only these, such as switching or initial.second_gas");
  keys_cli->add_flag("--markdown", markdown, "all of them as a page (docs/input.md)");

  std::string physics;
  auto* init_cli = cli.add_subcommand("init", "print an input to begin with");
  init_cli->add_option("physics", physics, "reacting_flow, two_scale_conduction or two_scale_precipitation")
      ->required();

  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "run") run.petsc_options = take_petsc_options(words);
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
  try {
    cli.parse(words);
  } catch (const CLI::CallForHelp&) {
    return PrintCommand{cli.help()};
  } catch (const CLI::CallForVersion& version) {
    return PrintCommand{version.what() + std::string("\n")};
  } catch (const CLI::ParseError& error) {
    throw core::UserError::format("{}; see bimetal --help", error.what());
  }
  run.on_existing = overwrite ? io::OnExisting::overwrite : io::OnExisting::refuse;
  if (verbose) run.voice = core::LogVoice::verbose;
  if (*keys_cli) return PrintCommand{markdown ? keys_as_markdown() : keys_as_text(section)};
  if (*init_cli) return PrintCommand{input_to_begin_with(physics)};
  if (*run_cli) return run;
  if (*check_cli) return check;
  if (*reactor_cli && !replay.record.empty()) return replay;
  if (*reactor_cli) return reactor;
  if (*cell_cli) return cell;
  if (*model_cli) return model;
  if (*compare_cli) return compare;
  if (*watch_cli) return watch;
  return info;
}

}  // namespace bimetal::app
