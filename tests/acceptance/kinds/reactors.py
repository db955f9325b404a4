"""Reactors without a flow."""

from __future__ import annotations

import json
from typing import Any

from bench import ROOT, Bench
from results import Failure, Figures


def reactor(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """bimetal reactor --json; `given` are its options, the mechanism by its name in inputs/mechanisms."""
    mechanism = ROOT / "inputs/mechanisms" / f"{given['mechanism']}.yaml"
    words = [word for key, value in given.items() if key != "mechanism" for word in (f"--{key}", value)]
    outcome = bench.call("reactor", "--mechanism", mechanism, *words, "--json")
    if outcome.code != 0:
        raise Failure(f"bimetal reactor ended with exit code {outcome.code}: {' / '.join(outcome.sentences)}")
    return json.loads(outcome.out)
