"""The shared library behind the package: where it lies, its functions (bimetal.h), and its errors as exceptions."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from collections.abc import Mapping
from ctypes import POINTER, c_char_p, c_double, c_int, c_int32, c_int64, c_size_t, c_void_p
from pathlib import Path
from typing import Any

try:
    from mpi4py import MPI  # first: it initialises MPI, and the library then uses the libmpi that is there
except ModuleNotFoundError as error:
    raise ImportError(f"Bimetal needs mpi4py, which {sys.executable} does not have; use the Python whose mpi4py was built "
                      "with the library's MPI (on Debian /usr/bin/python3).") from error

ABI_VERSION = 1
FILE = "libbimetal.so"
LONGEST_MPI_VERSION = 8192  # bytes, MPICH's; other libraries have less


class BadInput(ValueError):
    """An argument, an option or a file is wrong; the sentence says what to do."""


class Failure(RuntimeError):
    """A library or the machine failed: a full disk, no memory."""


class PhysicsFailure(RuntimeError):
    """The reference could not solve a row; the message names rank and row. On the rank where the reference raised an
    exception, that is the __cause__. The other rows are answered, and the Hybrid can be used on."""

    code: int = 0  # that the reference gave to the row; -1 if it raised an exception or its answer cannot be used


class RowsFailed(Exception):
    """A reference raises it if it could not solve some of its rows, and has answered the others.

    rows: row of the call -> why, in words, or a code of the caller's own other than 0 (32 bits).
    """

    def __init__(self, rows: Mapping[int, str | int]) -> None:
        super().__init__(rows)
        self.rows = dict(rows)
        if not rows or not all(isinstance(why, str) or 0 < abs(why) < 2**31 for why in rows.values()):
            raise ValueError(f"RowsFailed needs rows, each with words or with a code of 32 bits other than 0: {rows}")


class _Text:
    """const char*: UTF-8 of a text or a path."""

    @staticmethod
    def from_param(text: str | os.PathLike[str]) -> Any:
        return c_char_p.from_param(os.fspath(text).encode("utf-8", "surrogateescape"))


# int reference(context, n, in, out, failed) and int law(context, in, out)
ReferenceCallback = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64, c_void_p, c_void_p, POINTER(c_int32))
LawCallback = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p)

_BATCH = (c_int64, c_int64, c_void_p, c_void_p, c_void_p, c_void_p)  # step, n, id, in, out, answered_by
_FUNCTIONS: dict[str, tuple[Any, ...]] = {  # that return a status
    "create": (_Text, POINTER(c_void_p)),
    "add_input": (c_void_p, _Text, _Text, c_double, _Text),
    "add_output": (c_void_p, _Text, _Text, c_double, _Text),
    "bound_output": (c_void_p, _Text, c_double, c_double),
    "add_invariant": (c_void_p, POINTER(c_double), c_int32),
    "set_fingerprint": (c_void_p, _Text),
    "set_reference": (c_void_p, ReferenceCallback, c_void_p, c_int64),
    "add_law": (c_void_p, _Text, LawCallback, c_void_p),
    "set_option": (c_void_p, _Text, _Text),
    "read_options": (c_void_p, _Text),
    "start_fortran": (c_void_p, c_int32),
    "solve": (c_void_p, *_BATCH),
    "solve_iteration": (c_void_p, c_int, *_BATCH),
    "report": (c_void_p, POINTER(c_char_p)),
    "print_summary": (c_void_p,),
    "save": (c_void_p, _Text),
    "restore": (c_void_p, _Text),
    "get_state": (c_void_p, POINTER(c_void_p), POINTER(c_size_t)),
    "set_state": (c_void_p, c_char_p, c_size_t),
    "save_model": (c_void_p, _Text),
}


def _load() -> ctypes.CDLL:
    package = Path(__file__).resolve().parent
    places = [package / "lib" / FILE]  # of a wheel; of an install, whose package is in <prefix>/lib/python3/...
    places += [folder.parents[1] / lib / FILE for folder in package.parents if folder.name.startswith("python")
               for lib in ("lib", "lib64")]
    path = os.environ.get("BIMETAL_LIBRARY") or next((str(place) for place in places if place.is_file()), None)
    try:
        loaded = ctypes.CDLL(path or ctypes.util.find_library("bimetal") or FILE)
    except OSError as error:
        looked = "" if path else f" It is not {' or '.join(map(str, places))}, nor where the system looks."
        raise ImportError(f"{path or FILE} cannot be loaded ({error}).{looked} BIMETAL_LIBRARY may name it.") from error
    if (version := loaded.bimetal_abi_version()) != ABI_VERSION:
        raise ImportError(f"{loaded._name} has version {version} of the interface, and this package needs "
                          f"{ABI_VERSION}; install both from one release.")
    said = ctypes.create_string_buffer(LONGEST_MPI_VERSION)
    loaded.MPI_Get_library_version(said, ctypes.byref(c_int()))
    theirs, ours = said.value.decode(errors="replace").strip(), MPI.Get_library_version().strip("\0 \n")
    if theirs != ours:
        raise ImportError(f"{loaded._name} uses another MPI ({theirs}) than mpi4py ({ours}); build mpi4py with the MPI "
                          "of the library.")
    for name, types in _FUNCTIONS.items():
        function = getattr(loaded, f"bimetal_{name}")
        function.argtypes, function.restype, function.errcheck = types, c_int, _check
    for name, types in {"destroy": (POINTER(c_void_p),), "explain_failure": (_Text,)}.items():
        function = getattr(loaded, f"bimetal_{name}")
        function.argtypes, function.restype = types, None
    loaded.bimetal_version.restype = loaded.bimetal_last_error.restype = c_char_p
    return loaded


def _check(status: int, _function: Any, _arguments: Any) -> None:
    """Raises the exception that a status stands for."""
    if status == 0:
        return
    error = {2: BadInput, 3: PhysicsFailure}.get(status, Failure)(library.bimetal_last_error().decode(errors="replace"))
    if isinstance(error, PhysicsFailure):
        error.code = library.bimetal_last_physics_code()
    raise error


library = _load()
