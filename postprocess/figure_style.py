"""How the figures of all scripts look."""

from __future__ import annotations

import re
from pathlib import Path

from packages import require

require("matplotlib")

import matplotlib  # noqa: E402

matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402  (the backend comes first)
from matplotlib.figure import Figure  # noqa: E402

from bimetal_run import RunError  # noqa: E402

STYLE = {
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "figure.titlesize": 13,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.6,
    "mathtext.default": "regular",
}

# Okabe & Ito's colours (2008), which remain distinct to colour-blind readers.
BLUE, GREEN, VERMILION, PURPLE = "#0072b2", "#009e73", "#d55e00", "#cc79a7"
SKY, YELLOW, GREY = "#56b4e9", "#f0e442", "#cfcfcf"


def use_style() -> None:
    plt.rcParams.update(STYLE)


def pretty(name: str) -> str:
    """A field's name as mathematics: Y_H2O -> Y with the subscript H2O, digits lowered."""
    if name.startswith("Y_"):
        return "$Y_{" + re.sub(r"(\d+)", r"_{\1}", name[2:]) + "}$"
    return f"${name}$" if len(name) == 1 else name.replace("_", " ")


def with_unit(name: str, unit: str) -> str:
    return pretty(name) if unit in ("", "1") else f"{pretty(name)} [{unit}]"


def save(figure: Figure, path: Path) -> None:
    """Writes the figure and says where it is."""
    try:
        figure.savefig(path)
    except (OSError, ValueError) as error:  # ValueError: a format that matplotlib does not know
        raise RunError(f"The picture cannot be written to '{path}': {error}.") from error
    plt.close(figure)
    print(path)
