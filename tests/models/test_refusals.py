"""What is wrong with a file is said in one sentence, with exit code 2."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import modules
import toy
import torch
from torch import Tensor, nn

import check
from contract import METADATA
from dataset import load
from define import Architecture, build
from export import State, export
from plain import WEIGHTS, weights_of
from scaling import Scaling


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_models_")
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        cls.path = toy.write_data(cls.folder / "data.h5", 200)
        cls.data = load([cls.path])
        cls.scaling = Scaling.fitted(cls.data.signature, cls.data.training)
        cls.module = build(Architecture("mlp", [8], [8], [8]), cls.data.signature, cls.scaling)
        cls.good = cls.folder / "good.pt"
        export(cls.good, State(cls.module, cls.data.signature, cls.scaling, {"name": "mlp"}, {"updates": 0}),
               cls.data.training)
        extra = {METADATA: ""}
        torch.jit.load(str(cls.good), _extra_files=extra)
        cls.metadata = json.dumps(json.loads(extra[METADATA]))

    def write(self, module: nn.Module, metadata: str | None) -> Path:
        return modules.write(torch.jit.script(module), self.folder / "bad.pt", metadata)

    def changed(self, change: Callable[[dict[str, Any]], object]) -> str:
        tree = json.loads(self.metadata)
        change(tree)
        return json.dumps(tree)

    def assert_refused(self, script: str, *arguments: object, words: tuple[str, ...]) -> None:
        code, said = modules.said_by(script, *arguments)
        self.assertEqual(code, 2, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        self.assertTrue(said.startswith(f"{script}: "), said)
        for word in words:
            self.assertIn(word, said)

    def assert_model_refused(self, path: Path, *words: str) -> None:
        self.assert_refused("check.py", path, words=words)

    def test_the_exit_code_tells_good_from_bad(self) -> None:
        result = toy.call("check.py", self.good, "--data", self.path)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        result = toy.call("check.py", self.path)
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)

    def test_what_is_no_complete_archive(self) -> None:
        self.assert_model_refused(self.folder / "none.pt", "There is no model")
        path = self.folder / "bad.pt"
        path.write_text("weights")
        self.assert_model_refused(path, "not a TorchScript archive")
        path.write_bytes(self.good.read_bytes()[:-100])
        self.assert_model_refused(path, "truncated")
        content = bytearray(self.good.read_bytes())
        content[content.index(self.module.trunk[0].weight.detach().numpy().tobytes())] ^= 1
        path.write_bytes(content)
        self.assert_model_refused(path, "damaged", "checksum")
        torch.save(self.module.state_dict(), path)
        self.assert_model_refused(path, "not a TorchScript archive", "export.py")

    def test_missing_or_broken_metadata(self) -> None:
        self.assert_model_refused(self.write(self.module, None), METADATA, "add it with models/export.py")
        self.assert_model_refused(self.write(self.module, "format: 1"), METADATA, "not JSON")
        self.assert_model_refused(self.write(self.module, "[]"), "no object")
        text = self.metadata.replace('"dt": 1e-06', '"dt": NaN')
        self.assert_model_refused(self.write(self.module, text), "NaN", "finite")

    def test_metadata_that_lack_something_or_do_not_fit(self) -> None:
        for key in ("format", "kind", "fingerprint", "dt", "inputs", "outputs", "invariants", "predicted", "ranges",
                    "scaling", "architecture", "version", "training", "reference"):
            with self.subTest(key=key):
                text = self.changed(lambda tree: tree.pop(key))
                self.assert_model_refused(self.write(self.module, text), f"lacks '{key}'")
        changes: dict[str, Callable[[dict[str, Any]], object]] = {
            "'format'": lambda tree: tree.update(format=4),
            "'inputs'": lambda tree: tree["inputs"][2].update(nature="odour"),
            "'outputs'": lambda tree: tree["outputs"][2].update(scale=0.0),
            "'inputs' of": lambda tree: tree["inputs"][2].pop("condition"),
            "'continues'": lambda tree: tree["outputs"][2].update(continues="Y_N2"),
            "'strata'": lambda tree: tree["strata"].update(input="Y_N2"),
            "no range": lambda tree: tree["strata"].update(to=200.0),
            "one name": lambda tree: tree["inputs"].append(tree["inputs"][2]),
            "continue one input": lambda tree: tree["outputs"][2].update(continues="Y_B"),
            "is a condition": lambda tree: tree["inputs"][3].update(condition="pressure"),
            "'invariants'": lambda tree: tree["invariants"][0].pop(),
            "'Y_N2'": lambda tree: tree.update(predicted=["Y_A2", "Y_A", "Y_N2"]),
            "'T'": lambda tree: tree.update(predicted=["T", "Y_A", "Y_B"]),
            "'ranges'": lambda tree: tree["ranges"]["lower"].pop(),
            "'scaling'": lambda tree: tree["scaling"]["features"][0].update(transform="square"),
            "scaling.targets": lambda tree: tree["scaling"]["targets"].reverse(),
            "'familiarity'": lambda tree: tree["familiarity"]["centre"].pop(),
            "'reference'": lambda tree: tree["reference"]["log_error"].pop()}
        for word, change in changes.items():
            with self.subTest(word=word):
                self.assert_model_refused(self.write(self.module, self.changed(change)), word)

    def test_outputs_of_an_earlier_format_that_do_not_continue_the_inputs(self) -> None:
        tree = toy.before_format_3(json.loads(self.metadata)) | {"format": 2}
        tree["outputs"].reverse()
        self.assert_model_refused(self.write(self.module, json.dumps(tree)), "do not continue the inputs one by one")

    def test_a_resolution_or_a_head_that_cannot_be(self) -> None:
        def of_feature(k: int, value: object) -> str:
            return self.changed(lambda tree: tree["scaling"]["features"][k].update(resolution=value))

        for value in (-1e-6, "fine", True, None):
            self.assert_model_refused(self.write(self.module, of_feature(3, value)), "'resolution' of feature 4",
                                      "missing" if value is None else str(value))
        self.assert_model_refused(self.write(self.module, of_feature(1, 0.5)), "'resolution' of feature 2", "0.5",
                                  "'power'")
        text = self.changed(lambda tree: tree["scaling"]["features"][2].pop("resolution"))
        self.assert_model_refused(self.write(self.module, text), "'resolution' of feature 3", "missing")
        text = of_feature(2, -1.0).replace('"resolution": -1.0', '"resolution": 1e999')
        self.assert_model_refused(self.write(self.module, text), "'resolution' of feature 3", "inf")
        for head in ("tail", 1, ["relaxation"]):
            text = self.changed(lambda tree: tree["architecture"].update(name="bimetal.perceptrons", head=head))
            self.assert_model_refused(self.write(self.module, text), "'head'", str(head), "relaxation or increment")

    def test_modules_that_break_the_contract_are_refused_alike_by_export_and_check(self) -> None:
        for name, (module, words) in modules.scripts().items():
            with self.subTest(module=name):
                path = self.folder / f"{name}.pt"
                modules.write(module, path, modules.with_answers(module, self.metadata))
                checked = modules.said_by("check.py", path)
                self.assertEqual((checked[0], len(checked[1].splitlines())), (2, 1), checked)
                self.assertIn(words, checked[1])
                modules.write(module, path)
                exported = modules.said_by("export.py", path, "--data", self.path, "-o", self.folder / "x.pt")
                if name != "Gossip":  # whose answers are told apart by numbers, and those of the rows differ
                    self.assertEqual(exported, (2, checked[1].replace("check.py", "export.py")))
                self.assertEqual(exported[0], 2)
                self.assertEqual(list(self.folder.glob("x.pt*")), [])

    def test_answers_that_are_not_those_of_the_reference(self) -> None:
        text = self.changed(lambda tree: tree["reference"]["increments"][3].__setitem__(1, 0.1))
        self.assert_model_refused(self.write(self.module, text), "reference row 4", "increment of Y_A2", "0.1")
        text = self.changed(lambda tree: tree["reference"]["log_error"].__setitem__(0, 3.0))
        self.assert_model_refused(self.write(self.module, text), "reference row 1", "log_error")

    def test_a_model_and_a_data_set_that_do_not_belong_together(self) -> None:
        swapped = toy.signature()
        for columns in (swapped["inputs"], swapped["outputs"]):
            columns[4]["name"], columns[5]["name"] = columns[5]["name"], columns[4]["name"]
        gram = toy.signature()
        gram["inputs"][1]["unit"] = gram["outputs"][1]["unit"] = "g/kg"
        cases: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
            "mechanism": ({"fingerprint": "g1bb"}, ("fingerprint", "t0y", "g1bb")),
            "kind": ({"kind": "soot"}, ("kind", "toy", "soot")),
            "step": ({"dt": 2e-6}, ("dt", "1e-06 s", "2e-06 s")),
            "order": ({key: swapped[key] for key in ("inputs", "outputs")}, ("name of input 5", "Y_A", "Y_B")),
            "unit": ({key: gram[key] for key in ("inputs", "outputs")}, ("unit of input 2", "g/kg"))}
        for case, (change, words) in cases.items():
            with self.subTest(case=case):
                other = toy.write_data(self.folder / "other.h5", 50, **change)
                self.assert_refused("check.py", self.good, "--data", other, words=words)
                self.assert_refused("train.py", self.path, other, "-o", self.folder / "x.pt", words=words)
                self.assert_refused("train.py", other, "--from", self.good, "-o", self.folder / "x.pt", words=words)
                self.assert_refused("export.py", self.good, "--data", other, "-o", self.folder / "x.pt", words=words)
                self.assertFalse((self.folder / "x.pt").exists())

    def test_data_sets_that_are_none(self) -> None:
        def refused(*words: str) -> None:
            self.assert_refused("train.py", path, "-o", self.folder / "x.pt", words=words)

        path = self.folder / "odd.h5"
        refused("There is no data set")
        path.write_text("rows")
        refused("not a data set of bimetal")
        toy.write_data(path, 50)
        with h5py.File(path, "r+") as file:
            del file["out"]
        refused("not a data set of bimetal", "out")
        toy.write_data(path, 50)
        with h5py.File(path, "r+") as file:
            file.attrs["format"] = 9
        refused("format", "9")
        toy.write_data(path, 50, predicted=["Y_A2"])
        refused("do not determine")
        toy.write_data(path, 50, knee=0.0)
        refused("'knee'")
        for resolution in (-1e-3, "fine"):
            toy.write_data(path, 50, resolution=resolution)
            refused("'resolution'", str(resolution))
        toy.write_data(path, 50)
        with h5py.File(path, "r+") as file:
            file["held_out"][...] = 1
        refused("no rows to train on")
        with h5py.File(path, "r+") as file:
            file["held_out"][...] = 0
        refused("no rows held out")

    def test_settings_that_cannot_be(self) -> None:
        self.assert_refused("train.py", self.path, "-o", self.folder / "no/x.pt", words=("There is no folder",))
        self.assert_refused("train.py", self.path, "-o", self.folder / "x.pt", "--architecture", "residual",
                            "--layers", 8, 16, words=("of one width",))
        self.assert_refused("train.py", self.path, "-o", self.folder / "x.pt", "--from", self.good, "--checkpoint",
                            self.folder / "y", words=("--checkpoint",))
        self.assert_refused("train.py", self.path, "-o", self.folder / "x.pt", "--device", "gpu",
                            words=("--device gpu cannot be used",))
        self.assert_refused("train.py", self.path, "-o", self.folder / "x.pt", "--from", self.good, "--resolution",
                            1e-4, words=("--resolution",))
        for option in (("--seconds", 0), ("--updates", -1), ("--layers", 0), ("--rate", "nan"),
                       ("--resolution", "inf"), ("--head", "tail")):
            result = toy.call("train.py", self.path, "-o", self.folder / "x.pt", *option)
            self.assertEqual(result.returncode, 2)
            self.assertIn(f"argument {option[0]}: invalid", result.stderr)

    def test_what_cannot_learn_is_exported_and_not_trained(self) -> None:
        class Fixed(nn.Module):
            def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
                return x * 0.0, x[:, 0] * 0.0

        frozen = torch.jit.freeze(torch.jit.script(modules.Sound().eval()))
        for module in (torch.jit.script(Fixed()), frozen, torch.jit.script(modules.WithoutGradient())):
            path = modules.write(module, self.folder / "fixed.pt")
            exported = self.folder / "exported.pt"
            self.assertEqual(modules.said_by("export.py", path, "--data", self.path, "-o", exported), (0, ""))
            self.assertIn("none of which training could change", check.inspect(check.read_model(exported)))
            self.assert_refused("train.py", self.path, "--from", exported, "-o", self.folder / "x.pt",
                                words=("no parameter that training could change",))

    def test_packages_that_are_missing(self) -> None:
        for script in ("train.py", "export.py", "check.py"):
            # Without the folders of installed packages.
            result = subprocess.run([sys.executable, "-E", "-S", toy.SCRIPTS / script], capture_output=True, text=True,
                                    check=False)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
            self.assertIn("has no numpy, no h5py, no torch;", result.stderr)

    def test_plain_weights_that_are_not_those_of_the_file(self) -> None:
        state = State(self.module, self.data.signature, self.scaling, Architecture("mlp", [8], [8], [8]).to_json(), {})
        path = self.folder / "native.pt"
        export(path, state, self.data.training)
        weights, metadata = check.extra_file(path, WEIGHTS), check.extra_file(path, METADATA).decode()
        self.assertEqual(weights, weights_of(self.module))
        numbers = np.frombuffer(weights, "<f4").copy()
        for change, words in ((lambda: weights[:-4], "bytes where its architecture has"),
                              (lambda: (numbers * np.float32("nan")).tobytes(), "not finite"),
                              (lambda: (numbers * np.float32(1.01)).tobytes(), "its plain weights (bimetal.weights) give")):
            torch.jit.save(torch.jit.load(str(path)), str(self.folder / "bad.pt"),
                           _extra_files={METADATA: metadata, WEIGHTS: change()})
            self.assert_model_refused(self.folder / "bad.pt", words)


if __name__ == "__main__":
    unittest.main()
