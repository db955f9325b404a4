"""Ends a script that lacks packages by one sentence. Imported by every script before those packages."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ALL = ("numpy", "h5py", "torch")


def require(*names: str) -> None:
    if all(importlib.util.find_spec(name) for name in names):
        return
    missing = [name for name in ALL if not importlib.util.find_spec(name)]
    debian = " ".join(f"python3-{name}" for name in missing)
    print(f"{Path(sys.argv[0]).name}: {sys.executable} has no "
          f"{', no '.join(missing)}; install them there, or use a Python "
          f"that has them (Debian: /usr/bin/python3 {sys.argv[0]} ..., after apt install {debian}).", file=sys.stderr)
    sys.exit(2)


require(*ALL)
