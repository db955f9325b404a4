"""Whether a TorchScript module keeps the contract of docs/models.md: each fault in one sentence, which is that of
src/surrogate/module_check.cpp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from contract import METADATA, ModelError, Signature

# Debian 13 compiles TorchScript by LLVM, anew for every shape: seconds each, and answers that are rounded otherwise.
torch._C._jit_set_texpr_fuser_enabled(False)

Module = torch.jit.ScriptModule

# Another processor or library sums in another order; beyond this it is another model.
SAME_INCREMENT = 1e-5  # of scale and size
SAME_LOG_ERROR = 1e-3

LONGEST = 200  # bytes of somebody else's words
OUTPUTS = ("increments", "log_error", "second")


@dataclass(frozen=True)
class Difference:
    """Where two sets of answers to the same rows differ."""

    row: int
    what: str
    given: float
    expected: float


def own_words(error: BaseException) -> str:
    """What a module says when it raises: the last line, as TorchScript puts its own traceback before it."""
    text = str(error).rstrip(" \n").rsplit("\n", 1)[-1]
    line = "".join(each if each.isprintable() else " " for each in text).encode()
    if len(line) <= LONGEST:
        return line.decode()
    head, tail = line[:LONGEST // 2], line[-(LONGEST // 2):]
    return f"{head.decode(errors='ignore')}…{tail.decode(errors='ignore')}"


def name_of(value: Any) -> str:
    if value is None:
        return "nothing"
    names = {Tensor: "a tensor", dict: "a dict", list: "a list", bool: "a bool", int: "an int", float: "a float",
             str: "a str"}
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    return next((name for kind, name in names.items() if isinstance(value, kind)), "an object")


def form_of(dtype: torch.dtype, shape: list[int]) -> str:
    return f"{str(dtype).removeprefix('torch.')} {shape}"


def count_of(n: int) -> str:
    return f"{n} row{'' if n == 1 else 's'}"


def require_parameters(module: Module, source: str) -> None:
    for name, parameter in module.named_parameters():
        if parameter.dtype != torch.float32:
            dtype = str(parameter.dtype).removeprefix("torch.")
            raise ModelError(f"{source}: its parameter {name} is {dtype} where it must be float32; convert the module "
                             "with .float() and export it again")
        if not torch.isfinite(parameter).all():
            raise ModelError(f"{source}: its parameter {name} has values that are not finite; train it again, or take "
                             "an earlier one")


def require_one_input(module: Module, n_in: int, source: str) -> None:
    if not hasattr(module, "forward") or not hasattr(module.forward, "schema"):
        raise ModelError(f"{source} has no method forward, so it cannot be asked; export a scripted torch.nn.Module")
    arguments = module.forward.schema.arguments[1:]  # the first is the module
    needed = [each.name for each in arguments if not each.has_default_value()]
    if not arguments or len(needed) > 1:
        given = f"{len(needed)} inputs ({', '.join(needed)})" if needed else "no input"
        raise ModelError(f"{source}: forward takes {given}, where it must take one input, the rows [n, {n_in}]; make "
                         "columns of the rows or buffers of the others")


def asked(module: Module, x: Tensor, source: str) -> Any:
    """forward(x) as it comes, whatever it is and whatever it raises."""
    n, n_in = x.shape
    try:
        with torch.no_grad():
            return module(x)
    except Exception as error:  # somebody else's program
        raise ModelError(f"{source}: forward fails for {count_of(n)} of {n_in} inputs ({own_words(error)}), where it "
                         f"must take [n, {n_in}] for any n") from error


def answer_of(module: Module, x: Tensor, n_out: int, source: str) -> tuple[Tensor, ...]:
    """The module's answer, whose form is checked."""
    answer = asked(module, x, source)
    wrong = ""
    if not isinstance(answer, tuple) or not 2 <= len(answer) <= len(OUTPUTS):
        wrong = name_of(answer)
    elif not all(isinstance(value, Tensor) for value in answer):
        wrong = next(f"{name_of(value)} for {name}" for name, value in zip(OUTPUTS, answer)
                     if not isinstance(value, Tensor))
    if wrong:
        raise ModelError(f"{source}: forward gives {wrong}, where it must give the tensors (increments, log_error) or "
                         "(increments, log_error, second); change what it returns")
    for name, value in zip(OUTPUTS, answer):
        require_output(name, value, [len(x)] if name == "log_error" else [len(x), n_out], source)
    return answer


def require_output(name: str, value: Tensor, shape: list[int], source: str) -> None:
    here = value.device.type == "cpu"
    if list(value.shape) != shape or value.dtype != torch.float32 or not here or value.layout != torch.strided:
        given = form_of(value.dtype, list(value.shape)) + ("" if here else f" on {value.device}")
        raise ModelError(f"{source}: forward gives {name} as {given}, where it must be {form_of(torch.float32, shape)}"
                         f"{'' if here else ' on the device of the rows'} for {count_of(shape[0])}; change what it "
                         "returns")
    finite = torch.isfinite(value)
    if not finite.all():
        raise ModelError(f"{source}: forward gives {name} that is not finite for reference row "
                         f"{int(finite.logical_not().nonzero()[0, 0]) + 1}; train it again, or take an earlier one")


def difference(answer: tuple[Tensor, ...], reference: dict[str, Any], signature: Signature) -> Difference | None:
    """Where an answer is furthest from the reference's; nothing if they are the same but for round-off."""
    n = len(reference["input"])
    given, expected, allowed = [], [], []
    for name, value in zip(OUTPUTS, answer[:2]):
        given.append(value.detach().double().numpy().reshape(n, -1))
        expected.append(np.array(reference[name], dtype=float).reshape(n, -1))
        allowed.append(SAME_INCREMENT * (signature.scales + np.abs(expected[-1])) if name == "increments"
                       else np.full((n, 1), SAME_LOG_ERROR))
    given, expected, allowed = (np.hstack(each) for each in (given, expected, allowed))
    miss = np.abs(given - expected) / allowed
    if miss.max() <= 1.0:
        return None
    row, k = np.unravel_index(miss.argmax(), miss.shape)
    what = f"the increment of {signature.outputs[k].name}" if k < signature.n_out else "log_error"
    return Difference(int(row), what, float(given[row, k]), float(expected[row, k]))


def require_call(module: Module, n_in: int, source: str) -> None:
    """What can be said before the module is asked about anything."""
    require_parameters(module, source)
    require_one_input(module, n_in, source)


def require_contract(module: Module, signature: Signature, reference: dict[str, Any], source: str) -> None:
    """All of the contract, and the reference rows reproduced, all together and each by itself."""
    x = torch.tensor(reference["input"], dtype=torch.float32)
    require_call(module, signature.n_in, source)
    off = difference(answer_of(module, x, signature.n_out, source), reference, signature)
    if off:
        raise ModelError(f"{source}: for reference row {off.row + 1} forward gives {off.given:.9g} for {off.what}, not "
                         f"{off.expected:.9g} as its metadata ({METADATA}) says, so it is not the model it was when it "
                         "was written; export it again")
    alone = [answer_of(module, row.unsqueeze(0), signature.n_out, source) for row in x]
    off = difference(tuple(torch.cat(part) for part in zip(*alone)), reference, signature)
    if off:
        raise ModelError(f"{source}: for reference row {off.row + 1} forward gives {off.given:.9g} for {off.what} if "
                         f"it is asked for this row alone, not {off.expected:.9g} as among the others; rows must not "
                         "see each other, so leave out statistics of the batch")


def learns(module: torch.nn.Module, x: Tensor) -> bool:
    """Whether a gradient of what the module says reaches any of its parameters. A frozen module has none, and one that
    answers without gradients never moves."""
    parameters = [each.requires_grad_() for each in module.parameters()]
    try:
        outputs = [each.sum() for each in module(x) if each.requires_grad]
        gradients = torch.autograd.grad(outputs, parameters, allow_unused=True) if outputs and parameters else ()
    except Exception:  # somebody else's program: it answers, but there is no way back
        return False
    return any(each is not None for each in gradients)
