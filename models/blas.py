"""An OpenBLAS that is older than the processor, as src/surrogate/blas.hpp has it."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"
VECTOR_KERNELS = "Haswell"


def can_run_them() -> bool:
    found = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found is not None and {"avx2", "fma"} <= set(found[1].split())


def loaded() -> list[ctypes.CDLL]:
    """Every OpenBLAS in this process whose kernels can be chosen anew."""
    files = set(re.findall(r"/\S*openblas\S*", Path("/proc/self/maps").read_text()))
    libraries = [ctypes.CDLL(file) for file in sorted(files) if Path(file).is_file()]
    names = ("openblas_get_corename", "gotoblas_dynamic_quit", "gotoblas_dynamic_init")
    return [library for library in libraries if all(hasattr(library, name) for name in names)]


def core(library: ctypes.CDLL) -> str:
    library.openblas_get_corename.restype = ctypes.c_char_p
    return library.openblas_get_corename().decode()


def use_vector_kernels() -> None:
    """Instead of those for a processor of 2004, which OpenBLAS falls back on; unless the environment says which."""
    if not Path("/proc/self/maps").is_file() or VARIABLE in os.environ or not can_run_them():
        return
    for library in loaded():
        if core(library) != "Prescott":
            continue
        os.environ[VARIABLE] = VECTOR_KERNELS
        library.gotoblas_dynamic_quit()
        library.gotoblas_dynamic_init()
        del os.environ[VARIABLE]
