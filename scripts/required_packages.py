"""Ends a script that lacks packages by one sentence, before it imports them. For models/ and postprocess/."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def require(*names: str, advised: tuple[str, ...] = ()) -> None:
    """advised: packages that other scripts beside this one need, named as well if any of `names` is missing."""
    if all(importlib.util.find_spec(name) for name in names):
        return
    missing = [name for name in names + advised if not importlib.util.find_spec(name)]
    debian = " ".join(f"python3-{name}" for name in missing)
    print(f"{Path(sys.argv[0]).name}: {sys.executable} has no {', no '.join(missing)}; install them there, or use a Python "
          f"that has them (Debian: /usr/bin/python3 {sys.argv[0]} ..., after apt install {debian}).", file=sys.stderr)
    sys.exit(2)
