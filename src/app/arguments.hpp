#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chemistry/mixture.hpp"
#include "core/log.hpp"
#include "io/run_directory.hpp"
#include "subproblem/ignition.hpp"

namespace bimetal::app {

/// What the command line asks for; one structure per command.
struct RunCommand {
  std::string input;
  std::vector<std::string> settings;   // key.path=value
  std::optional<std::string> output;   // instead of output.directory
  std::optional<std::string> restart;  // directory of a run, or a checkpoint of it, to go on from
  io::OnExisting on_existing = io::OnExisting::refuse;
  core::LogVoice voice = core::LogVoice::story;
  std::vector<std::string> petsc_options;
};

struct CheckCommand {
  std::string input;
  std::vector<std::string> settings;
  bool resolved = false;  // print the input with all defaults filled in, and nothing else
};

enum class ReportFormat { text, json };

struct ReactorCommand {
  std::string mechanism;
  std::optional<std::string> phase;  // of the mechanism; none: the first ideal gas
  chemistry::Reactants reactants;
  double phi = 1.0;            // equivalence ratio
  double temperature = 0.0;    // [K]
  double pressure = 101325.0;  // [Pa]
  subproblem::IgnitionOptions ignition;
  ReportFormat format = ReportFormat::text;
};

/// bimetal reactor --state: tries failed reactors again.
struct ReplayCommand {
  std::string record;                    // a failed_reactors_NNNNNN.json
  std::optional<std::string> mechanism;  // file, instead of the record's
  std::optional<double> rtol;            // instead of the record's
  std::optional<std::int64_t> cell;      // only this one
  ReportFormat format = ReportFormat::text;
};

/// One micro problem of an input of two-scale conduction.
struct CellCommand {
  std::string input;
  std::vector<std::string> settings;  // of that input
  double temperature = 300.0;         // [K]
  std::vector<double> gradient;       // [2|3] [K/m]
  double fraction = 0.2;
  double angle = 0.0;                 // [rad]
  std::optional<std::string> pixels;  // CSV file for what the pixels are like
};

enum class ModelAction { inspect, check };

struct ModelCommand {
  ModelAction action = ModelAction::inspect;
  std::string model;
  std::optional<std::string> input;   // of a run that the model is to serve in
  std::vector<std::string> settings;  // of that input
};

/// The numbers in two snapshots or checkpoints, side by side.
struct CompareCommand {
  std::string first, second;  // directories of runs, or files
  ReportFormat format = ReportFormat::text;
};

struct InfoCommand {
  ReportFormat format = ReportFormat::text;
};

/// A run's dashboard in the terminal, of one under way until it ends.
struct WatchCommand {
  std::string directory;
  bool once = false;  // draw it once, and be done
};

/// --help and --version: print this, on root, and be done.
struct PrintCommand {
  std::string text;
};

using Command = std::variant<RunCommand, CheckCommand, ReactorCommand, ReplayCommand, CellCommand, ModelCommand,
                             CompareCommand, InfoCommand, WatchCommand, PrintCommand>;

/// Throws UserError for whatever does not make sense. Local, the same on every rank.
Command parse_arguments(int argc, const char* const* argv);

}  // namespace bimetal::app
