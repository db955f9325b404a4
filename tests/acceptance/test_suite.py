"""The acceptance suite itself, without a run: its table is read strictly, figures are judged as they should be, and its
reports say so to programs and people."""

import json
import subprocess
import sys
import tempfile
import time
import tomllib
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

import baseline
import reports
import table
from judging import judge
from kinds import KINDS
from results import Result, Status, verdict

HERE = Path(__file__).resolve().parent
SUITE = [sys.executable, HERE / "accept.py"]
CIRCUMSTANCES = {"processor": "one", "cores": 2, "launcher": "mpirun", "ranks": [1, 2]}
SOUND = {"name": "n", "group": "g", "level": "quick", "kind": "run", "proves": "p",
         "expect": [{"figure": "f", "at_most": 1}]}


def judged(figures, *criteria, known=None):
    expect = tuple(table.criterion(each, "test") for each in criteria)
    return judge("check", expect, figures, known or baseline.Baseline(CIRCUMSTANCES))


def status(value, **criterion):
    return judged({"f": value}, {"figure": "f", **criterion})[0].status


class Table(unittest.TestCase):
    def test_the_shipped_table_is_sound_and_every_kind_and_level_is_used(self):
        checks = table.read(HERE / "checks.toml", KINDS)
        self.assertEqual({each.kind for each in checks}, set(KINDS))
        self.assertEqual({each.level for each in checks}, set(table.LEVELS))

    def test_slips_are_errors(self):
        table.check(SOUND, KINDS)
        for wrong in ({"level": "quik"}, {"kind": "rum"}, {"expect": []}, {"expct": []},
                      {"expect": [{"figure": "f", "at_most": 1, "at_least": 0}]}, {"expect": [{"figure": "f"}]},
                      {"expect": [{"figure": "f", "near": 1}]}, {"expect": [{"figure": "f", "baseline": "at_least"}]},
                      {"expect": [{"at_most": 1}]}, {"expect": [{"figure": "f", "at_most": 1, "unit": "K"}]}):
            with self.subTest(wrong), self.assertRaises(table.TableError):
                table.check(SOUND | wrong, KINDS)

    def test_a_level_includes_those_below_and_unknown_names_are_errors(self):
        checks = table.read(HERE / "checks.toml", KINDS)
        counts = [len(table.select(checks, level, [], [])) for level in table.LEVELS]
        self.assertLess(counts[0], counts[1])
        self.assertLess(counts[1], counts[2])
        self.assertEqual(counts[2], len(checks))
        self.assertEqual({each.group for each in table.select(checks, "quick", ["flames"], [])}, {"flames"})
        for groups, names in ((["flame"], []), ([], ["no_such_check"])):
            with self.assertRaises(table.TableError):
                table.select(checks, "quick", groups, names)

    def test_checks_have_the_references_of_the_tests(self):
        """The numbers of the flames and delays are in two places; they must be the same."""
        text = (HERE.parent / "app/test_flames.py").read_text(encoding="utf-8")
        for check in tomllib.loads((HERE / "checks.toml").read_text(encoding="utf-8"))["check"]:
            if check["group"] == "flames":
                self.assertIn(f"{check['expect'][0]['near']}, ", text, check["name"])


class Judging(unittest.TestCase):
    def test_every_relation_passes_and_fails(self):
        for good, bad, criterion in ((1.009, 1.011, {"near": 1.0, "within": 0.01}), (1, 1.1, {"at_most": 1}),
                                     (1, 0.9, {"at_least": 1}), ("", "T", {"equals": ""}), (3, 2, {"equals": 3}),
                                     ("a b", "a", {"contains": "b"}), ("a", "a b", {"lacks": "b"})):
            with self.subTest(criterion):
                self.assertIs(status(good, **criterion), Status.passed)
                self.assertIs(status(bad, **criterion), Status.failed)

    def test_what_is_missing_or_no_number_fails(self):
        for criterion in ({"near": 0.0, "within": 1.0}, {"at_most": 1}, {"at_least": 1}, {"equals": ""},
                          {"contains": ""}, {"lacks": "x"}):
            for value in (None, float("nan"), [], True):
                with self.subTest(criterion=criterion, value=value):
                    self.assertIs(status(value, **criterion), Status.failed)

    def test_one_failure_fails_the_check_and_only_skips_skip_it(self):
        speed = {"figure": "s", "baseline": "at_least", "tolerance": 0.1}
        bound = {"figure": "f", "at_most": 1}
        self.assertIs(verdict(judged({"f": 2, "s": 1}, bound, speed))[0], Status.failed)
        self.assertIs(verdict(judged({"f": 1, "s": 1}, bound, speed))[0], Status.passed)
        self.assertIs(verdict(judged({"s": 1}, speed))[0], Status.skipped)
        self.assertIs(verdict(judged({}, speed))[0], Status.failed)


class Baselines(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "deep/baseline.json"
        baseline.write(self.path, CIRCUMSTANCES, {"check": {"f": 100.0}})

    def status(self, value, direction, **circumstances):
        known = baseline.read(self.path, CIRCUMSTANCES | circumstances)
        return judged({"f": value}, {"figure": "f", "baseline": direction, "tolerance": 0.2}, known=known)[0]

    def test_figures_may_be_worse_by_the_tolerance_only(self):
        self.assertIs(self.status(81.0, "at_least").status, Status.passed)
        self.assertIs(self.status(79.0, "at_least").status, Status.failed)
        self.assertIs(self.status(119.0, "at_most").status, Status.passed)
        self.assertIs(self.status(121.0, "at_most").status, Status.failed)
        self.assertIs(self.status(None, "at_most").status, Status.failed)

    def test_what_was_recorded_elsewhere_is_not_compared(self):
        for key, value in (("processor", "two"), ("cores", 4), ("launcher", "srun"), ("ranks", [1])):
            found = self.status(1.0, "at_least", **{key: value})
            self.assertIs(found.status, Status.skipped)
            self.assertIn(key, found.reason)

    def test_what_is_no_baseline_is_an_error(self):
        for content in ("", "{}", "[]", '{"bimetal_acceptance_baseline": 2}'):
            self.path.write_text(content, encoding="utf-8")
            with self.assertRaises(baseline.BaselineError):
                baseline.read(self.path, CIRCUMSTANCES)


class Reports(unittest.TestCase):
    """Of one check that passed, one that failed and one that was skipped, with texts that need care."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        good = judged({"f": 1.0}, {"figure": "f", "at_most": 1, "source": "A & B"})
        bad = judged({"f": float("inf")}, {"figure": "f", "at_most": 1})
        self.results = [Result("good", "one", "that 1 < 2", Status.passed, "", good, {"f": 1.0, "g": 2.5},
                               ("g", "missing"), 1.5),
                        Result("bad", "one", "nothing", Status.failed, "a \x1b[1m <b>", bad, {"f": float("inf")}, (), 0.5),
                        Result("not_here", "two", "little", Status.skipped, "no GPU & no time")]
        self.report = reports.Report("accept.py", "2026-01-01T00:00:00+00:00", "quick", {"host": "n1"},
                                     {"build": "Release"}, "none", self.results)
        reports.write_json(self.report, self.folder / "results.json")

    def test_json_has_every_figure_and_the_verdict(self):
        content = json.loads((self.folder / "results.json").read_text(encoding="utf-8"))
        self.assertEqual(content["verdict"], "NOT ACCEPTED: 1 passed, 1 failed, 1 skipped")
        self.assertEqual([each["status"] for each in content["results"]], ["passed", "failed", "skipped"])
        self.assertEqual(content["results"][1]["figures"], {"f": "inf"})

    def test_nothing_passed_is_nothing_accepted(self):
        for results, accepted in (([], False), (self.results[2:], False), (self.results[:1], True),
                                  (self.results, False)):
            report = reports.Report("", "", "", {}, {}, "", results)
            self.assertEqual(report.verdict().startswith("PASSED"), accepted)

    def test_junit_is_what_its_readers_expect(self):
        path = self.folder / "junit.xml"
        reports.write_junit(self.report, path)
        root = xml.parse(path).getroot()
        self.assertEqual([suite.get("name") for suite in root.iter("testsuite")], ["one", "two"])
        self.assertEqual(sum(int(suite.get("tests")) for suite in root.iter("testsuite")), 3)
        self.assertEqual({case.get("name"): [child.tag for child in case] for case in root.iter("testcase")},
                         {"good": ["system-out"], "bad": ["failure", "system-out"],
                          "not_here": ["skipped", "system-out"]})

    def test_a_junit_reader_opens_it(self):
        try:
            from junitparser import JUnitXml
        except ImportError:
            self.skipTest("no junitparser (Debian: python3-junitparser)")
        path = self.folder / "junit.xml"
        reports.write_junit(self.report, path)
        read = JUnitXml.fromfile(str(path))
        read.update_statistics()
        self.assertEqual((read.tests, read.failures, read.skipped, read.errors), (3, 1, 1, 0))

    def test_the_page_escapes_texts_and_names_the_hash_of_the_results(self):
        path = self.folder / "report.html"
        reports.write_page(self.report, path, self.folder / "results.json")
        page = path.read_text(encoding="utf-8")
        for word in ("NOT ACCEPTED", "that 1 &lt; 2", "no GPU &amp; no time", "A &amp; B", "signature", "2.5"):
            self.assertIn(word, page)
        self.assertNotIn("<b>&lt;b&gt;", page)
        self.assertRegex(page, "SHA-256 <code>[0-9a-f]{64}</code>")


class Usage(unittest.TestCase):
    def refuse(self, *words):
        result = subprocess.run([*map(str, SUITE), *map(str, words)], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 2, result.stdout + result.stderr)
        self.assertNotIn("Traceback", result.stderr)
        return result.stderr

    def test_what_makes_no_sense_is_refused_before_anything_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "mine.txt").touch()
            self.assertIn("no program", self.refuse("--program", "/nowhere/bimetal"))
            self.assertIn("--ranks", self.refuse("--ranks", "1,two"))
            self.assertIn("no group 'flame'", self.refuse("--groups", "flame"))
            self.assertIn("holds no report", self.refuse("--program", sys.executable, "--report", folder))
            self.assertIn("baseline", self.refuse("--program", sys.executable, "--baseline", Path(folder) / "none"))
            self.assertEqual([path.name for path in Path(folder).iterdir()], ["mine.txt"])

    def test_what_is_interrupted_leaves_a_report_and_no_process(self):
        with tempfile.TemporaryDirectory() as folder:
            program, report = Path(folder) / "slow", Path(folder) / "report"
            program.write_text('#!/bin/sh\n[ "$1" = info ] && echo "{\\"MPI\\": \\"1 rank(s)\\"}" && exit\n'
                               f'echo $$ > {folder}/pid\nexec sleep 100\n', encoding="utf-8")
            program.chmod(0o755)
            words = [*SUITE, "--program", program, "--report", report, "--groups", "chemistry"]
            with subprocess.Popen(list(map(str, words)), stdout=subprocess.PIPE, text=True) as suite:
                deadline = time.monotonic() + 60
                while not (Path(folder) / "pid").exists() and time.monotonic() < deadline:
                    time.sleep(0.05)
                suite.terminate()
                said, _ = suite.communicate(timeout=60)
            self.assertEqual(suite.returncode, 1, said)
            results = json.loads((report / "results.json").read_text(encoding="utf-8"))["results"]
            self.assertEqual([each["reason"] for each in results], ["the suite was interrupted here"])
            pid = (Path(folder) / "pid").read_text(encoding="utf-8").strip()
            state = ["ps", "-o", "stat=", "-p", pid]  # nothing, or Z for one that nobody has asked after yet
            self.assertIn(subprocess.run(state, capture_output=True, text=True, check=False).stdout.strip()[:1], "Z")

    def test_a_program_that_is_none_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("does not run", self.refuse("--program", "/bin/false", "--report", Path(folder) / "r"))


if __name__ == "__main__":
    unittest.main()
