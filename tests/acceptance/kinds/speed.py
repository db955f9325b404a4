"""Figures of speed. They depend on the machine, so a baseline that was recorded on it judges them."""

from __future__ import annotations

from statistics import median
from typing import Any

from bench import Bench, Run, difference_of_gas
from results import Figures, Skip


def stepping_seconds(run: Run) -> float:
    """Of the whole run but for its set-up."""
    wall = run.summary()["wall_s"]
    return wall["total"] - wall["setup"]


def rate(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Cells times steps per second and core, the median of some repeats."""
    bench.needs_cores(ranks)
    rates = []
    for _ in range(given["repeats"]):
        run = bench.done(given["case"], given["settings"], ranks)
        found = run.summary()
        rates.append(found["cells"] * found["steps"] / (stepping_seconds(run) * ranks))
    wall = found["wall_s"]
    parts = {f"{part}_us": 1e6 * wall[part] * ranks / (found["cells"] * found["steps"])
             for part in ("physics", "transport", "pressure", "balance", "output")}
    return {"cell_steps_per_core_s": median(rates), "spread": (max(rates) - min(rates)) / median(rates)} | parts


def scaling(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Parallel efficiency on the most ranks that have a core each, against the fewest. strong: the same grid; weak: the
    axis `grows` grows with the ranks, cells and box alike."""
    counts = [n for n in sorted(bench.rank_counts) if n <= bench.cores]
    if len(counts) < 2:
        raise Skip(f"of the numbers of ranks {bench.rank_counts} fewer than two have a core a rank ({bench.cores})")
    few, many = counts[0], counts[-1]
    seconds = {n: min(stepping_seconds(bench.done(given["case"], scaled(given, n / few), n))
                      for _ in range(given["repeats"])) for n in (few, many)}
    growth = many / few if given["scaling"] == "weak" else 1.0
    return {"efficiency": seconds[few] * few * growth / (seconds[many] * many), "fewest_ranks": few,
            "most_ranks": many} | {f"seconds_on_{n}": s for n, s in seconds.items()}


def scaled(given: dict[str, Any], factor: float) -> dict[str, Any]:
    if given["scaling"] == "strong" or factor == 1.0:
        return given["settings"]
    axis, settings = given["grows"], dict(given["settings"])
    for key, cast in (("grid.cells", round), ("grid.upper", float)):
        sides = list(settings[key])
        sides[axis] = cast(sides[axis] * factor)
        settings[key] = sides
    return settings


def speedup(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """The hybrid against pure physics: as accurate as what the hybrid learns from, and only as accurate as the hybrid is
    asked to be. Three runs in turns, training, audits and communication included; medians. Above 1 the hybrid wins."""
    bench.needs_cores(ranks)
    rivals = {"hybrid": given["hybrid"], "physics": given["physics"], "physics_at_tolerance": given["at_tolerance"]}
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    last: dict[str, Run] = {}
    for _ in range(given["repeats"]):
        for name, settings in rivals.items():
            last[name] = bench.done(given["case"], given["settings"] | settings, ranks)
            seconds[name].append(last[name].summary()["wall_s"]["total"])
    hybrid, physics, at_tolerance = (median(seconds[name]) for name in rivals)
    reference = last["physics"].last("fields_*.h5")
    errors = {f"error_of_{name}": difference_of_gas(bench.compare(reference, last[name].last("fields_*.h5")))
              for name in ("hybrid", "physics_at_tolerance")}
    figures = last["hybrid"].figures()
    claimed = figures["speed.net_speedup"]
    return {"speedup": physics / hybrid, "speedup_at_tolerance": at_tolerance / hybrid, "hybrid_s": hybrid,
            "physics_s": physics, "physics_at_tolerance_s": at_tolerance, "claimed_speedup": claimed,
            "claimed_over_measured": claimed / (physics / hybrid), "accepted_share": figures["accepted_share"],
            "certificate.upper_bound": figures.get("certificate.upper_bound")} | errors


def io(bench: Bench, given: dict[str, Any], ranks: int) -> Figures:
    """Bytes of snapshots and checkpoints per second that the program spent on output; reading is not measured."""
    run = bench.done(given["case"], given["settings"], ranks)
    found = run.summary()
    snapshots = sum(path.stat().st_size for path in run.directory.glob("fields_*.h5"))
    checkpoint = run.last("checkpoint_*.h5").stat().st_size
    written = snapshots + checkpoint * (found["steps"] // given["settings"]["output.checkpoint_every"])
    return {"MB_per_s": written / 1e6 / found["wall_s"]["output"], "written_MB": written / 1e6,
            "output_s": found["wall_s"]["output"]}
