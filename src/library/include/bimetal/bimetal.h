/* Bimetal for solvers in C, and in every language that can call C.
 *
 * A solver that evaluates an expensive function of one row of numbers in every cell hands its rows over here. A neural
 * surrogate, trained during the run on what the function answers, takes over the rows that it answers within a
 * tolerance; a random sample of its answers is checked against the function, and a certificate says what that proves.
 * docs/library.md is the guide.
 *
 * Conventions of all functions:
 * - They return a bimetal_status unless they say otherwise, and no exception leaves them. bimetal_last_error() then
 *   has one sentence.
 * - "Collective": every rank of the communicator calls it, in the same order; all of them get the same status.
 *   "Local": one rank calls it and waits for nobody.
 * - Texts are UTF-8, end with a zero, and are copied. Tables of rows are row-major, one row behind the other: in
 *   Fortran the shape is (width, n).
 * - One thread at a time uses a handle, the one that may call MPI. Callbacks are called by the thread that is inside
 *   bimetal_solve(), and must not call back into the same handle. Different handles may be used by different threads
 *   if MPI was initialised with MPI_THREAD_MULTIPLE.
 */
#ifndef BIMETAL_BIMETAL_H
#define BIMETAL_BIMETAL_H

#include <mpi.h>
#include <stddef.h>
#include <stdint.h>

#include "bimetal/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Counts changes of this header that need a caller to be compiled again. */
#define BIMETAL_ABI_VERSION 1

/** The version of this interface that the library was built with; compare it with BIMETAL_ABI_VERSION. Local. */
BIMETAL_API int bimetal_abi_version(void);
/** "0.1.0 (commit)". Local. */
BIMETAL_API const char* bimetal_version(void);

/** How a call ended. The first three are also the exit codes of the program bimetal. */
typedef enum bimetal_status {
  BIMETAL_OK = 0,
  BIMETAL_FAILED = 1,          /**< a library or the machine failed: a full disk, no memory */
  BIMETAL_BAD_INPUT = 2,       /**< an argument, an option or a file is wrong; the message says what to do */
  BIMETAL_PHYSICS_FAILED = 3   /**< the reference could not solve a row; the message names rank, row and its code */
} bimetal_status;

/** Why the last call of this thread that failed did; valid until its next call. Empty before the first. Local. */
BIMETAL_API const char* bimetal_last_error(void);
/** The code that the reference gave to the row that bimetal_last_error() names; 0 if no reference failed. Local. */
BIMETAL_API int bimetal_last_physics_code(void);

/** A kind of sub-problem, from bimetal_start() on with its surrogate. */
typedef struct bimetal_hybrid bimetal_hybrid;

/** Makes a handle for a kind of sub-problem of this name, still without columns. Local.
 *  kind: what model files and messages call it. hybrid: out. */
BIMETAL_API bimetal_status bimetal_create(const char* kind, bimetal_hybrid** hybrid);
/** Frees a handle, and sets it to NULL; a NULL is left alone. Collective if it was started, else Local. Not after
 *  MPI_Finalize(). */
BIMETAL_API void bimetal_destroy(bimetal_hybrid** hybrid);

/* ------------------------------------------------------------------------------- the rows; before bimetal_start() */

/** Adds a column to the rows that are asked. Local.
 *  name, unit: for messages, reports and model files; a name is used once.
 *  scale: what counts as an error of 1 in this quantity [unit], > 0; typically its range in the run.
 *  nature: how the surrogate looks at it: "plain", "temperature" (> 0), "mass_fraction" (in [0, 1]) or "positive"
 *  (compared by ratios: a pressure, a time step, a concentration over decades). */
BIMETAL_API bimetal_status bimetal_add_input(bimetal_hybrid* hybrid, const char* name, const char* unit, double scale,
                                             const char* nature);
/** Adds a column to the answers. Local.
 *  scale: an answer is wrong if it is off by more than switching.tolerance times this [unit], > 0.
 *  continues: the input that this is the new value of, added before; NULL or "" for a quantity of its own, such as a
 *  flux. A surrogate learns the difference. */
BIMETAL_API bimetal_status bimetal_add_output(bimetal_hybrid* hybrid, const char* name, const char* unit, double scale,
                                              const char* continues);
/** No answer of the surrogate outside [lower, upper] is accepted for this output; one that lies outside by less than a
 *  tenth of the tolerance is moved to the bound. Infinities mean no bound. Local. */
BIMETAL_API bimetal_status bimetal_bound_output(bimetal_hybrid* hybrid, const char* name, double lower, double upper);
/** Every answer a of the surrogate to a row keeps sum_k coefficients[k] * (a_k - base_k) = 0 to round-off, the base
 *  being the input that output k continues, or zero: a conserved mass, for example. Local.
 *  coefficients: [n_outputs]; after all outputs. */
BIMETAL_API bimetal_status bimetal_add_invariant(bimetal_hybrid* hybrid, const double* coefficients,
                                                 int32_t n_outputs);
/** All that the answers depend on besides the row, as a text: parameters, a version of the code. A model or a state of
 *  another one is refused. Local. */
BIMETAL_API bimetal_status bimetal_set_fingerprint(bimetal_hybrid* hybrid, const char* text);

/** The expensive function, for n rows. Local: it must not communicate, for rows are moved between ranks so that none
 *  is idle, and any rank may be asked about any row.
 *  The answer to a row must depend on the row alone: not on n, on earlier calls, or on the rank.
 *  context: as given to bimetal_set_reference().
 *  in: [n, n_inputs]; must not be written to. out: [n, n_outputs].
 *  failed: [n], all 0; a row that cannot be solved gets a code of the caller's own other than 0.
 *  Returns 0, or a code other than 0 if none of these rows could be solved. */
typedef int (*bimetal_reference)(void* context, int64_t n, const double* in, double* out, int32_t* failed);
/** Sets the function, required. Local.
 *  rows_per_call: rows handed over at once at most; 0: all that are due. With 1 the cost of every row is measured by
 *  itself, which makes the ledger exact; more pays for functions that work on vectors of rows. */
BIMETAL_API bimetal_status bimetal_set_reference(bimetal_hybrid* hybrid, bimetal_reference reference, void* context,
                                                 int64_t rows_per_call);
/** For a reference that fails: why, in words, for the message; instead of its code alone. Local. */
BIMETAL_API void bimetal_explain_failure(const char* why);

/** A law that no answer may break, in the caller's own words: 0 if the answer out [n_outputs] to in [n_inputs] may be
 *  committed, else not, and physics answers the row. It may repair out. Local. */
typedef int (*bimetal_law)(void* context, const double* in, double* out);
/** Adds a law; reports count the answers that it stopped under this name. Laws are asked in the order in which they
 *  were added. Local. */
BIMETAL_API bimetal_status bimetal_add_law(bimetal_hybrid* hybrid, const char* name, bimetal_law law, void* context);

/* ----------------------------------------------------------------------------------- options; before bimetal_start() */

/** Sets one option by the name and in the form that it has in YAML, "switching.tolerance" = "1e-3"; docs/library.md
 *  lists them. It is checked by bimetal_start(). Wins over a file. Local. */
BIMETAL_API bimetal_status bimetal_set_option(bimetal_hybrid* hybrid, const char* key, const char* value);
/** Takes the options from a YAML file, which bimetal_start() reads. Local. */
BIMETAL_API bimetal_status bimetal_read_options(bimetal_hybrid* hybrid, const char* path);

/* ------------------------------------------------------------------------------------------------------- the run */

/** Checks everything, and makes surrogate and controller. The communicator is duplicated. All ranks must have
 *  described the same kind with the same options. Collective. */
BIMETAL_API bimetal_status bimetal_start(bimetal_hybrid* hybrid, MPI_Comm communicator);
/** The same for a communicator as Fortran and mpi4py's py2f() name it. Collective. */
BIMETAL_API bimetal_status bimetal_start_fortran(bimetal_hybrid* hybrid, int32_t communicator);

/** Who answered a row. */
typedef enum bimetal_answerer {
  BIMETAL_BY_REFERENCE = 1,
  BIMETAL_BY_SURROGATE = 2,
  BIMETAL_BY_AUDIT = 3 /**< the surrogate would have; the reference did, to check it */
} bimetal_answerer;

/** Answers this rank's rows of a step. Collective; n may differ, and may be 0.
 *  step: counts up from 0 over the run; alike on all ranks.
 *  id: [n] numbers of the rows in the whole problem, each used once, the same ones in every step; random audits depend
 *  on them, so that any number of ranks audits the same rows. NULL: rows are numbered through, rank behind rank.
 *  in: [n, n_inputs], finite. out: [n, n_outputs]; a row that could not be solved gets the inputs that it continues,
 *  or zeros. answered_by: [n] of bimetal_answerer, or NULL.
 *  BIMETAL_PHYSICS_FAILED: at least one row on some rank could not be solved; the others are answered, and the handle
 *  can be used on. */
BIMETAL_API bimetal_status bimetal_solve(bimetal_hybrid* hybrid, int64_t step, int64_t n, const int64_t* id,
                                         const double* in, double* out, uint8_t* answered_by);

/** Which batch of an iteration this is. */
typedef enum bimetal_iterate { BIMETAL_FIRST = 1, BIMETAL_NEXT = 2 } bimetal_iterate;
/** bimetal_solve() for an implicit solver, which asks for the same rows in the same order until they fit together: who
 *  answers a row is decided in the first batch of a step and stays so in the next ones. Collective. */
BIMETAL_API bimetal_status bimetal_solve_iteration(bimetal_hybrid* hybrid, bimetal_iterate iterate, int64_t step,
                                                   int64_t n, const int64_t* id, const double* in, double* out,
                                                   uint8_t* answered_by);

/* ------------------------------------------------------------------------------------------------- what it amounts to */

/** Everything that is known of the run so far, as JSON (docs/library.md lists its members). Collective.
 *  json: out, may be NULL; belongs to the handle and lasts until the next call with it. */
BIMETAL_API bimetal_status bimetal_report(bimetal_hybrid* hybrid, const char** json);
/** One number of the last report by its path, "certificate.upper_bound", "speed.net_speedup". Local, after
 *  bimetal_report(). */
BIMETAL_API bimetal_status bimetal_report_number(bimetal_hybrid* hybrid, const char* path, double* value);
/** The closing lines of a run, on the standard output of the first rank. Collective. */
BIMETAL_API bimetal_status bimetal_print_summary(bimetal_hybrid* hybrid);

/* ------------------------------------------------------------------------------------------------- restart and models */

/** Writes the whole state into an HDF5 file, which is complete or not there. It can be restored on any number of
 *  ranks, to the bit on as many. Collective. */
BIMETAL_API bimetal_status bimetal_save(bimetal_hybrid* hybrid, const char* path);
/** Goes on from such a file; after bimetal_start() with the same kind and options. Collective. */
BIMETAL_API bimetal_status bimetal_restore(bimetal_hybrid* hybrid, const char* path);
/** The state of this rank as bytes, for restart files of the caller's own; on the same number of ranks only.
 *  Collective. state, size: out; belongs to the handle and lasts until the next call with it. */
BIMETAL_API bimetal_status bimetal_get_state(bimetal_hybrid* hybrid, const void** state, size_t* size);
/** Goes on from such bytes, which may differ between ranks as they did. Collective. */
BIMETAL_API bimetal_status bimetal_set_state(bimetal_hybrid* hybrid, const void* state, size_t size);
/** Writes the surrogate that serves as a model file, for the option surrogate.model of a later run and for
 *  models/check.py. Collective. */
BIMETAL_API bimetal_status bimetal_save_model(bimetal_hybrid* hybrid, const char* path);

#ifdef __cplusplus
}
#endif

#endif
