"""What the program says of itself and of the inputs it comes with."""

from __future__ import annotations

import json
import re
from typing import Any

from bench import ROOT, Bench
from results import Failure, Figures


def info(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Versions and libraries; `ranks_together`: how many ranks of one MPI_COMM_WORLD the launcher made of so many."""
    outcome = bench.call("info", "--json", ranks=ranks)
    if outcome.code != 0:
        raise Failure(f"bimetal info ended with exit code {outcome.code}: {outcome.err.strip()[-300:]}")
    found, _ = json.JSONDecoder().raw_decode(outcome.out.lstrip())  # ranks that do not meet each say it
    together = re.search(r"(\d+) rank\(s\)", found["MPI"])
    return found | {"ranks_together": int(together[1]) if together else None,
                    "ranks_missing": ranks - int(together[1]) if together else None}


def inputs(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """bimetal check of every shipped input."""
    paths = sorted((ROOT / "inputs").glob("*.yaml"))
    refused = [path.name for path in paths if bench.call("check", path).code != 0]
    return {"inputs": len(paths), "refused": " ".join(refused)}
