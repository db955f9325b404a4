// The C interface: each function turns what the C++ interface throws into a status and a sentence.
#include <cstdio>
#include <cstring>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>

#include "bimetal/bimetal.h"
#include "bimetal/hybrid.hpp"
#include "core/version.hpp"
#include "library/explanation.hpp"

struct bimetal_hybrid {
  bimetal::Problem problem;
  bimetal::Options options;
  std::string options_file;
  std::optional<bimetal::Hybrid> started;

  std::string report;            // text of the last one
  nlohmann::json numbers;        // the last one
  std::vector<std::byte> state;  // the last one
};

namespace {

using bimetal::BadInput;

thread_local std::string last_error;
thread_local int last_code = 0;

bimetal_status failed(bimetal_status status, const char* why, int code = 0) noexcept {
  try {
    last_error = why;
  } catch (...) {
    last_error.clear();
  }
  last_code = code;
  return status;
}

template <class Action>
bimetal_status guarded(Action&& action) noexcept {
  try {
    action();
    return BIMETAL_OK;
  } catch (const BadInput& error) {
    return failed(BIMETAL_BAD_INPUT, error.what());
  } catch (const bimetal::PhysicsFailure& failure) {
    return failed(BIMETAL_PHYSICS_FAILED, failure.what(), failure.code);
  } catch (const std::exception& error) {
    return failed(BIMETAL_FAILED, error.what());
  } catch (...) {
    return failed(BIMETAL_FAILED, "an exception of unknown type");
  }
}

void require(const void* pointer, const char* what) {
  if (!pointer) throw BadInput(std::string(what) + " is NULL");
}

/// The handle, which must not have started.
bimetal_hybrid& described(bimetal_hybrid* hybrid) {
  require(hybrid, "the handle");
  if (hybrid->started) throw BadInput("the handle has started; describe the sub-problem before bimetal_start");
  return *hybrid;
}
bimetal_hybrid& started(bimetal_hybrid* hybrid) {
  require(hybrid, "the handle");
  if (!hybrid->started) throw BadInput("the handle has not started; call bimetal_start first");
  return *hybrid;
}

bimetal::Nature nature_of(const std::string& name) {
  if (name == "plain") return bimetal::Nature::plain;
  if (name == "temperature") return bimetal::Nature::temperature;
  if (name == "mass_fraction") return bimetal::Nature::mass_fraction;
  if (name == "positive") return bimetal::Nature::positive;
  throw BadInput("nature is " + name + ", but must be plain, temperature, mass_fraction or positive");
}

bimetal::Output& output_of(bimetal_hybrid& hybrid, const std::string& name) {
  for (auto& output : hybrid.problem.outputs)
    if (output.name == name) return output;
  throw BadInput("there is no output " + name + "; add it before it is bound");
}

void start(bimetal_hybrid* handle, MPI_Comm communicator) {
  auto& hybrid = described(handle);
  hybrid.started.emplace(hybrid.problem, hybrid.options, communicator, hybrid.options_file);
}

bimetal_status solve(bimetal_hybrid* handle, bimetal::Iteration iteration, int64_t step, int64_t n, const int64_t* id,
                     const double* in, double* out, uint8_t* answered_by) {
  return guarded([&] {
    auto& hybrid = started(handle);
    // A table that is missing is found by its size, on all ranks alike.
    const auto size = static_cast<std::size_t>(n < 0 ? 0 : n);
    hybrid.started->solve(
        step, {.n = n,
               .in = in ? std::span(in, size * hybrid.problem.inputs.size()) : std::span<const double>(),
               .out = out ? std::span(out, size * hybrid.problem.outputs.size()) : std::span<double>(),
               .id = id ? std::span(id, size) : std::span<const int64_t>(),
               .answered_by = answered_by ? std::span(reinterpret_cast<bimetal::AnsweredBy*>(answered_by), size)
                                          : std::span<bimetal::AnsweredBy>(),
               .iteration = iteration});
  });
}

}  // namespace

extern "C" {

int bimetal_abi_version(void) { return BIMETAL_ABI_VERSION; }
const char* bimetal_version(void) {
  static const std::string text = std::string(bimetal::core::version) + " (" + bimetal::core::commit + ")";
  return text.c_str();
}
const char* bimetal_last_error(void) { return last_error.c_str(); }
int bimetal_last_physics_code(void) { return last_code; }

bimetal_status bimetal_create(const char* kind, bimetal_hybrid** hybrid) {
  return guarded([&] {
    require(kind, "the name of the kind");
    require(hybrid, "the place for the handle");
    *hybrid = nullptr;
    auto made = std::make_unique<bimetal_hybrid>();
    made->problem.kind = kind;
    *hybrid = made.release();
  });
}

void bimetal_destroy(bimetal_hybrid** hybrid) {
  if (!hybrid) return;
  delete *hybrid;
  *hybrid = nullptr;
}

bimetal_status bimetal_add_input(bimetal_hybrid* hybrid, const char* name, const char* unit, double scale,
                                 const char* nature) {
  return guarded([&] {
    require(name, "the name");
    described(hybrid).problem.inputs.push_back({name, unit ? unit : "", scale, nature_of(nature ? nature : "plain")});
  });
}

bimetal_status bimetal_add_output(bimetal_hybrid* hybrid, const char* name, const char* unit, double scale,
                                  const char* continues) {
  return guarded([&] {
    require(name, "the name");
    described(hybrid).problem.outputs.push_back({name, unit ? unit : "", scale, continues ? continues : ""});
  });
}

bimetal_status bimetal_bound_output(bimetal_hybrid* hybrid, const char* name, double lower, double upper) {
  return guarded([&] {
    require(name, "the name");
    auto& output = output_of(described(hybrid), name);
    output.lower = lower;
    output.upper = upper;
  });
}

bimetal_status bimetal_add_invariant(bimetal_hybrid* hybrid, const double* coefficients, int32_t n_outputs) {
  return guarded([&] {
    require(coefficients, "the coefficients");
    if (n_outputs < 0) throw BadInput("the number of coefficients is negative");
    described(hybrid).problem.invariants.emplace_back(coefficients, coefficients + n_outputs);
  });
}

bimetal_status bimetal_set_fingerprint(bimetal_hybrid* hybrid, const char* text) {
  return guarded([&] {
    require(text, "the fingerprint");
    described(hybrid).problem.fingerprint = text;
  });
}

bimetal_status bimetal_set_reference(bimetal_hybrid* hybrid, bimetal_reference reference, void* context,
                                     int64_t rows_per_call) {
  return guarded([&] {
    require(reinterpret_cast<const void*>(reference), "the reference");
    auto& problem = described(hybrid).problem;
    problem.rows_per_call = rows_per_call;
    problem.reference = [reference, context](const bimetal::ReferenceRows& rows) {
      const int code = reference(context, rows.n, rows.in.data(), rows.out.data(), rows.failed.data());
      if (code == 0) return;
      for (auto& failed : rows.failed) failed = code;
    };
  });
}

void bimetal_explain_failure(const char* why) {
  try {
    bimetal::library::explanation() = why ? why : "";
  } catch (...) {  // no memory for words: the code remains
  }
}

bimetal_status bimetal_add_law(bimetal_hybrid* hybrid, const char* name, bimetal_law law, void* context) {
  return guarded([&] {
    require(name, "the name");
    require(reinterpret_cast<const void*>(law), "the law");
    described(hybrid).problem.laws.push_back(
        {name, [law, context](std::span<const double> in, std::span<double> out) {
           return law(context, in.data(), out.data()) == 0;
         }});
  });
}

bimetal_status bimetal_set_option(bimetal_hybrid* hybrid, const char* key, const char* value) {
  return guarded([&] {
    require(key, "the key");
    require(value, "the value");
    described(hybrid).options[key] = value;
  });
}

bimetal_status bimetal_read_options(bimetal_hybrid* hybrid, const char* path) {
  return guarded([&] {
    require(path, "the path");
    described(hybrid).options_file = path;
  });
}

bimetal_status bimetal_start(bimetal_hybrid* hybrid, MPI_Comm communicator) {
  return guarded([&] { start(hybrid, communicator); });
}

bimetal_status bimetal_start_fortran(bimetal_hybrid* hybrid, int32_t communicator) {
  return guarded([&] {
    int begun = 0;
    MPI_Initialized(&begun);  // before that there is no communicator to convert
    start(hybrid, begun ? MPI_Comm_f2c(communicator) : MPI_COMM_NULL);
  });
}

bimetal_status bimetal_solve(bimetal_hybrid* hybrid, int64_t step, int64_t n, const int64_t* id, const double* in,
                             double* out, uint8_t* answered_by) {
  return solve(hybrid, bimetal::Iteration::none, step, n, id, in, out, answered_by);
}

bimetal_status bimetal_solve_iteration(bimetal_hybrid* hybrid, bimetal_iterate iterate, int64_t step, int64_t n,
                                       const int64_t* id, const double* in, double* out, uint8_t* answered_by) {
  // What is neither first nor next is found by all ranks together.
  const bool known = iterate == BIMETAL_FIRST || iterate == BIMETAL_NEXT;
  const auto iteration = known ? static_cast<bimetal::Iteration>(iterate) : static_cast<bimetal::Iteration>(255);
  return solve(hybrid, iteration, step, n, id, in, out, answered_by);
}

bimetal_status bimetal_report(bimetal_hybrid* hybrid, const char** json) {
  return guarded([&] {
    auto& self = started(hybrid);
    self.report = self.started->report();
    self.numbers = nlohmann::json::parse(self.report);
    if (json) *json = self.report.c_str();
  });
}

bimetal_status bimetal_report_number(bimetal_hybrid* hybrid, const char* path, double* value) {
  return guarded([&] {
    require(path, "the path");
    require(value, "the place for the value");
    const auto& numbers = started(hybrid).numbers;
    if (numbers.is_null()) throw BadInput("there is no report yet; call bimetal_report first");
    std::string pointer = std::string("/") + path;
    for (auto& letter : pointer)
      if (letter == '.') letter = '/';
    if (pointer.find('~') != std::string::npos) throw BadInput(std::string("there is no path ") + path);
    const nlohmann::json::json_pointer place(pointer);
    if (!numbers.contains(place) || !(numbers[place].is_number() || numbers[place].is_null()))
      throw BadInput(std::string("the report has no number ") + path + "; bimetal_report gives all of it");
    *value = numbers[place].is_null() ? std::numeric_limits<double>::quiet_NaN() : numbers[place].get<double>();
  });
}

bimetal_status bimetal_print_summary(bimetal_hybrid* hybrid) {
  return guarded([&] {
    const auto text = started(hybrid).started->summary();
    if (!hybrid->started->is_first()) return;
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  });
}

bimetal_status bimetal_save(bimetal_hybrid* hybrid, const char* path) {
  return guarded([&] {
    started(hybrid).started->save(path ? path : "");  // agreed on by all ranks
  });
}

bimetal_status bimetal_restore(bimetal_hybrid* hybrid, const char* path) {
  return guarded([&] {
    started(hybrid).started->restore(path ? path : "");  // agreed on by all ranks
  });
}

bimetal_status bimetal_get_state(bimetal_hybrid* hybrid, const void** state, size_t* size) {
  return guarded([&] {
    auto& self = started(hybrid);
    self.state = self.started->state();  // before what one rank alone may object to
    require(state, "the place for the state");
    require(size, "the place for its size");
    *state = self.state.data();
    *size = self.state.size();
  });
}

bimetal_status bimetal_set_state(bimetal_hybrid* hybrid, const void* state, size_t size) {
  return guarded([&] {
    auto& self = started(hybrid);
    self.started->set_state({static_cast<const std::byte*>(state), state ? size : 0});
  });
}

bimetal_status bimetal_save_model(bimetal_hybrid* hybrid, const char* path) {
  return guarded([&] {
    started(hybrid).started->save_model(path ? path : "");  // agreed on by all ranks
  });
}

}  // extern "C"
