"""Model files: those that a run must not use, and one that it goes on with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import Bench
from results import Figures


def trained(bench: Bench, given: dict[str, Any], ranks: int) -> Path:
    """The last model of a short run."""
    return bench.shared(given["case"], given["settings"], ranks).last("surrogate_v*.pt")


def spoilt(model: Path, how: str, folder: Path) -> Path:
    """A copy of it: missing, flipped (one bit in the middle), cut (the last tenth gone), or sound."""
    content = bytearray(model.read_bytes())
    if how == "missing":
        return folder / "nowhere.pt"
    if how == "flipped":
        content[len(content) // 2] ^= 1
    if how == "cut":
        del content[-len(content) // 10:]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{how}.pt"
    path.write_bytes(content)
    return path


def refused_model(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """A run that is to begin with a model which is `spoilt`, or of another problem than `other_case`."""
    model = spoilt(trained(bench, given, ranks), given["spoilt"], bench.folder)
    settings = given.get("other_settings", given["settings"]) | {"surrogate.model": model}
    started = bench.run(given.get("other_case", given["case"]), settings, ranks)
    written = sorted(path.name for path in started.directory.glob("*")) if started.directory.exists() else []
    return started.figures() | {"written": " ".join(written)}


def warm_start(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """A run that begins with what another has learned: the first steps in which either was trusted with an answer."""
    model = trained(bench, given, ranks)
    cold = bench.shared(given["case"], given["settings"], ranks)
    warm = bench.done(given["case"], given["settings"] | {"surrogate.model": model}, ranks)
    first = {name: next((line["step"] for line in run.table("history.csv") if line["accepted"] > 0), None)
             for name, run in (("cold", cold), ("warm", warm))}
    steps = cold.summary()["steps"]
    earlier = None if first["warm"] is None else (steps if first["cold"] is None else first["cold"]) - first["warm"]
    return warm.figures() | {"first_answer_when_cold": first["cold"], "first_answer_when_warm": first["warm"],
                             "steps_earlier": earlier, "model": str(warm.summary()["surrogate"]["began_as"])}
