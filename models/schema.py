"""Whether metadata have the keys of docs/models.md, each of the right form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from contract import CONDITIONS, FORMAT, HEADS, NATIVE, NATURES, ModelError, read_json

Form = Callable[[Any], bool]

COLDEST, HOTTEST = 250.0, 3500.0  # [K]: the strata of data and models that do not say theirs


def number(value: Any) -> bool:
    """A finite one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < math.inf


def positive(value: Any) -> bool:
    return number(value) and value > 0


def not_negative(value: Any) -> bool:
    return number(value) and value >= 0


def count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def width(value: Any) -> bool:
    """Of a layer."""
    return count(value) and 1 <= value <= 65536


def text(value: Any) -> bool:
    return isinstance(value, str)


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def one_of(*choices: object) -> Form:
    return lambda value: not isinstance(value, (bool, list, dict)) and value in choices


def list_of(form: Form, n: int | None = None, least: int = 0) -> Form:
    return lambda value: (isinstance(value, list) and all(map(form, value)) and len(value) >= least
                          and (n is None or len(value) == n))


def table(form: dict[str, Form]) -> Form:
    """More keys than these are welcome."""
    return lambda value: isinstance(value, dict) and all(key in value and f(value[key]) for key, f in form.items())


def require(tree: dict[str, Any], form: dict[str, Form], where: str) -> None:
    for key, is_right in form.items():
        if key not in tree:
            raise ModelError(f"{where} lacks '{key}'; docs/models.md says what belongs there.")
        if not is_right(tree[key]):
            value = str(tree[key])
            value = value if len(value) <= 60 else f"{value[:60]} ..."
            raise ModelError(f"'{key}' of {where} is not of the form docs/models.md describes; it is {value}.")


def require_signature(tree: dict[str, Any], where: str) -> None:
    """The keys that the metadata of a model and the signature of a data set have in common."""
    quantity = {"name": text, "unit": text, "scale": positive}
    require(tree, {"kind": text, "fingerprint": text, "dt": not_negative,
                   "inputs": list_of(table(quantity | {"nature": one_of(*NATURES), "condition": one_of(*CONDITIONS)}),
                                     least=1),
                   "outputs": list_of(table(quantity | {"derived": flag}), least=1)}, where)
    n_out = len(tree["outputs"])
    names = [each["name"] for each in tree["outputs"]]
    an_input = one_of(*(each["name"] for each in tree["inputs"]))
    for each in tree["outputs"]:
        if "continues" in each:
            require(each, {"continues": an_input}, f"output '{each['name']}' of {where}")
    if "strata" in tree:
        require(tree, {"strata": table({"input": an_input, "from": number, "to": number})}, where)
        start, end = float(tree["strata"]["from"]), float(tree["strata"]["to"])
        if not 0.0 < end - start < math.inf:
            raise ModelError(f"'strata' of {where} go from {start:g} to {end:g}, which is no range; write it anew.")
    require_sense(tree, where)
    require(tree, {"invariants": list_of(list_of(number, n_out)), "predicted": list_of(text, least=1)}, where)
    free = [each["name"] for each in tree["outputs"] if not each["derived"]]
    for name in tree["predicted"]:
        if tree["predicted"].count(name) > 1 or name not in free:
            raise ModelError(f"'predicted' of {where} names '{name}', which is given twice, derived or not among the "
                             f"outputs {', '.join(names)}.")


def require_sense(tree: dict[str, Any], where: str) -> None:
    """What forms alone do not say."""
    bases = [each["continues"] for each in tree["outputs"] if "continues" in each]
    conditions = {each["name"]: each["condition"] for each in tree["inputs"] if each["condition"] != "none"}
    for what, names in (("two inputs of one name", [each["name"] for each in tree["inputs"]]),
                        ("two outputs of one name", [each["name"] for each in tree["outputs"]]),
                        ("two outputs that continue one input", bases),
                        ("two inputs that are one condition", list(conditions.values()))):
        if len(set(names)) < len(names):
            raise ModelError(f"{where} has {what}; write it anew.")
    for name in bases:
        if name in conditions:
            raise ModelError(f"An output of {where} continues {name}, which is a condition; write it anew.")
    if tree["dt"] == 0 and "time_step" in conditions.values():
        raise ModelError(f"'dt' of {where} is 0 although rows have a step; write it anew.")


def complete_signature(tree: dict[str, Any], where: str) -> None:
    """Adds what a signature did not say before it was of this format: output k continues input k, conditions are
    called p and dt, and rows are told apart by temperature."""
    named = table({"name": text})
    tree.pop("strata", None)
    require(tree, {"dt": positive, "inputs": list_of(named, least=1), "outputs": list_of(named, least=1)}, where)
    names = [each["name"] for each in tree["outputs"]]
    if names != [each["name"] for each in tree["inputs"][:len(names)]]:
        raise ModelError(f"The outputs of {where} do not continue the inputs one by one: {', '.join(names)}.")
    for each in tree["outputs"]:
        each["continues"] = each["name"]
    for k, each in enumerate(tree["inputs"]):
        conditions = {"p": "pressure", "dt": "time_step"} if k >= len(names) else {}
        each["condition"] = conditions.get(each["name"], "none")
        if each.get("nature") == "temperature":
            tree.setdefault("strata", {"input": each["name"], "from": COLDEST, "to": HOTTEST})


def read_metadata(text: str | bytes, where: str) -> dict[str, Any]:
    """The metadata of a model, checked. Those of earlier formats are brought up to this format."""
    tree = read_json(text, where)
    require(tree, {"format": one_of(*range(1, FORMAT + 1))}, where)
    if tree["format"] < 3:
        complete_signature(tree, where)
    require_metadata(tree, where)
    if tree["format"] == 1:
        for feature in tree["scaling"]["features"]:
            feature["resolution"] = 0.0
    else:
        require_resolutions(tree["scaling"]["features"], where)
    tree["format"] = FORMAT
    if tree["architecture"]["name"] == NATIVE:
        head = tree["architecture"].setdefault("head", "increment")
        if head not in HEADS:
            raise ModelError(f"'head' of the architecture in {where} is {head}, and must be {' or '.join(HEADS)}; "
                             "export the model again.")
        require(tree["architecture"], {"layers": list_of(width, least=1), "error_layers": list_of(width),
                                       "second_layers": list_of(width)}, f"the architecture in {where}")
    return tree


def require_resolutions(features: list[dict[str, Any]], where: str) -> None:
    for k, feature in enumerate(features, 1):
        resolution = feature.get("resolution")
        if not not_negative(resolution) or (resolution > 0 and feature["transform"] != "power"):
            given = "missing" if resolution is None else resolution
            raise ModelError(f"'resolution' of feature {k} of scaling.features in {where} is {given}, and must be a "
                             "number that is not negative, or 0 if 'transform' is not 'power'; export the model again.")


def require_metadata(tree: dict[str, Any], where: str) -> None:
    require_signature(tree, where)
    n_in, n_out, n_free = len(tree["inputs"]), len(tree["outputs"]), len(tree["predicted"])
    feature = table({"column": lambda k: count(k) and k < n_in, "mean": number, "deviation": positive,
                     "transform": one_of("identity", "inverse_temperature", "power", "logarithm")})
    target = table({"column": lambda k: count(k) and k < n_out, "knee": positive, "mean": number,
                    "deviation": positive})
    require(tree, {"ranges": table({"lower": list_of(number, n_in), "upper": list_of(number, n_in)}),
                   "scaling": table({"knee": positive, "exponent": positive, "features": list_of(feature, least=1),
                                     "targets": list_of(target, n_free)}),
                   "architecture": table({"name": text}), "version": number, "training": table({}),
                   "reference": table({"input": list_of(list_of(number, n_in), least=1)})}, where)
    columns = [each["column"] for each in tree["scaling"]["targets"]]
    if [tree["outputs"][k]["name"] for k in columns] != tree["predicted"]:
        raise ModelError(f"The columns {columns} of scaling.targets in {where} are not those of 'predicted', "
                         f"{', '.join(tree['predicted'])}.")
    n_features, n_rows = len(tree["scaling"]["features"]), len(tree["reference"]["input"])
    require(tree, {"reference": table({"increments": list_of(list_of(number, n_out), n_rows),
                                       "log_error": list_of(number, n_rows)})}, where)
    if "familiarity" in tree:
        require(tree, {"familiarity": table({"whitening": list_of(number, n_features**2),
                                             "centre": list_of(number, n_features)})}, where)
