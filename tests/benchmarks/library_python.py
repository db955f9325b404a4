#!/usr/bin/env python3
"""What a call of the Python package costs beside one of the C interface.

Rows go to a reference that copies them (policy never), all of it in C or all of it in Python. Needs a C compiler;
BIMETAL_LIBRARY and PYTHONPATH lead to library and package. The time is the median of several stretches; figures are for
quiet machines.

  BIMETAL_LIBRARY=/opt/bimetal/lib/libbimetal.so PYTHONPATH=src/python library_python.py
"""

from __future__ import annotations

import argparse
import ctypes
import functools
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import bimetal
import numpy as np
import numpy.typing as npt
from bimetal._library import ReferenceCallback, library
from mpi4py import MPI

IN_C = """
#include <stdint.h>
#include <string.h>
int copy(void* context, int64_t n, const double* in, double* out, int32_t* failed) {
  memcpy(out, in, n * WIDTH * sizeof(double));
  return 0;
}
typedef int (*solve)(void*, int64_t, int64_t, const int64_t*, const double*, double*, uint8_t*);
int loop(solve call, void* hybrid, int64_t first, int64_t calls, int64_t n, const double* in, double* out) {
  int status = 0;
  for (int64_t step = first; step < first + calls; ++step) status |= call(hybrid, step, n, 0, in, out, 0);
  return status;
}
"""
WIDTH = 3
STRETCHES = 10
NAMES = [f"x{k}" for k in range(WIDTH)]
OPTIONS = {"switching.policy": "never", "output.log": "silent"}

Rows = npt.NDArray[np.float64]
Action = Callable[[int, int], None]  # of a first step and a number of calls


def compiled(compiler: str) -> ctypes.CDLL:
    with tempfile.TemporaryDirectory() as folder:
        source, shared = Path(folder) / "calls.c", Path(folder) / "calls.so"
        source.write_text(IN_C, encoding="utf-8")
        subprocess.run([compiler, "-O2", f"-DWIDTH={WIDTH}", "-shared", "-fPIC", source, "-o", shared], check=True)
        calls = ctypes.CDLL(str(shared))
    calls.loop.argtypes = (ctypes.c_void_p, ctypes.c_void_p, *(ctypes.c_int64,) * 3, ctypes.c_void_p, ctypes.c_void_p)
    return calls


def seconds(action: Action, calls: int) -> float:
    """Of a call."""
    n = max(calls // STRETCHES, 1)
    action(0, n)
    measured = []
    for stretch in range(1, STRETCHES + 1):
        start = time.perf_counter()
        action(stretch * n, n)
        measured.append((time.perf_counter() - start) / n)
    return statistics.median(measured)


def in_c(rows: Rows, out: Rows, calls: int, code: ctypes.CDLL) -> float:
    """Seconds of a call."""
    handle = ctypes.c_void_p()
    library.bimetal_create("copy", handle)
    for name in NAMES:
        library.bimetal_add_input(handle, name, "1", 1.0, "plain")
        library.bimetal_add_output(handle, name, "1", 1.0, name)
    library.bimetal_set_reference(handle, ctypes.cast(code.copy, ReferenceCallback), None, 0)
    for key, value in OPTIONS.items():
        library.bimetal_set_option(handle, key, value)
    library.bimetal_start_fortran(handle, MPI.COMM_WORLD.py2f())
    solve = ctypes.cast(library.bimetal_solve, ctypes.c_void_p)

    def action(first: int, n: int) -> None:
        if code.loop(solve, handle, first, n, len(rows), rows.ctypes.data, out.ctypes.data):
            raise RuntimeError(library.bimetal_last_error().decode())

    found = seconds(action, calls)
    library.bimetal_destroy(handle)
    return found


def in_python(rows: Rows, out: Rows, calls: int) -> float:
    """Seconds of a call."""

    def copy(given: Rows, answers: Rows) -> None:
        answers[:] = given

    with bimetal.Hybrid("copy", [bimetal.Input(name, "1") for name in NAMES],
                        [bimetal.Output(name, "1", continues=name) for name in NAMES], copy, options=OPTIONS) as hybrid:

        def action(first: int, n: int) -> None:
            for step in range(first, first + n):
                hybrid.solve(step, rows, out=out)

        return seconds(action, calls)


def measure(n: int, calls: int, code: ctypes.CDLL) -> dict[str, float]:
    """Seconds of a call by language."""
    rows = np.random.default_rng(1).random((n, WIDTH))
    found: dict[str, float] = {}
    runs: dict[str, Callable[[Rows, Rows, int], float]] = {"C": functools.partial(in_c, code=code), "Python": in_python}
    for language, run in runs.items():
        out = np.zeros((n, WIDTH))
        found[language] = run(rows, out, calls)
        if not np.array_equal(rows, out):
            raise RuntimeError(f"In {language} the rows were not answered.")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 100, 10000], help="of a call [1 100 10000]")
    parser.add_argument("--calls", type=int, default=1000, help="[1000]")
    parser.add_argument("--compiler", default="cc")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    code = compiled(arguments.compiler)
    found = {n: measure(n, arguments.calls, code) for n in arguments.rows}
    if arguments.json:
        print(json.dumps({"library": bimetal.__version__, "seconds_per_call": found}, indent=2))
        return
    print("| rows | C: a call [us] | a row [us] | Python: a call [us] | a row [us] | more a call [us] |")
    print("|---:" * 6 + "|")
    for n, times in found.items():
        c, python = 1e6 * times["C"], 1e6 * times["Python"]
        print(f"| {n} | {c:.2f} | {c / n:.4f} | {python:.2f} | {python / n:.4f} | {python - c:.2f} |")


if __name__ == "__main__":
    main()
