"""What a shared library shows to those who link with it, and whether that is what the public headers declare."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from declarations import Declaration

OF_THE_LINKER = {"_init", "_fini", "_edata", "_end", "__bss_start"}


def read_exports(library: Path) -> list[str]:
    """The names of its symbols, as they are written in C++."""
    listing = subprocess.run(["nm", "--dynamic", "--defined-only", library], check=True, capture_output=True, text=True)
    symbols = [line.split()[-2:] for line in listing.stdout.splitlines()]
    names = [name.split("@")[0] for kind, name in symbols if kind != "A"]  # A: the names of versions
    plain = subprocess.run(["c++filt"], input="\n".join(names), check=True, capture_output=True, text=True)
    return plain.stdout.splitlines()


def list_faults(exports: list[str], declarations: list[Declaration]) -> list[str]:
    """A phrase for every symbol that is missing, and for every one too many."""
    functions = {d.name for d in declarations if d.kind == "function" and d.exported}
    classes = {d.name: set(d.members) for d in declarations if d.kind == "class" and d.exported}
    found, surplus = set(), []
    for symbol in exports:
        name = name_of(symbol, classes)
        if name in functions or name in classes or any(name == f"{c}::{m}" for c in classes for m in classes[c]):
            found.add(name)
        elif name not in OF_THE_LINKER:
            surplus.append(f"{symbol} is exported and not declared")
    wanted = functions | {f"{name}::{member}" for name in classes for member in classes[name]}
    return [f"{name} is declared and not exported" for name in sorted(wanted - found)] + surplus


def name_of(symbol: str, classes: dict[str, set[str]]) -> str:
    """Its name in a header: by_row, Hybrid::solve, or Hybrid for what a compiler adds to the class. What belongs to
    something else stays as it is."""
    if ")::" in symbol:  # of something inside a function
        return symbol
    if match := re.fullmatch(r"(?:vtable|typeinfo|typeinfo name) for bimetal::(\w+)", symbol):
        return match[1]
    if match := re.match(r"bimetal::((?:\w+::)?~?\w+(?:=|\[\]|\(\))?)(?:\[abi:\w+\])?\(", symbol):
        owner, _, member = match[1].partition("::")
        is_inline_constructor = member == owner and member not in classes.get(owner, {member})
        return owner if is_inline_constructor else match[1]
    return symbol
