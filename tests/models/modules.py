"""Modules as users bring them, for rows and answers of the toy: each with one thing wrong, in the words that say so."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import toy  # noqa: F401  (finds models/)
import torch
from torch import Tensor, nn

from contract import METADATA, guarded


class Sound(nn.Module):
    """Untrained, but keeps the contract."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(7)
        self.answer, self.judge = nn.Linear(6, 6), nn.Linear(6, 1)
        with torch.no_grad():
            self.answer.weight.mul_(1e-3)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y = x / 1000.0
        return 1e-3 * self.answer(y), self.judge(y.detach())[:, 0]


class WithoutGradient(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            answer, judge = 1e-3 * self.answer(x / 1000.0), self.judge(x / 1000.0)[:, 0]
        return answer, judge


class Dictionary(Sound):
    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"increments": self.answer(x), "log_error": self.judge(x)[:, 0]}


class Listed(Sound):
    def forward(self, x: Tensor) -> list[Tensor]:
        return [self.answer(x), self.judge(x)[:, 0]]


class ListInTuple(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        return self.answer(x), [self.judge(x)[:, 0]]


class Four(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return x, x[:, 0], x, x


class Single(Sound):
    def forward(self, x: Tensor) -> Tensor:
        return self.answer(x)


class SecondInput(Sound):
    def forward(self, x: Tensor, dt: Tensor) -> tuple[Tensor, Tensor]:
        return dt * self.answer(x), self.judge(x)[:, 0]


class OneBatchSize(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        assert x.shape[0] == 64, "sixty-four rows, please"
        return self.answer(x), self.judge(x)[:, 0]


class NotOneRow(Sound):
    """Loses the dimension of the rows if there is one of them."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return 1e-3 * self.answer(x / 1000.0).squeeze(), self.judge(x / 1000.0)[:, 0]


class Flat(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.answer(x).flatten(), self.judge(x)[:, 0]


class Column(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.answer(x), self.judge(x)


class DoubleAnswer(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.answer(x).double(), self.judge(x)[:, 0]


class OnCuda(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.answer(x.to("cuda")), self.judge(x)[:, 0]


class Infinite(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.answer(x) / torch.zeros(1), self.judge(x)[:, 0]


class Gossip(Sound):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return (x - x.mean(0)) / 1000.0, self.judge(x / 1000.0)[:, 0]


class Normalised(Sound):
    """Batch normalisation that does not know that it is no longer training: it wants more than one row."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y = nn.functional.batch_norm(x, None, None, training=True)
        return 1e-3 * self.answer(y), self.judge(y)[:, 0]


FAULTS = {
    Dictionary: "forward gives a dict, where it must give the tensors (increments, log_error)",
    Listed: "forward gives a list, where it must give the tensors (increments, log_error)",
    ListInTuple: "forward gives a list for log_error, where it must give the tensors",
    Four: "forward gives a tuple of 4, where",
    Single: "forward gives a tensor, where it must give the tensors (increments, log_error)",
    SecondInput: "forward takes 2 inputs (x, dt), where it must take one input, the rows [n, 6]",
    OneBatchSize: "forward fails for 8 rows of 6 inputs (RuntimeError: AssertionError: sixty-four rows, please), where "
                  "it must take [n, 6] for any n",
    NotOneRow: "forward gives increments as float32 [6], where it must be float32 [1, 6] for 1 row",
    Flat: "forward gives increments as float32 [48], where it must be float32 [8, 6] for 8 rows",
    Column: "forward gives log_error as float32 [8, 1], where it must be float32 [8] for 8 rows",
    DoubleAnswer: "forward gives increments as float64 [8, 6], where it must be float32 [8, 6] for 8 rows",
    OnCuda: "cuda" if torch.cuda.is_available() else "forward fails for 8 rows of 6 inputs (RuntimeError: ",
    Infinite: "forward gives increments that is not finite for reference row 1",
    Gossip: "asked for this row alone, not",
    Normalised: "forward fails for 1 row of 6 inputs (",
}
PARAMETERS = {"half": "its parameter answer.weight is float16 where it must be float32",
              "double": "its parameter answer.weight is float64 where it must be float32"}


def scripts() -> dict[str, tuple[torch.jit.ScriptModule, str]]:
    """Name -> module with a fault, and what must be said about it."""
    found = {kind.__name__: (torch.jit.script(kind().eval()), words) for kind, words in FAULTS.items()}
    return found | {how: (torch.jit.script(getattr(Sound().eval(), how)()), words) for how, words in PARAMETERS.items()}


def with_answers(module: torch.jit.ScriptModule, metadata: str) -> str:
    """The metadata with the module's own answers to the reference rows, if it has any."""
    tree = json.loads(metadata)
    with contextlib.suppress(Exception):
        increments, log_error, *_ = module(torch.tensor(tree["reference"]["input"]))
        assert (increments.shape, log_error.shape) == ((8, 6), (8,)) and torch.isfinite(increments).all()
        tree["reference"].update(increments=increments.tolist(), log_error=log_error.tolist())
    return json.dumps(tree)


def write(module: torch.jit.ScriptModule, path: Path, metadata: str | None = None) -> Path:
    torch.jit.save(module, str(path), _extra_files={} if metadata is None else {METADATA: metadata})
    return path


def said_by(script: str, *arguments: object) -> tuple[object, str]:
    """Exit code and standard error of a script. In this process, as it takes a second to start another with PyTorch."""
    main, said = import_module(script.removesuffix(".py")).main, io.StringIO()
    with patch.object(sys, "argv", [script, *map(str, arguments)]), contextlib.redirect_stderr(said):
        with contextlib.redirect_stdout(io.StringIO()):
            try:
                guarded(main)
            except SystemExit as end:
                return end.code, said.getvalue()
    return 0, said.getvalue()
