"""Stands in for bimetal where a page's commands are tried: runs take a few steps on a coarse grid, everything else is as it is.

BIMETAL_PROGRAM is the program. A run that goes on takes more steps than the run before it. With BIMETAL_LEARNS=1 runs take long
enough, and are asked for so little, that the surrogate answers."""

import os
import re
import sys
from pathlib import Path

CELLS = {"reacting_flow": "16", "two_scale_conduction": "6", "two_scale_precipitation": "4"}  # along each axis
COARSE = {
    "reacting_flow": [],
    "two_scale_conduction": ["micro.pixels=16"],
    "two_scale_precipitation": ["micro.pixels=32"],
}
LEARNS = ["grid.upper=[0.003,0.003]", "initial.kernel_gas=burnt", "training.promote_every=4", "training.batch=64",
          "surrogate.layers=[32,32]", "surrogate.second_layers=[16]", "switching.tolerance=0.1", "switching.audit_fraction=1",
          "switching.wrong_fraction=0.5", "switching.cost_veto=false"]


def shortened(words):
    """More words for the command line of a run; the last --set of a key counts."""
    text = Path(words[1]).read_text(encoding="utf-8")
    found = re.search(r"^physics: *(\w+)", text, re.MULTILINE)
    physics = found[1] if found else "reacting_flow"
    axes = re.search(r"^  cells: *\[(.*?)\]", text, re.MULTILINE)[1].count(",") + 1
    step = float(re.search(r"^  step: *([\d.e+-]+)", text, re.MULTILINE)[1])
    learns = os.environ.get("BIMETAL_LEARNS") == "1" and physics == "reacting_flow"
    steps = (24 if learns else 3) + (4 if "--restart" in words else 0)
    values = [f"grid.cells=[{','.join([CELLS[physics]] * axes)}]", f"time.end={steps * step:.12g}", *COARSE[physics],
              *(LEARNS if learns else [])]
    return [word for value in values for word in ("--set", value)]


program = os.environ["BIMETAL_PROGRAM"]
arguments = sys.argv[1:]
os.execv(program, [program, *arguments, *(shortened(arguments) if arguments[:1] == ["run"] else [])])
