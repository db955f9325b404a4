"""Runs with mutated inputs: whatever an accepted input says, the run ends in order, with a sentence if it fails.

BIMETAL_FUZZ_RUNS=<n> sets how many accepted ones, BIMETAL_FUZZ_SEED=<s> the first seed; BIMETAL_LONG=1 means 400.
"""

import json
import os
import random
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from program import ENVIRONMENT, HANGS_AFTER, PROGRAM, ROOT, ProgramTest, settings

N_RUNS = int(os.environ.get("BIMETAL_FUZZ_RUNS", 400 if os.environ.get("BIMETAL_LONG") else 20))
SEED = int(os.environ.get("BIMETAL_FUZZ_SEED", 1))
TIME_LIMIT = 60  # [s] for a run that has done the first of its two steps

TINY = {
    "h2_kernel": {"grid.cells": "[8, 8]", "training.promote_every": "1", "training.batch": "8",
                  "surrogate.layers": "[8]"},
    "flame_1d_h2": {"grid.cells": "[8]"},
    "reacting_taylor_green_2d": {"grid.cells": "[8, 8]"},
    "drift_mixture": {"grid.cells": "[8, 8]"},
    "taylor_green_2d": {"grid.cells": "[8, 8]"},
}
FACTORS = [-1, 0, 1e-12, 1e-6, 1e-3, 0.1, 0.5, 0.9, 1.1, 2, 10, 1e3, 1e6, 1e12, 1e100]
NUMBERS = {  # key: a value that makes sense
    "time.step": 1e-6, "time.largest_step": 1e-6, "time.courant": 0.3, "time.expansion": 0.1,
    "chemistry.pressure": 101325, "chemistry.rtol": 1e-6, "chemistry.atol": 1e-10,
    "flow.velocity.amplitude": 5, "initial.equivalence_ratio": 0.7, "initial.stratification": 0.3,
    "initial.temperature": 900, "initial.kernel_temperature": 1500, "initial.kernel_radius": 1e-3,
    "initial.kernel_thickness": 1e-4, "initial.front_thickness": 1e-4, "initial.front_position": 1e-3,
    "surrogate.knee": 0.1, "training.learning_rate": 0.01, "training.learning_rate_end": 5e-4,
    "training.perturbed": 0.5, "switching.tolerance": 1e-3,
    "switching.wrong_fraction": 0.05, "switching.confidence": 0.95, "switching.max_overhead": 0.05,
    "switching.audit_fraction": 0.1, "switching.threshold": 1,
    "switching.run_tolerance": 0.1,
}
WHOLE = {
    "seed": 1, "initial.waves": 1, "training.updates_per_step": 4, "training.promote_every": 1, "training.batch": 8,
    "training.decay_updates": 100, "training.replay_capacity": 1000, "training.calibration_rows": 100,
    "training.queue_rows": 100, "switching.window": 1, "switching.memory": 10, "output.fields_every": 1,
    "output.data_rows": 10, "output.observables_every": 1,
}
CHOICES = {
    "grid.cells": ["[3]", "[4]", "[4, 4]", "[2, 8]", "[8, 1]", "[4, 4, 4]", "[16, 3]", "[40000, 40000]"],
    "grid.upper": ["[1e-9, 1e-9]", "[1e9, 1e9]", "[1e-3, 1e-9]", "[1e-3]", "[1e300, 1e300]"],
    "grid.boundary.x": ["periodic", "wall", "slip_wall", "outflow", "{lower: inflow, upper: outflow}"],
    "grid.boundary.y": ["periodic", "wall", "slip_wall", "outflow", "{lower: wall, upper: outflow}"],
    "flow.inflow.x_lower.velocity": ["0", "1", "1e9", "1e300"],
    "chemistry.integrator": ["auto", "cvode", "rosenbrock"],
    "chemistry.rtol": ["auto", "automatic", "[1e-6]"],
    "chemistry.mechanism": [str(ROOT / "inputs/mechanisms/ch4_gri30_21.yaml")],
    "flow.model": ["low_mach", "prescribed"],
    "flow.transport": ["constant_lewis", "mixture_averaged"],
    "flow.velocity.type": ["rest", "uniform", "vortex"],
    "initial.type": ["uniform", "ignition_kernel", "flame_front", "diffusion_flame"],
    "initial.fuel": ["H2", "H2O", "AR", "CH4", "N2"],
    "initial.kernel_gas": ["burnt", "unburnt"],
    "initial.kernel_centre": ["[0, 0]", "[1e-9, 1e-9]", "[1, 1]"],
    "surrogate.layers": ["[1]", "[4, 4, 4, 4, 4, 4, 4, 4]", "[600]", "[65536, 65536]", "[]"],
    "surrogate.error_layers": ["[]", "[1]", "[65536]"],
    "surrogate.second_layers": ["[]", "[1]"],
    "surrogate.device": ["cpu", "cuda", "auto"],
    "training.placement": ["in_situ", "dedicated", "off"],
    "switching.policy": ["certified", "threshold", "always", "never"],
    "switching.cost_veto": ["true", "false"],
    "switching.verify": ["true", "false"],
    "switching.scales": ["{T: 1e-300}", "{T: 1e300}", "{Y_H2: 1e-300, Y_O2: 1e300}"],
    "switching.unit_costs": ["{physics: 1e-300, inference: 0, update: 0}",
                             "{physics: 1, inference: 1e300, update: 1e300}"],
    "output.data": ["true", "false"],
    "case": ["a/b", "..", "'%s%n'", "é水", "''"],
}


def mutant(dice):
    """A shipped input made tiny, and one to three of its keys made strange."""
    name = dice.choice(sorted(TINY))
    values = dict(TINY[name])
    for _ in range(dice.randint(1, 3)):
        kind = dice.choice((NUMBERS, NUMBERS, WHOLE, CHOICES))
        key = dice.choice(sorted(kind))
        if kind is CHOICES:
            values[key] = dice.choice(kind[key])
        elif kind is NUMBERS:
            values[key] = repr(kind[key] * dice.choice(FACTORS))
        else:
            # More gradient steps than that only take their time.
            most = 1000 if key == "training.updates_per_step" else 2**63 - 1
            values[key] = str(min(most, dice.choice((0, 1, 2, 3, 1000, 10**6, 2**31, 2**53, 2**63 - 1, -1))))
    shipped = (ROOT / f"inputs/{name}.yaml").read_text(encoding="utf-8")
    step = float(values.get("time.step", 1e-6))
    if "largest_step" in shipped and "time.step" not in values:
        step = float(values.setdefault("time.largest_step", "1e-6"))
    values["time.end"] = repr(2 * step)
    return name, values


def has_begun(directory):
    """Whether a run has done a step: then it is long, which is its input's business."""
    history = Path(directory) / "history.csv"
    return history.exists() and len(history.read_text(encoding="utf-8").splitlines()) > 1


def run(command, out):
    """To its end; None if it has begun and is long. That it hangs before its first step ends is a failure."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as errors:
        with subprocess.Popen([str(word) for word in command], env=ENVIRONMENT, stdout=said, stderr=errors) as process:
            begin = time.monotonic()
            while process.poll() is None:
                seconds = time.monotonic() - begin
                begun = seconds > TIME_LIMIT and has_begun(out)
                if begun or seconds > HANGS_AFTER:
                    process.kill()
                    assert begun, "it hangs before its first step ends"
                    return None
                time.sleep(0.01)
        said.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, said.read(), errors.read())


def not_a_number(word):
    raise ValueError(f"{word} in summary.json")


class FuzzedRuns(ProgramTest):
    def judge(self, result, out):
        """Raises for what no input may cause."""
        self.assertIn(result.returncode, (0, 1, 2), result.stdout + result.stderr)
        for word in ("terminate called", "what():", "PETSC ERROR", "MPI_ABORT", "Segmentation", "runtime error:"):
            self.assertNotIn(word, result.stderr)
        sentences = [line for line in result.stderr.splitlines() if line.startswith("bimetal: ")]
        self.assertEqual(len(sentences), 0 if result.returncode == 0 else 1, result.stderr)
        if result.returncode == 0:
            json.loads((out / "summary.json").read_text(encoding="utf-8"), parse_constant=not_a_number)

    def test_a_run_with_a_mutated_input_ends_in_order(self):
        codes = {0: 0, 1: 0, 2: 0}
        n_long = 0
        for seed in range(SEED, SEED + 10 * N_RUNS):
            if codes[0] + codes[1] >= N_RUNS:
                break
            name, values = mutant(random.Random(seed))
            words = settings(**{key.replace(".", "__"): value for key, value in values.items()})
            what = f"BIMETAL_FUZZ_SEED={seed}: bimetal run inputs/{name}.yaml " + " ".join(words)
            with self.subTest(what), tempfile.TemporaryDirectory() as folder:
                out = Path(folder) / "out"
                result = run([PROGRAM, "run", ROOT / f"inputs/{name}.yaml", "-o", out, *words], out)
                if result is None:
                    n_long += 1
                    continue
                codes[result.returncode] = codes.get(result.returncode, 0) + 1
                self.judge(result, out)
        print(f"{codes[0]} done, {codes[1]} failed with a sentence, {codes[2]} refused, {n_long} too long to wait for")
        self.assertGreater(codes[0], N_RUNS // 4, "hardly a mutant runs to its end")


if __name__ == "__main__":
    unittest.main()
