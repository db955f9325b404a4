"""Makes output directories that look like those of a run, and calls the scripts of postprocess/ on them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np

SCRIPTS = Path(__file__).resolve().parents[2] / "postprocess"


def write_snapshot(directory: Path, step: int, cells: tuple[int, int, int], shift: float = 0.0) -> None:
    """A burning kernel of radius growing with the step; `shift` [K] is added to the temperature."""
    nx, ny, nz = cells
    x, y, z = ((np.arange(n) + 0.5) / n - 0.5 for n in cells)
    radius = np.sqrt(x**2 + (y[:, None] if ny > 1 else 0) ** 2 + (z[:, None, None] if nz > 1 else 0) ** 2)
    radius = np.broadcast_to(radius * (1 + 0.1 * np.cos(6 * np.arctan2(y[:, None], x))), (nz, ny, nx))
    front = 0.15 + 0.001 * step
    burnt = 0.5 * (1 - np.tanh((radius - front) / 0.03))
    flame = np.exp(-(((radius - front) / 0.04) ** 2))
    coin = np.random.default_rng(step).random(radius.shape)
    answerer = np.where(flame > 0.5, 1, np.where((flame > 0.01) | (burnt > 0.5), 2, 0))
    answerer = np.where((answerer == 2) & (coin < 0.02), 3, answerer)
    answerer = np.where((answerer == 0) & (radius < front + 0.15), 4, answerer).astype(np.uint8)
    fields = {"T": ("K", 300 + 1700 * burnt + shift), "Y_H2": ("1", 0.02 * (1 - burnt)),
              "Y_OH": ("1", 8e-3 * flame + 2e-3 * burnt), "u": ("m/s", x + np.zeros_like(burnt)),
              "answerer": ("", answerer), "version": ("", np.where((answerer == 2) | (answerer == 3), 3, -1).astype(np.int32)),
              "score": ("1", np.where(answerer > 0, flame, -1.0)),
              "audited_error": ("1", np.where(answerer == 3, coin * 10, -1.0))}
    length = 0.01
    with h5py.File(directory / f"fields_{step:06d}.h5", "w") as file:
        file.attrs["time"] = 1e-6 * step
        file.attrs["step"] = step
        file.attrs["dimensions"] = sum(n > 1 for n in cells) or 1
        file.attrs["lower"] = np.zeros(3)
        file.attrs["upper"] = np.array([length * n / nx for n in cells])
        for name, (unit, values) in fields.items():
            file[f"fields/{name}"] = values
            if unit:
                file[f"fields/{name}"].attrs["unit"] = np.bytes_(unit)


def write_history(directory: Path, n_steps: int) -> None:
    """A run that learns: acceptance rises, physics takes less and less of the time."""
    random = np.random.default_rng(1)
    step = np.arange(1, n_steps + 1)
    learnt = 1 / (1 + np.exp(-(step - 0.3 * n_steps) / (0.05 * n_steps)))
    accepted = np.round(3000 * 0.9 * learnt)
    audited = np.minimum(np.round(20 + 100 * learnt * (1 - learnt)), accepted)
    noise = 1 + 0.1 * random.random(n_steps)
    columns = {
        "step": step, "time_s": 1e-6 * step, "inert": 1000 + 0 * step, "accepted": accepted,
        "rejected": 3000 - accepted, "audited": audited, "audited_wrong": random.random(n_steps) < 0.05,
        "threshold": np.where(learnt > 0.1, 0.5 + 0.5 * learnt, -1),
        "loss": 0.5 * np.exp(-step / (0.3 * n_steps)) * noise,
        "version": np.digitize(step, [0.2 * n_steps, 0.5 * n_steps]) - 1, "temperature_max_K": 1000 + 1500 * learnt,
        "transport_s": 0.02 * noise, "physics_s": 0.2 * (1 - 0.9 * learnt) * noise, "inference_s": 0.004 * noise,
        "training_s": 0.03 * (1 - learnt), "audit_s": 0.003 * noise, "balance_s": 0.001 * noise,
        "communication_s": 0.001 * noise, "output_s": 0.05 * (step % 50 == 0)}
    columns["wall_s"] = np.cumsum(sum(values for name, values in columns.items() if name.endswith("_s")
                                      and name != "time_s") + 0.005)
    np.savetxt(directory / "history.csv", np.column_stack(list(columns.values())), fmt="%.9g", delimiter=",",
               header=",".join(columns), comments="")


def write_summary(directory: Path, wall_s: float) -> None:
    summary = {"case": "h2_kernel", "wall_s": {"total": wall_s},
               "machine": {"processor": "A Processor", "BLAS": "/home/somebody/lib/libopenblas.so"},
               "certificate": {"wrong_fraction": 0.05, "confidence": 0.95, "upper_bound": 0.0312},
               "subproblems": {"total": 1600000, "inert": 400000, "accepted": 820000, "rejected": 380000,
                               "audited": 12000, "audited_wrong": 250},
               "speed": {"net_speedup": 2.81, "net_speedup_subproblems": None}}
    (directory / "summary.json").write_text(json.dumps(summary))


def write_config(directory: Path, **options: str) -> None:
    """A resolved input; options: switching_policy="never"."""
    values = {"policy": "certified", "tolerance": "0.001", "wrong_fraction": "0.05  # default"}
    values |= {name.removeprefix("switching_"): value for name, value in options.items()}
    text = "# Resolved from inputs/h2_kernel.yaml; a run with this file repeats the run.\n"
    text += "case: h2_kernel\nphysics: reacting_flow\ngrid:\n  cells: [24, 16]\nswitching:\n" + "".join(f"  {name}: {value}\n" for name, value in values.items())
    (directory / "config.yaml").write_text(text)


def write_log(directory: Path) -> None:
    (directory / "log.txt").write_text(
        "2026-01-02 03:04:05  bimetal 0.1.0 (abc1234): h2_kernel, 384 cells, 9 species, 1e-4 s, 2 rank(s)\n"
        "2026-01-02 03:04:06  step 5: surrogate version 0 serves from now on: 93 % of its answers to the calibration rows "
        "are acceptable (before: 0 %; candidates refused meanwhile: 2)\n"
        "2026-01-02 03:04:07  step 40: drift: 18 of the 129 accepted answers that were audited are wrong, so that "
        "physics answers the whole step\n")


def write_observables(directory: Path, n_lines: int) -> None:
    lines = [f"{10 * line},{1e-5 * line},101325,{1500 + line}" for line in range(1, n_lines + 1)]
    (directory / "observables.csv").write_text("\n".join(["step,time_s,pressure_Pa,temperature_max_K", *lines]) + "\n")


def call(script: str, *arguments: object, path: str | None = None) -> subprocess.CompletedProcess[str]:
    """path: where programs are looked for (default: as ever)."""
    return subprocess.run([sys.executable, SCRIPTS / script, *map(str, arguments)], capture_output=True, text=True,
                          check=False, env=None if path is None else os.environ | {"PATH": path})
