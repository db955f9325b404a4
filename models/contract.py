"""What a model answers for: the signature of its rows, shared by data sets, metadata and the scripts.

docs/models.md defines the formats. What the user can mend is told by ModelError in one sentence.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from blas import use_vector_kernels

FORMAT = 3  # of the metadata of models; those of formats 1 and 2 are read as well
METADATA = "bimetal.json"  # extra file of a model's archive
NATIVE = "bimetal.perceptrons"  # how a run calls its own network
HEADS = ("relaxation", "increment")
NATURES = ("temperature", "mass_fraction", "positive", "plain")
CONDITIONS = ("none", "pressure", "time_step")


class ModelError(Exception):
    """The user can mend this; the message is one sentence."""


def read_json(text: str | bytes, where: str) -> dict[str, Any]:
    """Numbers that are not finite, which Python alone would take for JSON, are refused."""

    def refuse(constant: str) -> None:
        raise ModelError(f"{where} holds the number {constant}, and all of its numbers must be finite; write it anew.")

    try:
        tree = json.loads(text, parse_constant=refuse)
    except ValueError as error:
        raise ModelError(f"{where} is not JSON ({error}); write it anew.") from error
    if not isinstance(tree, dict):
        raise ModelError(f"{where} is JSON but no object of keys and values; see docs/models.md.")
    return tree


@dataclass(frozen=True)
class Quantity:
    """One column of a row."""

    name: str
    unit: str
    scale: float  # what an error of 1 means, in `unit`
    nature: str = "plain"  # inputs: how a network should look at it
    condition: str = "none"  # inputs: what a row is under
    derived: bool = False  # outputs: restored from the others, never predicted
    continues: int | None = None  # outputs: the input that increments are added to; None: zero


@dataclass(frozen=True)
class Strata:
    """Equal parts of [start, end] of one input, by which rows are told apart for learning."""

    column: int
    start: float
    end: float


@dataclass(frozen=True)
class Signature:
    """Shape and meaning of rows."""

    kind: str
    fingerprint: str
    dt: float  # [s]
    inputs: tuple[Quantity, ...]
    outputs: tuple[Quantity, ...]
    invariants: np.ndarray  # [n_invariants, n_out]: rows a with a·increments = 0
    predicted: tuple[str, ...]
    knee: float  # part of a scale
    resolution: float = 0.0  # part of a scale; known from a data set only, a model keeps it in its scaling
    strata: Strata | None = None

    @staticmethod
    def from_json(tree: dict[str, Any], knee: float, resolution: float = 0.0) -> Signature:
        """Of a tree that schema.py has found well formed."""
        inputs = tuple(Quantity(each["name"], each["unit"], each["scale"], each["nature"], each["condition"])
                       for each in tree["inputs"])
        column = {each.name: k for k, each in enumerate(inputs)}
        outputs = tuple(Quantity(each["name"], each["unit"], each["scale"], derived=each["derived"],
                                 continues=column[each["continues"]] if "continues" in each else None)
                        for each in tree["outputs"])
        strata = tree.get("strata")
        invariants = np.array(tree["invariants"], dtype=float).reshape(-1, len(outputs))
        return Signature(tree["kind"], tree["fingerprint"], tree["dt"], inputs, outputs, invariants,
                         tuple(tree["predicted"]), knee, resolution,
                         Strata(column[strata["input"]], strata["from"], strata["to"]) if strata else None)

    def to_json(self) -> dict[str, Any]:
        def output(q: Quantity) -> dict[str, Any]:
            tree = {"name": q.name, "unit": q.unit, "scale": q.scale, "derived": q.derived}
            return tree if q.continues is None else tree | {"continues": self.inputs[q.continues].name}

        tree = {"kind": self.kind, "fingerprint": self.fingerprint, "dt": self.dt,
                "inputs": [{"name": q.name, "unit": q.unit, "nature": q.nature, "scale": q.scale,
                            "condition": q.condition} for q in self.inputs],
                "outputs": [output(q) for q in self.outputs],
                "invariants": self.invariants.tolist(), "predicted": list(self.predicted)}
        if self.strata is None:
            return tree
        return tree | {"strata": {"input": self.inputs[self.strata.column].name, "from": self.strata.start,
                                  "to": self.strata.end}}

    @property
    def n_in(self) -> int:
        return len(self.inputs)

    @property
    def n_out(self) -> int:
        return len(self.outputs)

    @property
    def scales(self) -> np.ndarray:  # [n_out]
        return np.array([each.scale for each in self.outputs])

    @property
    def free(self) -> list[int]:
        """The columns whose increments are predicted."""
        names = [each.name for each in self.outputs]
        return [names.index(name) for name in self.predicted]

    @property
    def pivots(self) -> list[int]:
        """The columns whose increments follow from the predicted ones, by the invariants."""
        return [k for k, each in enumerate(self.outputs) if each.name not in self.predicted and not each.derived]

    def bases(self, rows: np.ndarray) -> np.ndarray:  # [n, n_in] -> [n, n_out]
        """What increments are added to."""
        columns = [rows[:, q.continues] if q.continues is not None else np.zeros(len(rows)) for q in self.outputs]
        return np.stack(columns, axis=1)

    @property
    def temperature(self) -> int | None:
        """The first column that is one."""
        return next((k for k, each in enumerate(self.inputs) if each.nature == "temperature"), None)

    def basis(self) -> np.ndarray:
        """N [n_out, n_free] with increments = N·xi, xi those of the predicted columns; zero for derived ones."""
        basis = np.zeros((self.n_out, len(self.free)))
        basis[self.free, range(len(self.free))] = 1.0
        if self.pivots:
            left, right = self.invariants[:, self.pivots], -self.invariants[:, self.free]
            solution, _, rank, _ = np.linalg.lstsq(left, right, rcond=1e-10)
            miss = np.abs(left @ solution - right).max(initial=0.0)
            if rank < len(self.pivots) or miss > 1e-9 * np.abs(self.invariants).max(initial=0.0):
                rest = ", ".join(self.outputs[k].name for k in self.pivots)
                raise ModelError(f"The {len(self.invariants)} invariants do not determine the increments of {rest} "
                                 "from those of 'predicted'; predict as many outputs as they leave free.")
            basis[self.pivots] = solution
        return basis

    def require_same(self, other: Signature, this: str, that: str) -> None:
        """Refuses `other` unless the rows mean the same. Scales may differ: they belong to a run, not to physics."""
        self._compare("kind", self.kind, other.kind, this, that)
        for name, a, b in (("inputs", self.inputs, other.inputs), ("outputs", self.outputs, other.outputs)):
            self._compare(f"number of {name}", len(a), len(b), this, that)
            for k, pair in enumerate(zip(a, b), 1):
                for field in ("name", "unit", "nature", "condition", "derived"):
                    values = (getattr(each, field) for each in pair)
                    self._compare(f"{field} of {name[:-1]} {k}", *values, this, that)
        for a, b in zip(self.outputs, other.outputs):
            bases = ("zero" if q.continues is None else self.inputs[q.continues].name for q in (a, b))
            self._compare(f"base of {a.name}", *bases, this, that)
        steps = [each.name for each in self.inputs if each.condition == "time_step"]
        if not steps and not np.isclose(self.dt, other.dt, rtol=1e-9, atol=0.0):
            self._compare("dt", f"{self.dt:g} s", f"{other.dt:g} s", this, that)
        self._compare("fingerprint", self.fingerprint, other.fingerprint, this, that)

    @staticmethod
    def _compare(field: str, a: object, b: object, this: str, that: str) -> None:
        if a != b:
            raise ModelError(f"The {field} is '{a}' in {this} but '{b}' in {that}; use a model and data of one "
                             "mechanism, step and set of options.")


def guarded(main: Callable[[], None]) -> None:
    """Runs a script's main function, on fast kernels; a ModelError ends it with its sentence and exit code 2."""
    use_vector_kernels()
    try:
        main()
    except ModelError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(2)
