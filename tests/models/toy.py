"""A data set like that of a run, of a small stiff chemistry with an exact answer; and calls of the scripts."""

from __future__ import annotations

import json
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch  # noqa: F401  (once, for all the scripts that are called)

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "models"
sys.path.insert(0, str(SCRIPTS))  # so that tests can import what the scripts are made of

SPECIES = ("A2", "B2", "AB", "A", "B")
SCALES = (1000.0, 0.3, 0.6, 0.5, 0.02, 0.05)


def signature(**changes: Any) -> dict[str, Any]:
    """Elements a and b; of equal moles AB is a quarter a by mass. The native network takes AB and B2, of the largest
    scales, for the columns that follow."""
    inputs = [{"name": "T", "unit": "K", "nature": "temperature", "scale": SCALES[0], "condition": "none"}]
    inputs += [{"name": f"Y_{name}", "unit": "1", "nature": "mass_fraction", "scale": scale, "condition": "none"}
               for name, scale in zip(SPECIES, SCALES[1:])]
    outputs = [{"name": each["name"], "unit": each["unit"], "scale": each["scale"], "derived": k == 0,
                "continues": each["name"]} for k, each in enumerate(inputs)]
    return {"kind": "toy", "fingerprint": "t0y", "dt": 1e-6, "inputs": inputs, "outputs": outputs,
            "invariants": [[0.0, 1.0, 0.0, 0.25, 1.0, 0.0], [0.0, 0.0, 1.0, 0.75, 0.0, 1.0]],
            "predicted": ["Y_A2", "Y_A", "Y_B"], "strata": {"input": "T", "from": 250.0, "to": 3500.0},
            "knee": 0.1, "resolution": 1e-3} | changes


def before_format_3(tree: dict[str, Any]) -> dict[str, Any]:
    """What the signature of an earlier file says."""
    tree = {key: value for key, value in tree.items() if key != "strata"}
    for column, key in ((each, key) for name, key in (("inputs", "condition"), ("outputs", "continues"))
                        for each in tree[name]):
        del column[key]
    return tree


def fluxes(**changes: Any) -> dict[str, Any]:
    """The signature of a kind whose two outputs continue none of its four inputs, see conduct()."""
    inputs = [{"name": "T", "unit": "K", "nature": "temperature", "scale": 100.0, "condition": "none"}]
    inputs += [{"name": name, "unit": unit, "nature": "plain", "scale": 1.0, "condition": "none"}
               for name, unit in (("g_x", "K/m"), ("g_y", "K/m"), ("porosity", "1"))]
    outputs = [{"name": name, "unit": "W/m2", "scale": 2.0, "derived": False} for name in ("q_x", "q_y")]
    return {"kind": "fluxes", "fingerprint": "t0y", "dt": 0.0, "inputs": inputs, "outputs": outputs, "invariants": [],
            "predicted": ["q_x", "q_y"], "strata": {"input": "porosity", "from": 0.0, "to": 0.5}, "knee": 1.0,
            "resolution": 1e-3} | changes


def conduct(rows: np.ndarray) -> np.ndarray:  # [n, 4] -> [n, 2]
    """The heat flux of a porous solid: -(1 - porosity) T/300 K (1 + |g|²)^(1/4) g."""
    T, g, porosity = rows[:, :1], rows[:, 1:3], rows[:, 3:]
    return -(1.0 - porosity) * T / 300.0 * (1.0 + (g**2).sum(axis=1, keepdims=True)) ** 0.25 * g


def write_fluxes(path: Path, n: int = 2000) -> Path:
    random = np.random.default_rng(1)
    into = np.column_stack([random.uniform(250.0, 400.0, n), random.uniform(-1.0, 1.0, (n, 2)),
                            random.uniform(0.0, 0.5, n)])
    return write_rows(path, into, conduct(into), fluxes())


def solve(rows: np.ndarray) -> np.ndarray:  # [n, 6] -> [n, 6]
    """One step: both molecules split, the atoms join, the product breaks, each at the rate of an Arrhenius factor."""
    T, A2, B2, AB, A, B = rows.T.copy()

    def part(factor: float, activation: float) -> np.ndarray:
        return 1.0 - np.exp(-factor * np.exp(-activation / T))

    split = A2 * part(30.0, 9000.0)
    A2, A = A2 - split, A + split
    split = B2 * part(60.0, 12000.0)
    B2, B = B2 - split, B + split
    made = np.minimum(4.0 * A, 4.0 / 3.0 * B) * part(4.0, 2000.0)
    A, B, AB = A - 0.25 * made, B - 0.75 * made, AB + made
    broken = AB * part(10.0, 14000.0)
    A, B, AB = A + 0.25 * broken, B + 0.75 * broken, AB - broken
    return np.stack([T + 1500.0 * (AB - rows[:, 3]), A2, B2, AB, A, B], axis=1)


def states(n: int, seed: int) -> np.ndarray:  # [n, 6]
    """As in a flame: temperature and progress go together, radicals scatter over decades."""
    random = np.random.default_rng(seed)
    progress = random.random(n)
    T = 600.0 + 1500.0 * progress + 100.0 * random.random(n)
    A = 0.02 * 10.0 ** (-4.0 * random.random(n)) * progress
    B = 0.05 * 10.0 ** (-4.0 * random.random(n)) * progress
    AB = 0.9 * progress * (0.8 + 0.2 * random.random(n))
    rest = 1.0 - AB - A - B
    A2 = rest * (0.2 + 0.1 * random.random(n))
    return np.stack([T, A2, rest - A2, AB, A, B], axis=1)


def write_data(path: Path, n: int = 2000, seed: int = 1, **changes: Any) -> Path:
    """changes: of the signature."""
    into = states(n, seed)
    return write_rows(path, into, solve(into), signature(**changes))


def write_rows(path: Path, into: np.ndarray, out: np.ndarray, meaning: dict[str, Any]) -> Path:
    n = len(into)
    with h5py.File(path, "w") as file:
        file["in"], file["out"] = into, out
        file["id"], file["step"] = np.arange(n), np.zeros(n, dtype=np.int64)
        file["held_out"] = (np.arange(n) % 5 == 0).astype(np.uint8)
        file.attrs["format"] = 2
        file.attrs["case"] = "toy"
        file.attrs["program"] = "tests"
        file.attrs["signature"] = json.dumps(meaning)
    return path


def call(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The script in a process of its own, forked from one that has loaded PyTorch, which takes seconds, and done nothing:
    gradients cannot be asked for in a fork of a process that has asked for some."""
    words = [str(SCRIPTS / script), *map(str, arguments)]
    with tempfile.NamedTemporaryFile("r") as out, tempfile.NamedTemporaryFile("r") as err:
        child = multiprocessing.get_context("forkserver").Process(target=run_as_main, args=(words, out.name, err.name))
        child.start()
        child.join()
        return subprocess.CompletedProcess(words, child.exitcode, out.read(), err.read())


def run_as_main(words: list[str], out: str, err: str) -> None:
    for path, stream in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), stream)
    sys.argv = words
    runpy.run_path(words[0], run_name="__main__")
