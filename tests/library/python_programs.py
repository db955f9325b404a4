"""Small programs that use a hybrid, for test_python.py: python_programs.py NAME [ARGUMENT...]. They print what they
find as JSON, one line each, with the rank."""

import json
import os
import sys
import time

import bimetal
import numpy as np
from mpi4py import MPI

COMM = MPI.COMM_WORLD
LAST = COMM.size - 1
CELLS = 400
OPTIONS = {"switching": {"tolerance": 1e-2, "cost_veto": False}, "surrogate.layers": [32, 32], "output.log": "silent"}
FAILS_AT = 3


def answer(rows, out):
    """What is left of x after decaying faster where there is more y, and a flux."""
    x, y = rows.T
    out[:, 0] = x * np.exp(-0.2 * (1 + y))
    out[:, 1] = y * np.sin(2 * x)


def ids():
    """Of this rank's cells."""
    return np.arange(CELLS * COMM.rank // COMM.size, CELLS * (COMM.rank + 1) // COMM.size)


def rows_at(step):
    """Of this rank."""
    phase = 2 * np.pi * ids() / CELLS + 0.05 * step
    return np.column_stack([0.5 + 0.4 * np.sin(phase), 0.5 + 0.4 * np.cos(2 * phase)])


def hybrid(reference=answer, options=None, **more):
    return bimetal.Hybrid("toy", [bimetal.Input("x", "mol", 1.0), bimetal.Input("y", "1", 1.0)],
                          [bimetal.Output("x", "mol", 1.0, continues="x", lower=0.0), bimetal.Output("q", "1", 1.0)],
                          reference, options=OPTIONS | (options or {}), **more)


def tell(**found):
    sys.stdout.write(json.dumps({"rank": COMM.rank, **found}) + "\n")
    sys.stdout.flush()


def attempt(case, action):
    """Tells what an action raises."""
    try:
        action()
        tell(case=case, raised=None)
    except BaseException as error:
        tell(case=case, raised=type(error).__name__, text=str(error), code=getattr(error, "code", None),
             cause=None if error.__cause__ is None else f"{type(error.__cause__).__name__}: {error.__cause__}")


def march(solver, first, last):
    """The answers of these steps on this rank, and who gave them."""
    answers, answerers = [], []
    for step in range(first, last):
        by = np.zeros(len(ids()), np.uint8)
        answers.append(solver.solve(step, rows_at(step), ids(), answered_by=by))
        answerers.append(by)
    return np.array(answers), np.array(answerers)


def run(steps):
    """A run in which the surrogate takes over."""
    with hybrid() as solver:
        answers, by = march(solver, 0, int(steps))
        truth = np.empty_like(answers)
        for step, table in enumerate(truth):
            answer(rows_at(step), table)
        wrong = np.abs(answers - truth).max(axis=2) > 1e-2
        tell(report=solver.report(), by=np.bincount(by.ravel(), minlength=4).tolist(), wrong=int(wrong.sum()),
             wrong_by_reference=int(wrong[by != bimetal.AnsweredBy.surrogate].sum()))
        solver.print_summary()


def restart(folder, half):
    """The same run in one piece, and in two by a file and by bytes."""
    half = int(half)
    with hybrid() as solver:
        whole, _ = march(solver, 0, 2 * half)
        accepted = solver.report()["subproblems"]["accepted"]
    with hybrid() as solver:
        march(solver, 0, half)
        solver.save(f"{folder}/state.h5")
        state = solver.state()
    for how in ("file", "bytes"):
        with hybrid() as solver:
            if how == "file":
                solver.restore(f"{folder}/state.h5")
            else:
                solver.set_state(state)
            rest, _ = march(solver, half, 2 * half)
            tell(how=how, same=bool((rest == whole[half:]).all()), accepted=accepted,
                 accepted_here=solver.report()["subproblems"]["accepted"])
    with hybrid(fingerprint="of another function") as solver:
        attempt("fingerprint", lambda: solver.restore(f"{folder}/state.h5"))
        attempt("no file", lambda: solver.restore(f"{folder}/nowhere.h5"))


def models(folder, steps):
    """A model that one run has taught, and that another begins with."""
    with hybrid() as solver:
        attempt("none yet", lambda: solver.save_model(f"{folder}/model.pt"))
        march(solver, 0, int(steps))
        solver.save_model(f"{folder}/model.pt")
    with hybrid(options={"surrogate.model": f"{folder}/model.pt"}) as solver:
        march(solver, 0, 20)
        tell(report=solver.report())


class Fragile:
    """A reference that fails in one of several ways."""

    def __init__(self):
        self.how, self.solver = "", None

    def __call__(self, rows, out):
        answer(rows, out)
        if self.how == "raise" and COMM.rank == LAST:
            tell(case="raised at", at=time.time())
            raise ZeroDivisionError("the pivot is zero")
        if self.how == "interrupt" and COMM.rank == LAST:
            raise KeyboardInterrupt
        if self.how == "call":
            self.solver.report()
        if self.how == "write":
            rows[0, 0] = 1.0
        if self.how == "unlock":
            rows.flags.writeable = True
        lowest = rows[:, 0].argmin()  # of the rows of this call
        if self.how == "words":
            raise bimetal.RowsFailed({int(lowest): "too cold to burn"})
        if self.how == "code":
            raise bimetal.RowsFailed({int(lowest): 42})
        if self.how in ("minus one", "mixed"):
            out[lowest] = -1.0
            raise bimetal.RowsFailed({int(lowest): -1} if self.how == "minus one" else
                                     {int(lowest): "too cold to burn", int(rows[:, 0].argmax()): 42})
        if self.how == "nan":
            out[lowest, 1] = np.nan


def uncaught(folder):
    """One rank's reference raises an exception, which nobody catches. What a rank says goes to a file of its own."""
    with open(f"{folder}/said_by_{COMM.rank}.txt", "w", encoding="utf-8") as said:
        os.dup2(said.fileno(), 2)
    reference = Fragile()
    with hybrid(reference) as solver:
        for step in range(10):
            reference.how = "raise" if step == FAILS_AT else ""
            solver.solve(step, rows_at(step), ids())


def failures():
    """Each way to fail, one after the other in one run, which goes on after each."""
    reference = Fragile()
    with hybrid(reference, {"training.perturbed": 0}) as solver:
        reference.solver = solver
        ways = "raise", "interrupt", "call", "write", "unlock", "words", "code", "minus one", "mixed", "nan"
        for step, how in enumerate(ways):
            reference.how = how
            out = np.full((len(ids()), 2), -1.0)
            attempt(how, lambda step=step, out=out: solver.solve(step, rows_at(step), ids(), out))
            right = np.empty_like(out)
            answer(rows_at(step), right)
            tell(case=f"{how}: rows", finite=bool(np.isfinite(out).all()), not_right=int((out != right).any(1).sum()))
        reference.how = ""
        attempt("after all", lambda: solver.solve(100, rows_at(100), ids()))


def refusals():
    """What is wrong on the last rank is told on every rank."""
    for name, options in {"no such key": {"switching.tolerence": 1e-3}, "no number": {"switching.tolerance": "high"},
                          "no text": {"case": object()}}.items():
        attempt(name, lambda options=options: hybrid(options=options))
    attempt("ranks differ", lambda: hybrid(options={"switching.tolerance": 1e-3 * (1 + COMM.rank)}))
    attempt("one rank", lambda: hybrid(options={"case": object()} if COMM.rank == LAST else {}))
    with hybrid() as solver:
        def wrong_here(case, *arguments, **more):
            good = rows_at(0), ids()
            attempt(case, lambda: solver.solve(0, *(arguments if COMM.rank == LAST else good), **more))

        wrong_here("width", rows_at(0)[:, :1], ids())
        wrong_here("one row", rows_at(0)[0])
        wrong_here("complex", rows_at(0) * 1j)
        wrong_here("too few ids", rows_at(0), ids()[1:])
        wrong_here("ids by halves", rows_at(0), ids() / 2)
        wrong_here("single out", rows_at(0), ids(), np.empty((len(ids()), 2), np.float32))
        wrong_here("Fortran out", rows_at(0), ids(), np.empty((len(ids()), 2), order="F"))
        rows = rows_at(0)
        wrong_here("out is rows", rows, ids(), rows)
        wrong_here("not finite", rows_at(0) * np.inf, ids())
        attempt("iteration", lambda: solver.solve(0, rows_at(0), iteration="second"))
        attempt("a list", lambda: solver.solve(0, rows_at(0).tolist(), list(ids())))
        attempt("Fortran rows", lambda: solver.solve(1, np.asfortranarray(rows_at(0))))
        attempt("no rows", lambda: solver.solve(2, rows_at(0)[:len(ids()) * (COMM.rank == 0)]))
        attempt("first", lambda: solver.solve(3, rows_at(0), iteration="first"))
        attempt("next", lambda: solver.solve(3, rows_at(0), iteration="next"))
    attempt("closed", lambda: solver.solve(4, rows_at(0)))
    attempt("closed again", solver.close)


def laws(steps):
    """A law that stops a third of the answers, and one that raises an exception."""
    more_rows = {"training.promote_every": 16}  # to judge a version by
    with hybrid(options=more_rows, laws={"x is small": lambda row, out: row[0] < 0.7}) as solver:
        _, by = march(solver, 0, int(steps))
        large = np.array([rows_at(step)[:, 0] >= 0.7 for step in range(int(steps))])
        tell(by=np.bincount(by.ravel(), minlength=4).tolist(), large=np.bincount(by[large], minlength=4).tolist(),
             gates=solver.report()["subproblems"]["gates"])

    def broken(row, out):
        return [][0]

    with hybrid(laws={"is broken": broken}) as solver:
        attempt("law", lambda: march(solver, 0, int(steps)))


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
