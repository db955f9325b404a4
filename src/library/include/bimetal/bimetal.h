/** @file
 *  Bimetal for solvers in C, and in every language that can call C.
 *
 *  A solver that evaluates an expensive function of one row of numbers in every cell hands its rows over here. A
 *  neural surrogate, trained during the run on what the function answers, takes over the rows that it answers within
 *  a tolerance; a random sample of its answers is checked against the function, and a certificate says what that
 *  proves. docs/library.md is the guide.
 *
 *  Conventions of all functions:
 *  - They return a bimetal_status unless they say otherwise, and no exception leaves them. When they fail,
 *    bimetal_last_error() has one sentence.
 *  - "Collective": every rank of the communicator calls it, in the same order; all of them get the same status.
 *    "Local": one rank calls it and waits for nobody.
 *  - The argument `hybrid` is the handle that is meant, unless something else is said of it.
 *  - Texts are UTF-8, end with a zero, and are copied. Tables of rows are row-major, one row behind the other: in
 *    Fortran the shape is (width, n).
 *  - One thread at a time uses a handle, the one that may call MPI. Callbacks are called by the thread that is inside
 *    bimetal_solve(), and must not call back into the same handle. Different handles may be used by different threads
 *    if MPI was initialised with MPI_THREAD_MULTIPLE.
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
/** The version of the program, such as "0.1.0 (commit)"; never freed. Local. */
BIMETAL_API const char* bimetal_version(void);

/** How a call ended. The first three are also the exit codes of the program bimetal. */
typedef enum bimetal_status {
  BIMETAL_OK = 0,            /**< the call has done what it says */
  BIMETAL_FAILED = 1,        /**< a library or the machine failed: a full disk, no memory */
  BIMETAL_BAD_INPUT = 2,     /**< an argument, an option or a file is wrong; the message says what to do */
  BIMETAL_PHYSICS_FAILED = 3 /**< the reference could not solve a row; the message names rank, row and its code */
} bimetal_status;

/** Why the last call of this thread that failed did; valid until its next call. Empty before the first. Local. */
BIMETAL_API const char* bimetal_last_error(void);
/** The code that the reference gave to the row that bimetal_last_error() names; 0 if no reference failed. Local. */
BIMETAL_API int bimetal_last_physics_code(void);

/** A kind of sub-problem, from bimetal_start() on with its surrogate. */
typedef struct bimetal_hybrid bimetal_hybrid;

/** Makes a handle for a kind of sub-problem, still without columns. Local.
 *  @param kind the name by which model files and messages call it
 *  @param hybrid out: the handle */
BIMETAL_API bimetal_status bimetal_create(const char* kind, bimetal_hybrid** hybrid);
/** Frees a handle. Collective if it was started, else Local. To be called before MPI_Finalize().
 *  @param hybrid the handle, which becomes NULL; if it is NULL already, nothing happens */
BIMETAL_API void bimetal_destroy(bimetal_hybrid** hybrid);

/* ----------------------------------------------------------- the rows; before bimetal_start() */

/** Adds a column to the rows that are asked. Local.
 *  @param name,unit for messages, reports and model files; no two inputs have the same name
 *  @param scale what counts as an error of 1 in this quantity [unit], > 0; typically its range in the run
 *  @param nature how the surrogate looks at it: "plain", "temperature" (> 0), "mass_fraction" (in [0, 1]) or
 *  "positive" (compared by ratios: a pressure, a time step, a concentration over decades) */
BIMETAL_API bimetal_status bimetal_add_input(bimetal_hybrid* hybrid, const char* name, const char* unit, double scale,
                                             const char* nature);
/** Adds a column to the answers. Local.
 *  @param name,unit for messages, reports and model files; no two outputs have the same name
 *  @param scale an answer is wrong if it is off by more than switching.tolerance times this [unit], > 0
 *  @param continues the input that this is the new value of, added before; NULL or "" for a quantity of its own, such
 *  as a flux. A surrogate learns the difference. */
BIMETAL_API bimetal_status bimetal_add_output(bimetal_hybrid* hybrid, const char* name, const char* unit,
                                              double scale, const char* continues);
/** Bounds an output: no answer of the surrogate outside [lower, upper] is accepted, and one that lies outside by less
 *  than a tenth of the tolerance is moved to the bound. Local.
 *  @param name of the output, added before
 *  @param lower,upper the bounds [unit of the output]; infinite where there is none */
BIMETAL_API bimetal_status bimetal_bound_output(bimetal_hybrid* hybrid, const char* name, double lower, double upper);
/** Adds a sum that the surrogate conserves to round-off, such as a mass: its answer a to a row keeps
 *  sum_k coefficients[k] * (a_k - base_k) = 0, where base_k is the input that output k continues, or zero. Local.
 *  After all outputs.
 *  @param coefficients [n_outputs]
 *  @param n_outputs how many outputs there are, which is checked */
BIMETAL_API bimetal_status bimetal_add_invariant(bimetal_hybrid* hybrid, const double* coefficients,
                                                 int32_t n_outputs);
/** States all that the answers depend on besides the row: parameters, a version of the code. Models and states of
 *  another fingerprint are refused. Local.
 *  @param text compared as it is */
BIMETAL_API bimetal_status bimetal_set_fingerprint(bimetal_hybrid* hybrid, const char* text);

/** The expensive function, for n rows. Local: it must not communicate, for rows are moved between ranks so that none
 *  is idle, and any rank may be asked about any row.
 *  The answer to a row must depend on the row alone: not on n, on earlier calls, or on the rank.
 *  @param context as given to bimetal_set_reference()
 *  @param n how many rows, >= 1
 *  @param in [n, n_inputs], not to be written to
 *  @param out [n, n_outputs]
 *  @param failed [n], all 0; a row that cannot be solved gets a code of the caller's own other than 0
 *  @return 0, or a code other than 0 if none of these rows could be solved */
typedef int (*bimetal_reference)(void* context, int64_t n, const double* in, double* out, int32_t* failed);
/** Sets the expensive function. Every kind needs one. Local.
 *  @param reference the function
 *  @param context handed to every call of it; belongs to the caller, and has to live as long as the handle
 *  @param rows_per_call rows handed over at once at most; 0: all that are due. With 1 the cost of every row is
 *  measured by itself, which makes the ledger exact; more pays for functions that work on vectors of rows. */
BIMETAL_API bimetal_status bimetal_set_reference(bimetal_hybrid* hybrid, bimetal_reference reference, void* context,
                                                 int64_t rows_per_call);
/** Called by a reference that fails, so that the message has words besides its code. Local.
 *  @param why the reason, in words */
BIMETAL_API void bimetal_explain_failure(const char* why);

/** A law that no answer of the surrogate may break. Physics answers the rows whose answers do. Local.
 *  @param context as given to bimetal_add_law()
 *  @param in [n_inputs]
 *  @param out [n_outputs], the answer, which the law may repair
 *  @return 0 if the answer may be committed, or any other number */
typedef int (*bimetal_law)(void* context, const double* in, double* out);
/** Adds a law. Laws are asked in the order in which they were added. Local.
 *  @param name under which reports count the answers that it has stopped
 *  @param law the function
 *  @param context handed to every call of it; belongs to the caller, and has to live as long as the handle */
BIMETAL_API bimetal_status bimetal_add_law(bimetal_hybrid* hybrid, const char* name, bimetal_law law, void* context);

/* --------------------------------------------------------------- options; before bimetal_start() */

/** Sets one option; docs/library.md lists them. bimetal_start() checks it. It wins over a file. Local.
 *  @param key its name, such as "switching.tolerance"
 *  @param value in the form that it has in YAML, such as "1e-3" */
BIMETAL_API bimetal_status bimetal_set_option(bimetal_hybrid* hybrid, const char* key, const char* value);
/** Takes the options from a YAML file. Local.
 *  @param path of the file, which bimetal_start() reads */
BIMETAL_API bimetal_status bimetal_read_options(bimetal_hybrid* hybrid, const char* path);

/* ----------------------------------------------------------------------------------- the run */

/** Checks everything, and makes surrogate and controller. All ranks must have described the same kind with the same
 *  options. Collective.
 *  @param communicator of the ranks that take part; it is duplicated */
BIMETAL_API bimetal_status bimetal_start(bimetal_hybrid* hybrid, MPI_Comm communicator);
/** bimetal_start() for other languages. Collective.
 *  @param communicator as Fortran and mpi4py's py2f() name it */
BIMETAL_API bimetal_status bimetal_start_fortran(bimetal_hybrid* hybrid, int32_t communicator);

/** Who answered a row. */
typedef enum bimetal_answerer {
  BIMETAL_BY_REFERENCE = 1, /**< the expensive function */
  BIMETAL_BY_SURROGATE = 2, /**< the network */
  BIMETAL_BY_AUDIT = 3      /**< the surrogate would have; the reference did, to check it */
} bimetal_answerer;

/** Answers this rank's rows of a step. Collective.
 *  @param step counts up from 0 over the run; alike on all ranks
 *  @param n how many rows this rank has; it may differ from rank to rank and from step to step, and may be 0
 *  @param id [n] numbers of the rows in the whole problem, each used once, the same ones in every step; random audits
 *  depend on them, so that any number of ranks audits the same rows. NULL: rows are numbered through, rank behind
 *  rank
 *  @param in [n, n_inputs], finite
 *  @param out [n, n_outputs], not the memory of `in`; a row that could not be solved gets the inputs that it
 *  continues, or zeros
 *  @param answered_by out: [n] of bimetal_answerer; may be NULL
 *  @return BIMETAL_PHYSICS_FAILED if at least one row on some rank could not be solved; the others are answered, and
 *  the handle can be used on */
BIMETAL_API bimetal_status bimetal_solve(bimetal_hybrid* hybrid, int64_t step, int64_t n, const int64_t* id,
                                         const double* in, double* out, uint8_t* answered_by);

/** Which batch of an iteration this is. */
typedef enum bimetal_iterate {
  BIMETAL_FIRST = 1, /**< the first one of a step */
  BIMETAL_NEXT = 2   /**< any other one */
} bimetal_iterate;
/** bimetal_solve() for an implicit solver, which asks for the same rows in the same order until they fit together:
 *  who answers a row is decided in the first batch of a step and stays so in the next ones. Collective.
 *  @param iterate which batch of the step this is
 *  @param step,n,id,in,out,answered_by as for bimetal_solve()
 *  @return as bimetal_solve() */
BIMETAL_API bimetal_status bimetal_solve_iteration(bimetal_hybrid* hybrid, bimetal_iterate iterate, int64_t step,
                                                   int64_t n, const int64_t* id, const double* in, double* out,
                                                   uint8_t* answered_by);

/* ----------------------------------------------------------------------------- what it amounts to */

/** Reports everything that is known of the run so far. Collective.
 *  @param json out: a text whose members docs/library.md lists; it belongs to the handle and lasts until the next
 *  call with it. May be NULL, if only bimetal_report_number() is to follow. */
BIMETAL_API bimetal_status bimetal_report(bimetal_hybrid* hybrid, const char** json);
/** One number of the last report. Local; after bimetal_report().
 *  @param path where it is, such as "certificate.upper_bound" or "speed.net_speedup"
 *  @param value out: the number; NaN if the report has a null there */
BIMETAL_API bimetal_status bimetal_report_number(bimetal_hybrid* hybrid, const char* path, double* value);
/** The closing lines of a run, on the standard output of the first rank. Collective. */
BIMETAL_API bimetal_status bimetal_print_summary(bimetal_hybrid* hybrid);

/* ----------------------------------------------------------------------------- restart and models */

/** Writes the whole state into an HDF5 file. It can be restored on any number of ranks, to the bit on as many.
 *  Collective.
 *  @param path of the file, which is complete or not there */
BIMETAL_API bimetal_status bimetal_save(bimetal_hybrid* hybrid, const char* path);
/** Goes on from such a file; after bimetal_start() with the same kind and options. Collective.
 *  @param path of the file */
BIMETAL_API bimetal_status bimetal_restore(bimetal_hybrid* hybrid, const char* path);
/** The state of this rank as bytes, for restart files of the caller's own; on the same number of ranks only.
 *  Collective.
 *  @param state out: the bytes; they belong to the handle and last until the next call with it
 *  @param size out: how many there are */
BIMETAL_API bimetal_status bimetal_get_state(bimetal_hybrid* hybrid, const void** state, size_t* size);
/** Goes on from such bytes; after bimetal_start() with the same kind and options. Collective.
 *  @param state what bimetal_get_state() gave to this rank
 *  @param size how many bytes there are; the number may differ between ranks */
BIMETAL_API bimetal_status bimetal_set_state(bimetal_hybrid* hybrid, const void* state, size_t size);
/** Writes the surrogate that serves as a model file, for the option surrogate.model of a later run and for
 *  models/check.py. Collective.
 *  @param path of the file
 *  @return BIMETAL_BAD_INPUT if none serves yet */
BIMETAL_API bimetal_status bimetal_save_model(bimetal_hybrid* hybrid, const char* path);

#ifdef __cplusplus
}
#endif

#endif
