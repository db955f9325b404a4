"""Architectures that keep the contract of docs/models.md.

All share a skeleton: features, a trunk of one's own, an error head and a second network. To add an architecture, write
a trunk and a line in TRUNKS; or bring a module of your own, see README.md.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from contract import HEADS, NATIVE, ModelError, Signature
from scaling import Features, Increments, Scaling

INITIAL_DECAY = 0.02  # part of a species that decays within a step before a relaxation head has learned


@dataclass(frozen=True)
class Architecture:
    name: str = "mlp"
    layers: list[int] = field(default_factory=lambda: [128, 128])  # widths of the trunk's hidden layers
    error_layers: list[int] = field(default_factory=lambda: [32])
    second_layers: list[int] = field(default_factory=lambda: [48, 48])  # empty: no second network
    experts: int = 4  # of the mixture
    head: str = "relaxation"  # or "increment", see Increments in scaling.py

    @staticmethod
    def from_json(tree: dict[str, Any]) -> Architecture:
        """Files of format 1 name no head; theirs is "increment"."""
        name = "mlp" if tree["name"] == NATIVE else tree["name"]
        return Architecture(**{"head": "increment"} | tree | {"name": name})

    def to_json(self) -> dict[str, Any]:
        """An mlp with a second network is the native one, layer for layer: a run goes on with it at full speed."""
        tree = asdict(self)
        if self.name != "mixture":
            del tree["experts"]
        return tree | {"name": NATIVE} if self.name == "mlp" and self.second_layers else tree


def usual_layers(signature: Signature) -> list[int]:
    """Those of a run that is given none (network_for in src/library/hybrid_config.cpp)."""
    n = len(signature.predicted)
    width = 64 if n <= 12 else 128 if n <= 60 else 192
    return [width, width]


def linear(n_from: int, n_to: int) -> nn.Linear:
    """Started like the native layers: uniform in ±1/sqrt(n_from), biases zero."""
    layer = nn.Linear(n_from, n_to)
    nn.init.uniform_(layer.weight, -1 / math.sqrt(n_from), 1 / math.sqrt(n_from))
    nn.init.zeros_(layer.bias)
    return layer


def last_layer(n_from: int, scaling: Scaling, architecture: Architecture) -> nn.Linear:
    """The last layer of a trunk or of the second network, whose outputs Increments takes."""
    n_targets = len(scaling.targets)
    if architecture.head == "increment":
        return linear(n_from, n_targets)
    layer = linear(n_from, 2 * n_targets)
    nn.init.constant_(layer.bias[n_targets:], math.log(INITIAL_DECAY / (1 - INITIAL_DECAY)))
    return layer


class Perceptron(nn.Sequential):
    """Linear layers with GELU between them."""

    def __init__(self, widths: list[int], *last: nn.Linear) -> None:
        super().__init__(*map(linear, widths, widths[1:]), *last)

    def forward(self, x: Tensor) -> Tensor:
        for k, layer in enumerate(self):
            x = layer(x if k == 0 else nn.functional.gelu(x))
        return x


# A trunk gives the features of its last hidden layer [n, width], for the error head, and the outputs of its last layer.


class Mlp(nn.Sequential):
    """That of the native network: a perceptron."""

    def __init__(self, signature: Signature, scaling: Scaling, architecture: Architecture) -> None:
        widths = [len(scaling.features), *architecture.layers]
        super().__init__(*map(linear, widths, widths[1:]), last_layer(widths[-1], scaling, architecture))
        self.width = widths[-1]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = x
        for k, layer in enumerate(self):
            h = x if k == 0 else nn.functional.gelu(x)
            x = layer(h)
        return h, x


class Residual(nn.Module):
    """A first layer, then blocks of two layers whose result is added: h + W2·gelu(W1·h) (He et al., CVPR 2016). The
    last layer of a block starts at zero, so that the blocks come in one by one as they are of use."""

    def __init__(self, signature: Signature, scaling: Scaling, architecture: Architecture) -> None:
        super().__init__()
        if len(set(architecture.layers)) != 1:
            raise ModelError(f"The layers of 'residual' are added up, so they must be of one width, and are "
                             f"{architecture.layers}; give for example --layers 128 128 128.")
        self.width = architecture.layers[0]
        self.first = linear(len(scaling.features), self.width)
        self.blocks = nn.ModuleList(Perceptron([self.width] * 3) for _ in architecture.layers[1:])
        for block in self.blocks:
            nn.init.zeros_(block[-1].weight)
        self.last = last_layer(self.width, scaling, architecture)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        h = nn.functional.gelu(self.first(x))
        for block in self.blocks:
            h = h + block(h)
        return h, self.last(h)


class Mixture(nn.Module):
    """Experts for ranges of temperature (Jacobs et al., Neural Comput. 3 (1991) 79): each sees all features, and what
    it says fades with the distance of the row's temperature from its own. Centres and reaches are learned."""

    def __init__(self, signature: Signature, scaling: Scaling, architecture: Architecture) -> None:
        super().__init__()
        if signature.temperature is None:
            raise ModelError(f"'mixture' chooses experts by temperature, and rows of kind '{signature.kind}' have "
                             "none; use 'mlp' or 'residual'.")
        self.temperature = [f.column for f in scaling.features].index(signature.temperature)
        n = architecture.experts
        self.width = n * architecture.layers[-1]
        self.experts = nn.ModuleList(Perceptron([len(scaling.features), *architecture.layers]) for _ in range(n))
        self.centre = nn.Parameter(torch.linspace(-1.5, 1.5, n))  # of standardised T
        self.sharpness = nn.Parameter(torch.ones(n))  # inverse of the reach
        self.last = last_layer(self.width, scaling, architecture)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        off = (x[:, self.temperature].unsqueeze(1) - self.centre) * self.sharpness
        gates = torch.softmax(-off * off, 1)  # [n, n_experts]
        parts: list[Tensor] = []
        for k, expert in enumerate(self.experts):
            parts.append(gates[:, k:k + 1] * nn.functional.gelu(expert(x)))
        h = torch.cat(parts, 1)
        return h, self.last(h)


TRUNKS = {"mlp": Mlp, "residual": Residual, "mixture": Mixture}


class Surrogate(nn.Module):
    """Rows as physics gets them -> increments, log10 of their error and, if there is one, a second opinion. The error
    head looks at the trunk's features detached, so that it judges without bending; the second network shares no weight
    with the trunk."""

    def __init__(self, signature: Signature, scaling: Scaling, architecture: Architecture) -> None:
        super().__init__()
        self.features = Features(scaling)
        self.trunk = TRUNKS[architecture.name](signature, scaling, architecture)
        self.head = Perceptron([self.trunk.width, *architecture.error_layers, 1])
        self.second = None
        if architecture.second_layers:
            widths = [len(scaling.features), *architecture.second_layers]
            self.second = Perceptron(widths, last_layer(widths[-1], scaling, architecture))
        self.increments = Increments(scaling, signature, architecture.head)

    def forward(self, rows: Tensor):  # noqa: ANN201  two or three tensors, which TorchScript finds out
        x = self.features(rows)
        h, last = self.trunk(x)
        increments, log_error = self.increments(last, rows), self.head(h.detach()).squeeze(1)
        if self.second is None:
            return increments, log_error
        return increments, log_error, self.increments(self.second(x), rows)


def build(architecture: Architecture, signature: Signature, scaling: Scaling, seed: int = 1) -> Surrogate:
    """With initial weights that depend on the seed alone."""
    if architecture.name not in TRUNKS:
        raise ModelError(f"There is no architecture '{architecture.name}'; there are {', '.join(TRUNKS)}.")
    if architecture.head not in HEADS:
        raise ModelError(f"There is no head '{architecture.head}'; there are {', '.join(HEADS)}.")
    if not architecture.layers:
        raise ModelError("A network needs a hidden layer; give for example --layers 128 128.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Surrogate(signature, scaling, architecture)
