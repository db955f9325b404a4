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

FORMAT = 2  # of the metadata of models; those of format 1 are read as well
NATIVE = "bimetal.perceptrons"  # how a run calls its own network
HEADS = ("relaxation", "increment")
NATURES = ("temperature", "mass_fraction", "positive", "plain")


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
    derived: bool = False  # outputs: restored from the others, never predicted


@dataclass(frozen=True)
class Signature:
    """Shape and meaning of rows. Output k continues input k."""

    kind: str
    fingerprint: str
    dt: float  # [s]
    inputs: tuple[Quantity, ...]
    outputs: tuple[Quantity, ...]
    invariants: np.ndarray  # [n_invariants, n_out]: rows a with a·increments = 0
    predicted: tuple[str, ...]
    knee: float  # part of a scale
    resolution: float = 0.0  # part of a scale; known from a data set only, a model keeps it in its scaling

    @staticmethod
    def from_json(tree: dict[str, Any], knee: float, resolution: float = 0.0) -> Signature:
        """Of a tree that schema.py has found well formed."""
        inputs = tuple(Quantity(each["name"], each["unit"], each["scale"], each["nature"]) for each in tree["inputs"])
        outputs = tuple(Quantity(each["name"], each["unit"], each["scale"], derived=each["derived"])
                        for each in tree["outputs"])
        invariants = np.array(tree["invariants"], dtype=float).reshape(-1, len(outputs))
        return Signature(tree["kind"], tree["fingerprint"], tree["dt"], inputs, outputs, invariants,
                         tuple(tree["predicted"]), knee, resolution)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "fingerprint": self.fingerprint, "dt": self.dt,
                "inputs": [{"name": q.name, "unit": q.unit, "nature": q.nature, "scale": q.scale} for q in self.inputs],
                "outputs": [{"name": q.name, "unit": q.unit, "scale": q.scale, "derived": q.derived}
                            for q in self.outputs],
                "invariants": self.invariants.tolist(), "predicted": list(self.predicted)}

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
                for field in ("name", "unit", "nature", "derived"):
                    values = (getattr(each, field) for each in pair)
                    self._compare(f"{field} of {name[:-1]} {k}", *values, this, that)
        if all(each.name != "dt" for each in self.inputs) and not np.isclose(self.dt, other.dt, rtol=1e-9, atol=0.0):
            self._compare("dt", f"{self.dt:g} s", f"{other.dt:g} s", this, that)
        self._compare("fingerprint", self.fingerprint, other.fingerprint, this, that)

    @staticmethod
    def _compare(field: str, a: object, b: object, this: str, that: str) -> None:
        if a != b:
            raise ModelError(f"The {field} is '{a}' in {this} but '{b}' in {that}; use a model and data of one "
                             "mechanism, step and set of options.")


def guarded(main: Callable[[], None]) -> None:
    """Runs a script's main function; a ModelError ends it with its sentence and exit code 2."""
    try:
        main()
    except ModelError as error:
        print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        sys.exit(2)
