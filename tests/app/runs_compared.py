"""What two runs have left behind, compared to the bit."""

from pathlib import Path

import h5py
import numpy as np

# What clocks measure never repeats itself.
MEASURED = (
    "seconds",
    "output/wall",
    "hybrid/evidence/cost",
    "controller/ledger",
)
N_MEASURED_EVIDENCE = 13  # the last numbers of the evidence under way are a ledger


def datasets(path):
    """Name -> array of everything in an HDF5 file."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


def state(path):
    """Name -> array of what a checkpoint has saved, measured times aside."""
    kept = {name: values for name, values in datasets(path).items() if not name.endswith(MEASURED)}
    evidence = kept.get("simulation/hybrid/evidence/sum")
    if evidence is not None and len(evidence) > 0:
        kept["simulation/hybrid/evidence/sum"] = evidence[:-N_MEASURED_EVIDENCE]
    kept.pop("config", None)  # says where it was read from
    return kept


def differing(these, those):
    """Names that only one has, or whose values are not the same bits."""
    return sorted(
        name
        for name in these.keys() | those.keys()
        if name not in these
        or name not in those
        or these[name].shape != those[name].shape
        or these[name].tobytes() != those[name].tobytes()
    )


def last(directory, pattern):
    return sorted(Path(directory).glob(pattern))[-1]


def differences_of_runs(these, those):
    """All that differs between two finished runs: states, fields, data, and who answered what in every step."""
    found = [f"state: {name}" for name in differing(state(last(these, "checkpoint_*.h5")),
                                                    state(last(those, "checkpoint_*.h5")))]
    fields = sorted(path.name for path in Path(these).glob("fields_*.h5"))
    if fields != sorted(path.name for path in Path(those).glob("fields_*.h5")):
        found.append("names of fields")
    for name in [*fields, *(["data.h5"] if (Path(these) / "data.h5").exists() else [])]:
        if not (Path(those) / name).exists():
            found.append(f"no {name}")
            continue
        read = rows_in_order if name == "data.h5" else datasets
        found += [f"{name}: {field}" for field in differing(read(Path(these) / name), read(Path(those) / name))]
    for name in ("history.csv", "observables.csv", "fields.xdmf"):
        if counted_lines(Path(these) / name) != counted_lines(Path(those) / name):
            found.append(name)
    return found


def rows_in_order(path):
    """The tables of a data set; how its rows are ordered depends on where checkpoints have cut it."""
    tables = datasets(path)
    order = np.lexsort((tables["id"], tables["step"]))
    return {name: values[order] for name, values in tables.items()}


def counted_lines(path):
    """The lines of a file; of a table without the columns of measured seconds."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix != ".csv":
        return lines
    keep = [not name.endswith("_s") or name in ("time_s", "dt_s", "flame_speed_m_s") for name in lines[0].split(",")]
    return [[word for word, kept in zip(line.split(","), keep) if kept] for line in lines]


def largest_difference(these, those):
    """The largest difference of two snapshots, over the range of each field's values."""
    these, those = datasets(these), datasets(those)
    worst = 0.0
    for name in these:
        if name.startswith("fields/") and name.split("/")[1] not in ("score", "audited_error", "answerer", "version"):
            scale = max(float(np.ptp(those[name])), float(np.abs(those[name]).max()) * 1e-3, 1e-30)
            worst = max(worst, float(np.abs(these[name] - those[name]).max()) / scale)
    return worst
