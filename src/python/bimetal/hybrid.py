"""A reference and its surrogate, bonded."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import json
import math
import operator
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Union

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from bimetal._arrays import address, converted, to_fill, view
from bimetal._library import BadInput, Failure, LawCallback, PhysicsFailure, ReferenceCallback, RowsFailed, library

Array = npt.NDArray[np.float64]
Path = Union[str, "os.PathLike[str]"]

ITERATES = {"first": 1, "next": 2}


class AnsweredBy(IntEnum):
    """Who answered a row."""

    reference = 1
    surrogate = 2
    audit = 3  # the surrogate would have; the reference did, to check it


@dataclass(frozen=True)
class Input:
    """A column of the rows that are asked."""

    name: str
    unit: str
    scale: float = 1.0  # what counts as an error of 1 in this quantity [unit], > 0; typically its range in the run
    nature: str = "plain"  # or "temperature" (> 0), "mass_fraction" (in [0, 1]), "positive" (compared by ratios)


@dataclass(frozen=True)
class Output:
    """A column of the answers."""

    name: str
    unit: str
    scale: float = 1.0  # an answer off by more than switching.tolerance times this is wrong [unit], > 0
    continues: str = ""  # the input that this is the new value of; "": a quantity of its own, such as a flux
    lower: float = -math.inf  # no answer of the surrogate outside [lower, upper] is accepted [unit]
    upper: float = math.inf


class Hybrid:
    """Answers rows by a reference or its surrogate, and keeps account of how far that can be trusted and if it pays.

    All methods are Collective: every rank of the communicator calls them in the same order, and BadInput and Failure
    are raised on every rank. A rank that stops for an exception of its own leaves the others waiting in their next one;
    `python3 -m mpi4py program.py` ends the job instead. One thread at a time uses an object. Whoever is done with it
    calls close() before MPI is finalised, or uses it in a with statement.
    """

    def __init__(self, kind: str, inputs: Sequence[Input], outputs: Sequence[Output],
                 reference: Callable[[Array, Array], object], *, options: Mapping[str, Any] | None = None,
                 options_file: Path | None = None, laws: Mapping[str, Callable[[Array, Array], object]] | None = None,
                 invariants: Sequence[Sequence[float]] = (), fingerprint: str = "", rows_per_call: int = 0,
                 comm: MPI.Intracomm = MPI.COMM_WORLD) -> None:
        """Every rank describes the same kind with the same options. The communicator is duplicated.

        kind: what model files and messages call this kind of sub-problem.
        reference: the expensive function, react(rows, out). rows: [n, n_inputs], read-only; out: [n, n_outputs], to be
          filled. Both are memory of the library, and theirs only while the call lasts. It must not communicate, for any
          rank may be asked about any row, and the answer to a row must depend on the row alone, not on n. It raises
          RowsFailed for rows that it cannot solve; any other exception means that it could solve none of them.
        options: by names as in YAML, {"switching.tolerance": 1e-3} or nested; they win over those of options_file. A
          text is taken as YAML has it.
        laws: name -> holds(row, out): whether the answer out [n_outputs] to row [n_inputs] may be committed. It may
          repair out. Reports count the answers that a law stopped under its name.
        invariants: [n_invariants][n_outputs]: every answer a keeps sum_k c_k (a_k - base_k) = 0 to round-off, the base
          being the input that output k continues, or zero.
        fingerprint: all that the answers depend on besides the row; a model or a state of another one is refused.
        rows_per_call: rows that the reference gets at once at most; 0: all that are due. With 1 the cost of every row
          is measured by itself, which makes the ledger exact.
        """
        self._comm = comm
        self._n_in, self._n_out = len(inputs), len(outputs)
        self._reference = reference
        self._has_laws = bool(laws)
        self._raised: BaseException | None = None  # by the reference in this step, on this rank
        self._broken_law: tuple[str, BaseException] | None = None  # its name, and what it raised
        self._solving = False
        self._handle: ctypes.c_void_p | None = ctypes.c_void_p()
        self._callbacks = [ReferenceCallback(self._ask_reference)]  # they must live as long as the handle
        problem: Exception | None = None
        try:
            library.bimetal_create(kind, self._handle)
            for i in inputs:
                library.bimetal_add_input(self._handle, i.name, i.unit, i.scale, i.nature)
            for o in outputs:
                library.bimetal_add_output(self._handle, o.name, o.unit, o.scale, o.continues)
                library.bimetal_bound_output(self._handle, o.name, o.lower, o.upper)
            for invariant in invariants:
                coefficients = (ctypes.c_double * len(invariant))(*invariant)
                library.bimetal_add_invariant(self._handle, coefficients, len(invariant))
            library.bimetal_set_fingerprint(self._handle, fingerprint)
            library.bimetal_set_reference(self._handle, self._callbacks[0], None, rows_per_call)
            for name, law in (laws or {}).items():
                self._callbacks.append(LawCallback(functools.partial(self._ask_law, name, law)))
                library.bimetal_add_law(self._handle, name, self._callbacks[-1], None)
            if options_file is not None:
                library.bimetal_read_options(self._handle, options_file)
            for key, value in _flat(options or {}):
                library.bimetal_set_option(self._handle, key, _yaml(value))
        except Exception as error:
            problem = error
        try:
            self._agree(problem, BadInput)
            library.bimetal_start_fortran(self._handle, comm.py2f())
        except Exception:
            library.bimetal_destroy(self._handle)
            raise

    def solve(self, step: int, rows: npt.ArrayLike, ids: npt.ArrayLike | None = None, out: Array | None = None,
              answered_by: npt.NDArray[np.uint8] | None = None, iteration: str | None = None) -> Array:
        """Answers this rank's rows of a step, of which there may be 0, and returns out. Collective.

        step: counts up from 0 over the run; alike on all ranks.
        rows: [n, n_inputs], finite. C-contiguous float64 is passed on as it is, anything else is copied.
        ids: [n] numbers of the rows in the whole problem, each used once, the same ones in every step; random audits
          depend on them, so that any number of ranks audits the same rows. None: numbered through, rank behind rank.
        out: [n, n_outputs] to be filled, C-contiguous float64, not the memory of rows. None: a new array.
        answered_by: [n] uint8 to be filled with AnsweredBy, or None.
        iteration: of an implicit solver, which asks for the same rows in the same order until they fit together, the
          "first" or a "next" batch; who answers a row is decided in the first and stays so. None: no iteration.
        PhysicsFailure: a row on some rank could not be solved, on every rank. Such rows get the inputs that they
        continue, or zeros; all others are answered. Failure: a law raised an exception, which is the __cause__.
        """
        handle = self._open()
        try:
            rows = converted(rows, np.float64, "rows", "n", self._n_in)
            n = len(rows)
            ids = None if ids is None else converted(ids, np.int64, "ids", n)
            out = np.empty((n, self._n_out)) if out is None else to_fill(out, np.float64, "out", n, self._n_out)
            answered_by = None if answered_by is None else to_fill(answered_by, np.uint8, "answered_by", n)
            if np.may_share_memory(rows, out):
                raise BadInput("out is the memory of rows, which must stay as they are; give another array.")
            if iteration not in (None, *ITERATES):
                raise BadInput(f"iteration is {iteration!r}, and must be None, 'first' or 'next'.")
            batch = (operator.index(step), n, address(ids), address(rows), address(out), address(answered_by))
        except Exception as error:
            with contextlib.suppress(BadInput, Failure):  # a BadInput for the other ranks, which do not wait then
                library.bimetal_solve(handle, 0, -1, None, None, None, None)
            if isinstance(error, BadInput):
                raise
            raise BadInput(f"solve: {error}") from error  # what all other ranks get, too
        self._raised = self._broken_law = None
        failure: PhysicsFailure | None = None
        try:
            self._solving = True
            if iteration is None:
                library.bimetal_solve(handle, *batch)
            else:
                library.bimetal_solve_iteration(handle, ITERATES[iteration], *batch)
        except PhysicsFailure as physics_failure:
            failure = physics_failure
        finally:
            self._solving = False
        if self._raised is not None and not isinstance(self._raised, Exception):
            raise self._raised from failure  # a KeyboardInterrupt remains one
        if failure is not None:
            raise failure from self._raised
        if self._has_laws:
            name, error = self._broken_law or ("", None)
            self._agree(error, Failure, f"the law '{name}' raised ")
        return out

    def report(self) -> dict[str, Any]:
        """Everything that is known of the run so far; docs/library.md lists its members. Collective."""
        text = ctypes.c_char_p()
        library.bimetal_report(self._open(), text)
        report: dict[str, Any] = json.loads(text.value or b"{}")
        return report

    def print_summary(self) -> None:
        """The closing lines of a run, on the standard output of the first rank. Collective."""
        sys.stdout.flush()
        library.bimetal_print_summary(self._open())

    def save(self, path: Path) -> None:
        """Writes the whole state into an HDF5 file, which is complete or not there. Collective."""
        library.bimetal_save(self._open(), path)

    def restore(self, path: Path) -> None:
        """Goes on from such a file, with the same kind and options; on as many ranks to the bit. Collective."""
        library.bimetal_restore(self._open(), path)

    def state(self) -> bytes:
        """The state of this rank, for restart files of the caller's own, on the same number of ranks. Collective."""
        start, size = ctypes.c_void_p(), ctypes.c_size_t()
        library.bimetal_get_state(self._open(), start, size)
        return ctypes.string_at(start, size.value)

    def set_state(self, state: bytes) -> None:
        """Goes on from what state() gave on this rank. Collective."""
        library.bimetal_set_state(self._open(), state, len(state))

    def save_model(self, path: Path) -> None:
        """Writes the surrogate that serves as a model file, for the option surrogate.model. Collective."""
        library.bimetal_save_model(self._open(), path)

    def close(self) -> None:
        """Frees everything; a second time it does nothing. Collective."""
        if self._handle is not None:
            library.bimetal_destroy(self._open())
            self._handle = None

    def __enter__(self) -> Hybrid:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Closes, but not for an exception that other ranks need not have: they would not be there."""
        if kind is None or issubclass(kind, (BadInput, Failure, PhysicsFailure)):
            self.close()

    def _open(self) -> ctypes.c_void_p:
        if self._handle is None:
            raise BadInput("This Hybrid is closed; make another one.")
        if self._solving:
            raise BadInput("A reference or a law must not use the Hybrid that calls it.")
        return self._handle

    def _agree(self, problem: BaseException | None, kind: type[Exception], what: str = "") -> None:
        """Raises an exception of this kind if some rank has a problem, which is the __cause__ there. Collective."""
        ranks = np.array([problem is not None], dtype=np.intc)
        self._comm.Allreduce(MPI.IN_PLACE, ranks)
        if not ranks[0]:
            return
        said = self._comm.allgather("" if problem is None else what + _words(problem))
        if problem is not None and not isinstance(problem, Exception):
            raise problem
        raise kind(next(f"rank {rank}: {words}" for rank, words in enumerate(said) if words)) from problem

    def _ask_reference(self, _context: None, n: int, rows: int, out: int, failed: Any) -> int:
        """Called by the library; no exception may leave it. Local."""
        try:
            try:
                answer = self._reference(view(rows, n, self._n_in, read_only=True), view(out, n, self._n_out))
                if answer is not None:
                    raise TypeError("the reference returned something; it fills in out and returns nothing")
            except RowsFailed as error:
                if not all(0 <= row < n for row in error.rows):
                    raise IndexError(f"RowsFailed names a row that a call of {n} does not have: {error}") from error
                for row, why in error.rows.items():
                    failed[row] = -1 if isinstance(why, str) else why
                self._keep(error, next((why for _, why in sorted(error.rows.items()) if isinstance(why, str)), ""))
        except BaseException as error:
            with contextlib.suppress(Exception):
                self._keep(error, _words(error))
            return -1
        return 0

    def _keep(self, error: BaseException, why: str) -> None:
        """For solve() to raise. The views in its frames would outlive the memory that they show. Local."""
        traceback.clear_frames(error.__traceback__)
        if self._raised is None or not isinstance(error, Exception):
            self._raised = error
        if why:
            library.bimetal_explain_failure(why)

    def _ask_law(self, name: str, law: Callable[[Array, Array], object], _context: None, row: int, out: int) -> int:
        """Called by the library; no exception may leave it. Local."""
        try:
            return 0 if law(view(row, self._n_in, read_only=True), view(out, self._n_out)) else 1
        except BaseException as error:
            traceback.clear_frames(error.__traceback__)
            self._broken_law = self._broken_law or (name, error)
            return 1


def _words(error: BaseException) -> str:
    return str(error) if isinstance(error, BadInput) else ": ".join(filter(None, (type(error).__name__, str(error))))


def _flat(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Nested or dotted options as pairs of a dotted key and a value."""
    for key, value in options.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _yaml(value: Any) -> str:
    """As YAML has it; JSON is YAML."""
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    return json.dumps(value, default=lambda other: other.tolist() if hasattr(other, "tolist") else os.fspath(other))
