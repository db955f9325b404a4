#!/usr/bin/env python3
"""Draws a run of two-scale conduction in the plane: temperature, who answered, and the fields in the cells of two points.

The cells are solved again, by `bimetal cell` with the run's own input.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

import packages  # noqa: F401  (first, as it looks for the others)
import numpy as np
from field_panels import MM, cut, draw_image, readable_time
from figure_style import plt, save, use_style
from matplotlib.axes import Axes

from bimetal_run import Run, RunError, Snapshot, guarded

PROGRAM = Path(__file__).resolve().parents[1] / "build/release/bin/bimetal"


def nearest_cell(snapshot: Snapshot, point: tuple[float, float]) -> tuple[int, int]:
    """Its row and column; point in parts of the box."""
    shape = snapshot.field("T").values.shape[1:]
    return tuple(min(int(part * n), n - 1) for part, n in zip(reversed(point), shape))  # type: ignore[return-value]


def solve_cell(run: Run, program: Path, state: dict[str, float]) -> np.ndarray:
    """Lines x, y, inclusion, gradient_x, gradient_y of the pixels of a micro problem."""
    with tempfile.TemporaryDirectory() as folder:
        pixels = Path(folder) / "pixels.csv"
        words = [program, "cell", run.directory / "config.yaml", "--pixels", pixels,
                 f"--temperature={state['T']}", f"--fraction={state['fraction']}", f"--angle={state['angle']}",
                 "--gradient", f"{state['gradient_x']:.9g}", f"{state['gradient_y']:.9g}"]
        result = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise RunError(f"{program} cell: {result.stderr.strip()}")
        return np.genfromtxt(pixels, delimiter=",", names=True)


def state_at(snapshot: Snapshot, row: int, column: int) -> dict[str, float]:
    """Temperature, its gradient by central differences, and the microstructure of a macroscopic cell."""
    T = snapshot.field("T").values[0]
    spacing = (snapshot.upper - snapshot.lower)[:2] / np.array(T.shape[::-1])
    gradient_y, gradient_x = np.gradient(T, spacing[1], spacing[0])
    found = {name: float(snapshot.field(name).values[0, row, column]) for name in ("T", "fraction", "angle")}
    return found | {"gradient_x": float(gradient_x[row, column]), "gradient_y": float(gradient_y[row, column])}


def draw_cell(axes: Axes, pixels: np.ndarray, title: str) -> None:
    """The magnitude of the gradient in a cell over that of its mean, and the border of the inclusion."""
    n = round(len(pixels) ** 0.5)
    x, y = (pixels[f"gradient_{axis}_K_m"].reshape(n, n) for axis in "xy")
    relative = np.hypot(x, y) / np.hypot(x.mean(), y.mean())
    image = axes.imshow(relative, origin="lower", extent=(0, 1, 0, 1), cmap="viridis")
    axes.contour(pixels["inclusion"].reshape(n, n), levels=[0.5], colors="white", extent=(0, 1, 0, 1), linewidths=1)
    axes.set_title(title)
    axes.grid(False)
    axes.figure.colorbar(image, ax=axes, shrink=0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", metavar="RUN_DIR", help="output directory of a run")
    parser.add_argument("--step", type=int, help="which snapshot (default: the last)")
    parser.add_argument("--points", nargs=4, type=float, default=(0.06, 0.3, 0.5, 0.7), metavar=("X1", "Y1", "X2", "Y2"),
                        help="two points, in parts of the box (default: 0.06 0.3 0.5 0.7)")
    parser.add_argument("--program", type=Path, default=PROGRAM, help="bimetal (default: the release build)")
    parser.add_argument("-o", "--output", type=Path, help="picture (default: two_scale.png in RUN_DIR)")
    arguments = parser.parse_args()

    use_style()
    run = Run(arguments.run)
    snapshot = run.snapshot(arguments.step if arguments.step is not None else run.last_step())
    if "fraction" not in snapshot.names or snapshot.dimensions != 2:
        raise RunError(f"{snapshot.path} is no snapshot of two-scale conduction in the plane.")
    figure, axes = plt.subplots(2, 2, figsize=(9.5, 8.6))
    for panel, name in zip(axes[0], ("T", "answerer_x")):
        field = snapshot.field(name)
        plane, box, _ = cut(snapshot, 2, field.values)
        draw_image(panel, field, plane, box)
        panel.set_title("T [K]" if name == "T" else "who answered the faces across x")
        panel.set_xlabel("x [mm]")
        panel.set_ylabel("y [mm]")
    for panel, point, mark in zip(axes[1], (arguments.points[:2], arguments.points[2:]), "AB"):
        row, column = nearest_cell(snapshot, point)
        state = state_at(snapshot, row, column)
        at = snapshot.lower[:2] + np.array(point) * (snapshot.upper - snapshot.lower)[:2]
        for macro in axes[0]:
            macro.plot(*(MM * at), "o", markersize=5, markerfacecolor="white", markeredgecolor="black")
            macro.annotate(mark, MM * at, xytext=(5, 5), textcoords="offset points", color="black", weight="bold")
        draw_cell(panel, solve_cell(run, arguments.program, state),
                  f"{mark}: |gradient| over its mean, {state['T']:.0f} K, "
                  f"{np.hypot(state['gradient_x'], state['gradient_y']):.3g} K/m")
    figure.suptitle(f"t = {readable_time(snapshot)}   (step {snapshot.step})")
    save(figure, arguments.output or run.directory / "two_scale.png")


if __name__ == "__main__":
    guarded(main)
