#!/usr/bin/env python3
"""Stands in for bimetal and spoils what it does, in the way that BIMETAL_BROKEN names, so that the acceptance suite can be
seen to notice. BIMETAL_REAL names the real program. Everything else is passed on, exit code included."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

REAL = os.environ["BIMETAL_REAL"]
HYDROGEN = Path(__file__).resolve().parents[2] / "inputs/mechanisms/h2_burke2012.yaml"


def setting(words, key):
    """Where KEY=VALUE stands among the words; None if nowhere."""
    return next((i for i, word in enumerate(words) if word.startswith(f"{key}=")), None)


def with_wrong_rate(words):
    """The chain-branching reaction H + O2 = O + OH is a fifth too fast."""
    text = HYDROGEN.read_text(encoding="utf-8")
    place = text.index("A:", text.index("H + O2 <=> O + OH"))
    number = text[place + 2:].split(",")[0]
    wrong = text[:place + 2] + f" {1.2 * float(number)}" + text[place + 2 + len(number):]
    path = Path(tempfile.gettempdir()) / f"bimetal_wrong_rate_{os.getuid()}.yaml"
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(wrong, encoding="utf-8")
    part.replace(path)
    return [str(path) if Path(word).name == HYDROGEN.name else word for word in words]


def ended_early(words):
    """One step before its time: an error of first order in the step."""
    end, step = setting(words, "time.end"), setting(words, "time.step")
    if end is not None and step is not None:
        early = float(words[end].split("=")[1]) - float(words[step].split("=")[1])
        words[end] = f"time.end={early!r}"
    return words


def other_kernel_on_four(words):
    ranks = os.environ.get("OMPI_COMM_WORLD_SIZE", os.environ.get("SLURM_NTASKS"))
    return [*words, "--set", "initial.kernel_radius=0.81e-3"] if words[0] == "run" and ranks == "4" else words


def begun_anew(words):
    """Takes no notice of a checkpoint."""
    if "--restart" not in words:
        return words
    place = words.index("--restart")
    return [*words[:place], *words[place + 2:], "--overwrite"]


def longer_when_continued(words):
    if "--restart" in words and any(Path(words[words.index("--restart") + 1]).glob("checkpoint_*.h5")):
        place = setting(words, "time.end")
        words[place] = f"time.end={float(words[place].split('=')[1]) + 2e-6:.12g}"  # by two steps
    return words


def set_in_runs(*settings):
    def change(words):
        return [*words, *(word for each in settings for word in ("--set", each))] if words[0] == "run" else words
    return change


def without(prefix):
    """Leaves out the settings whose keys begin so."""
    def leave_out(words):
        kept = []
        for word in words:
            if word.startswith(prefix):
                kept.pop()  # --set
            else:
                kept.append(word)
        return kept
    return leave_out


BEFORE = {"wrong_rate": with_wrong_rate, "ended_early": ended_early, "other_kernel_on_four": other_kernel_on_four,
          "begun_anew": begun_anew, "longer_when_continued": longer_when_continued,
          "without_faults": without("faults."), "without_model": without("surrogate.model="),
          "without_control": set_in_runs("switching.policy=always"),
          "simple_transport": set_in_runs("flow.transport=constant_lewis"),
          # Far more exact than it was asked to be.
          "slowed": set_in_runs("chemistry.rtol=1e-11", "chemistry.atol=1e-18")}


def execute(words):
    """Instead of this process, so that signals and ranks are the real ones."""
    os.execv(REAL, [REAL, *words])


def lose_hydrogen(words):
    """Says afterwards that a billionth of the hydrogen is gone."""
    code = subprocess.run([REAL, *words], check=False).returncode
    path = Path(words[words.index("-o") + 1]) / "summary.json" if "-o" in words else Path()
    if path.is_file() and os.environ.get("OMPI_COMM_WORLD_RANK", "0") == "0":
        summary = json.loads(path.read_text(encoding="utf-8"))
        summary["conservation"]["elements"]["H"] = 1e-9
        path.write_text(json.dumps(summary), encoding="utf-8")
    return code


def alone(words):
    """Ranks that do not find each other."""
    for name in [name for name in os.environ if name.startswith(("OMPI_", "PMIX_", "ORTE_"))]:
        if not name.startswith("OMPI_ALLOW"):
            del os.environ[name]
    execute(words)


def deaf(words):
    """In a session of its own no signal to the ranks arrives."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    return subprocess.run([REAL, *words], check=False, start_new_session=True).returncode


AROUND = {"loses_hydrogen": lose_hydrogen, "alone": alone, "deaf": deaf}


def main():
    how, words = os.environ["BIMETAL_BROKEN"], sys.argv[1:]
    if how in AROUND:
        sys.exit(AROUND[how](words))
    execute(BEFORE[how](words))


if __name__ == "__main__":
    main()
