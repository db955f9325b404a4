/* A solver in C that does one thing wrong, named by its argument, and prints what each rank is told:
   "FAULT: rank R: status S code C: message". It ends with status S. After several arguments it does so one after the
   other, each with a surrogate of its own, and ends with 0. */
#include <bimetal/bimetal.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { n = 20, n_steps = 10, bad_step = 4 };
static const char* fault;
static int rank, size, step_now;
static bimetal_hybrid* hybrid;

static int is(const char* name) { return strcmp(fault, name) == 0; }

/* out = 0.9 x + 0.05 y, y: physics that is right until bad_step, on the last rank alone. */
static int reference(void* context, int64_t rows, const double* in, double* out, int32_t* failed) {
  static double drift = 0.0;
  const int bad = step_now == bad_step && rank == size - 1;
  if (context != &drift && context != NULL) return 99;
  drift += 0.01;
  for (int64_t i = 0; i < rows; ++i) {
    out[2 * i] = 0.9 * in[2 * i] + 0.05 * in[2 * i + 1] + (is("remembers") ? drift : 0.0);
    out[2 * i + 1] = in[2 * i + 1];
    if (bad && is("row_fails") && i == rows - 1) failed[i] = 42;
    if (bad && is("answers_nan")) out[2 * i] = NAN;
    if (bad && is("writes_to_input")) ((double*)in)[2 * i] = 0.0;
  }
  if (bad && is("call_fails")) {
    bimetal_explain_failure("the table of rates ends here");
    return 7;
  }
  return 0;
}

static int law(void* context, const double* in, double* out) {
  (void)context, (void)in, (void)out;
  return 0;
}

static bimetal_status tell(bimetal_status status) {
  printf("%s: rank %d: status %d code %d: %s\n", fault, rank, (int)status, bimetal_last_physics_code(),
         bimetal_last_error());
  fflush(stdout);
  return status;
}

#define expect(call)                           \
  do {                                         \
    const bimetal_status told = (call);        \
    if (told != BIMETAL_OK) return tell(told); \
  } while (0)

static bimetal_status solve(void) {
  const int last = rank == size - 1;
  expect(bimetal_create(is("letters") ? "t\xf6y" : "toy", &hybrid));
  if (is("solves_before_start")) expect(bimetal_solve(hybrid, 0, 0, NULL, NULL, NULL, NULL));
  expect(bimetal_add_input(hybrid, "x", "1", is("scale") || (is("alone") && last) ? 0.0 : 1.0, "plain"));
  expect(bimetal_add_input(hybrid, "y", "1", 1.0, is("nature") ? "plane" : "plain"));
  expect(bimetal_add_output(hybrid, "x", "1", is("unlike") && last ? 2.0 : 1.0, "x"));
  expect(bimetal_add_output(hybrid, "y", "1", 1.0, is("continues") ? "yy" : "y"));
  expect(bimetal_add_law(hybrid, is("law_of_a_gate") ? "out of bounds" : "fine", law, NULL));
  const double coefficients[3] = {0.0, is("invariants_unlike") && last ? 2.0 : 1.0, 0.0};
  expect(bimetal_add_invariant(hybrid, coefficients, is("invariant") ? 3 : 2));
  if (!is("no_reference")) expect(bimetal_set_reference(hybrid, reference, NULL, 4));
  expect(bimetal_set_option(hybrid, is("option") ? "switching.tolerence" : "switching.tolerance", "1e-3"));
  expect(bimetal_set_option(hybrid, "output.log", "silent"));
  if (is("option_value")) expect(bimetal_set_option(hybrid, "switching.wrong_fraction", "5"));
  if (is("option_unlike")) expect(bimetal_set_option(hybrid, "seed", last ? "2" : "1"));
  if (is("dedicated")) expect(bimetal_set_option(hybrid, "training.placement", "dedicated"));
  if (is("options_file")) expect(bimetal_read_options(hybrid, "no_such.yaml"));
  expect(bimetal_start(hybrid, MPI_COMM_WORLD));
  if (is("describes_after_start")) expect(bimetal_add_input(hybrid, "z", "1", 1.0, "plain"));

  double in[2 * n], out[2 * n];
  uint8_t answered_by[n];
  for (int step = 0; step < n_steps; ++step) {
    step_now = step;
    for (int i = 0; i < 2 * n; ++i) in[i] = sin(i + 0.1 * step + rank);
    const int bad = step == bad_step && last;
    if (is("next_alone") && step == bad_step)
      expect(bimetal_solve_iteration(hybrid, BIMETAL_NEXT, step, n, NULL, in, out, answered_by));
    if (is("next_of_another") && step == bad_step) {
      expect(bimetal_solve_iteration(hybrid, BIMETAL_FIRST, step, n, NULL, in, out, answered_by));
      expect(bimetal_solve_iteration(hybrid, BIMETAL_NEXT, step, last ? n - 1 : n, NULL, in, out, answered_by));
    }
    if (is("neither") && step == bad_step)
      expect(bimetal_solve_iteration(hybrid, last ? (bimetal_iterate)7 : BIMETAL_FIRST, step, n, NULL, in, out,
                                     answered_by));
    if (bad && is("input_nan")) in[7] = NAN;
    const bimetal_status status =
        bimetal_solve(hybrid, bad && is("wrong_step") ? step + 1 : step, bad && is("negative") ? -1 : n, NULL,
                      bad && is("no_table") ? NULL : in, bad && is("in_place") ? in : out, answered_by);
    if (status == BIMETAL_PHYSICS_FAILED && is("row_fails")) {
      /* What could not be solved is as it was, everything else is answered, and the run can go on. */
      int answered = 1;
      for (int i = 0; i < n; ++i) answered = answered && (out[2 * i] != in[2 * i] || bad);
      printf("%s: rank %d: status %d code %d answered %d: %s\n", fault, rank, (int)status,
             bimetal_last_physics_code(), answered, bimetal_last_error());
      continue;
    }
    expect(status);
  }
  const char* json;
  double value;
  expect(bimetal_report(hybrid, &json));
  expect(bimetal_report_number(hybrid, is("number") ? "speed.net_speed" : "subproblems.total", &value));
  if (is("restores_nothing")) expect(bimetal_restore(hybrid, "no_such.h5"));
  if (is("no_path")) expect(bimetal_save(hybrid, last ? NULL : "state.h5"));
  if (is("damaged_file")) {
    expect(bimetal_save(hybrid, "damaged.h5"));
    if (rank == 0) {
      FILE* file = fopen("damaged.h5", "r+b");
      fseek(file, -1000, SEEK_END);
      const int byte = fgetc(file);
      fseek(file, -1, SEEK_CUR);
      fputc(byte ^ 1, file);
      fclose(file);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    expect(bimetal_restore(hybrid, "damaged.h5"));
  }
  if (is("damaged_state")) {
    const void* state;
    size_t bytes;
    expect(bimetal_get_state(hybrid, &state, &bytes));
    char* copy = malloc(bytes);
    memcpy(copy, state, bytes);
    if (last) copy[bytes / 2] ^= 1;
    const bimetal_status status = bimetal_set_state(hybrid, copy, bytes);
    free(copy);
    expect(status);
  }
  if (rank == 0) printf("done: %.0f rows\n", value);
  return BIMETAL_OK;
}

int main(int argc, char** argv) {
  fault = argc > 1 ? argv[1] : "";
  if (is("starts_before_mpi")) {
    if (bimetal_create("toy", &hybrid) != BIMETAL_OK) return 99;
    const bimetal_status status = bimetal_start(hybrid, 0);
    printf("status %d: %s\n", (int)status, bimetal_last_error());
    return status;
  }
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  bimetal_status status = BIMETAL_OK;
  for (int i = 1; i < argc; ++i) {
    fault = argv[i];
    status = solve();
    bimetal_destroy(&hybrid);
  }
  MPI_Finalize();
  return argc > 2 ? 0 : (int)status;
}
