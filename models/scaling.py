"""What a network sees and says, in numbers of order one; see "Scaling" in docs/models.md."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from contract import Quantity, Signature
from dataset import Rows

EXPONENT = 0.1  # of mass fractions

TRANSFORMS = {"temperature": ("identity", "inverse_temperature"), "mass_fraction": ("power",),
              "positive": ("logarithm",), "plain": ("identity",)}

# Floors of the deviations, all small against what the columns span in a flame: those of the native network.
LEAST_DEVIATION = {"inverse_temperature": 0.1, "power": 0.02, "logarithm": 0.1}  # [1000/K], [1], [1]
LEAST_TEMPERATURE = 100.0  # [K]
LEAST_PART_OF_MEAN = 1e-3  # plain columns: the larger of this part of the mean
LEAST_PART_OF_SCALE = 1e-2  # and this part of the scale, so that round-off is not amplified
LEAST_TARGET = 0.01  # a hundredth of a knee

LARGEST = 30.0  # of asinh(increment / knee): 5e12 knees, beyond which single precision would overflow


@dataclass(frozen=True)
class Feature:
    column: int
    transform: str
    resolution: float = 0.0  # in the column's unit; 0 for every transform but `power`
    mean: float = 0.0
    deviation: float = 1.0


@dataclass(frozen=True)
class Target:
    column: int
    knee: float  # in the column's unit
    mean: float = 0.0
    deviation: float = 1.0


@dataclass(frozen=True)
class Scaling:
    knee: float  # part of a scale
    exponent: float
    features: tuple[Feature, ...]
    targets: tuple[Target, ...]

    @staticmethod
    def fitted(signature: Signature, rows: Rows) -> Scaling:
        """Means and deviations over the given rows."""

        def resolution(quantity: Quantity, transform: str) -> float:
            return signature.resolution * quantity.scale if transform == "power" else 0.0

        raw = Scaling(signature.knee, EXPONENT,
                      tuple(Feature(k, transform, resolution(quantity, transform))
                            for k, quantity in enumerate(signature.inputs)
                            for transform in TRANSFORMS[quantity.nature]),
                      tuple(Target(k, signature.knee * signature.outputs[k].scale) for k in signature.free))
        seen = Features(raw).double()(torch.from_numpy(rows.inputs)).numpy()
        said = Targets(raw).double()(torch.from_numpy(rows.increments)).numpy()
        return Scaling(raw.knee, raw.exponent,
                       tuple(Feature(f.column, f.transform, f.resolution, float(x.mean()),
                                     max(float(x.std()), least_deviation(signature, f, float(x.mean()))))
                             for f, x in zip(raw.features, seen.T)),
                       tuple(Target(t.column, t.knee, float(z.mean()), max(float(z.std()), LEAST_TARGET))
                             for t, z in zip(raw.targets, said.T)))

    @staticmethod
    def from_json(tree: dict[str, Any]) -> Scaling:
        def pick(kind: type, entry: dict[str, Any]) -> Any:
            return kind(**{key: entry[key] for key in kind.__dataclass_fields__})

        features = ({"resolution": 0.0} | each for each in tree["features"])  # checkpoints of format 1 have none
        return Scaling(tree["knee"], tree["exponent"], tuple(pick(Feature, each) for each in features),
                       tuple(pick(Target, each) for each in tree["targets"]))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def resolution(self, signature: Signature) -> float:
        """Part of a scale, alike for all mass fractions; 0 if there are none."""
        return next((f.resolution / signature.inputs[f.column].scale for f in self.features if f.transform == "power"),
                    0.0)


def least_deviation(signature: Signature, feature: Feature, mean: float) -> float:
    if feature.transform in LEAST_DEVIATION:
        return LEAST_DEVIATION[feature.transform]
    quantity = signature.inputs[feature.column]
    if quantity.nature == "temperature":
        return LEAST_TEMPERATURE
    return max(LEAST_PART_OF_MEAN * abs(mean), LEAST_PART_OF_SCALE * quantity.scale)


class Features(nn.Module):
    """Rows as physics gets them -> what a network sees."""

    def __init__(self, scaling: Scaling) -> None:
        super().__init__()
        features = scaling.features
        self.exponent = scaling.exponent
        self.register_buffer("column", torch.tensor([f.column for f in features]))
        self.register_buffer("is_inverse", torch.tensor([f.transform == "inverse_temperature" for f in features]))
        self.register_buffer("is_power", torch.tensor([f.transform == "power" for f in features]))
        self.register_buffer("is_logarithm", torch.tensor([f.transform == "logarithm" for f in features]))
        self.register_buffer("resolution", torch.tensor([f.resolution for f in features]))
        self.register_buffer("mean", torch.tensor([f.mean for f in features]))
        self.register_buffer("deviation", torch.tensor([f.deviation for f in features]))

    def forward(self, x: Tensor) -> Tensor:  # [n, n_in] -> [n, n_features]
        y = x.index_select(1, self.column)
        y = torch.where(self.is_inverse, 1000.0 / y, y)
        y = torch.where(self.is_power, (y.clamp(min=0.0) + self.resolution).pow(self.exponent), y)
        y = torch.where(self.is_logarithm, y.clamp(min=1e-37).log(), y)
        return (y - self.mean) / self.deviation


class Targets(nn.Module):
    """Increments -> what a network should say. Differentiable."""

    def __init__(self, scaling: Scaling) -> None:
        super().__init__()
        targets = scaling.targets
        self.register_buffer("column", torch.tensor([t.column for t in targets]))
        self.register_buffer("knee", torch.tensor([t.knee for t in targets]))
        self.register_buffer("mean", torch.tensor([t.mean for t in targets]))
        self.register_buffer("deviation", torch.tensor([t.deviation for t in targets]))

    def forward(self, increments: Tensor) -> Tensor:  # [n, n_out] -> [n, n_targets]
        return (torch.asinh(increments.index_select(1, self.column) / self.knee) - self.mean) / self.deviation


class Increments(nn.Module):
    """The outputs of a network's last layer -> increments of all outputs, such that the invariants hold.

    With the head `increment` the last layer gives z of each target. With the head `relaxation` it gives z of each
    target and then a logit of each target: a part s = sigmoid(logit) of the species decays within the step, and z
    gives a source q, so that out = (1 - s)·base + q. What is wrong with the input that an output continues therefore
    decays as well. Where the base is zero there is nothing to decay."""

    def __init__(self, scaling: Scaling, signature: Signature, head: str = "increment") -> None:
        super().__init__()
        targets = scaling.targets
        self.largest = LARGEST
        self.n_targets = len(targets)
        self.relaxes = head == "relaxation"
        bases = [signature.outputs[t.column].continues for t in targets]
        self.register_buffer("base", torch.tensor([k or 0 for k in bases]))  # of the rows
        self.register_buffer("has_base", torch.tensor([float(k is not None) for k in bases]))
        self.register_buffer("knee", torch.tensor([t.knee for t in targets]))
        self.register_buffer("mean", torch.tensor([t.mean for t in targets]))
        self.register_buffer("deviation", torch.tensor([t.deviation for t in targets]))
        self.register_buffer("basis", torch.from_numpy(signature.basis().T.copy()).float())  # [n_targets, n_out]

    def forward(self, last: Tensor, rows: Tensor) -> Tensor:
        """last: [n, n_targets], or [n, 2·n_targets] for a relaxation; rows: [n, n_in]. Gives [n, n_out]."""
        z = last[:, :self.n_targets]
        u = (self.mean + self.deviation * z).clamp(-self.largest, self.largest)
        xi = self.knee * torch.sinh(u)
        if self.relaxes:
            xi = xi - torch.sigmoid(last[:, self.n_targets:]) * self.has_base * rows.index_select(1, self.base)
        return xi.mm(self.basis)
