"""report.py writes one page that tells what a run wrote, needs no network, and can be read without seeing its pictures."""

from __future__ import annotations

import json
import re
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

from synthetic_run import call, write_config, write_history, write_log, write_observables, write_snapshot, write_summary

CELLS = {1: (40, 1, 1), 2: (24, 16, 1), 3: (12, 10, 8)}
VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """Elements in order with their attributes, and the text; whether every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.mistakes: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()
        self.mistakes += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> closes another element")

    def handle_data(self, data: str) -> None:
        if self.open[-1:] not in (["style"], ["script"]):
            self.words += " " + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for each, attributes in self.elements if each == tag]


class ReportTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory(prefix="bimetal_report_")
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def directory(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir()
        return path

    def whole_run(self, name: str, wall_s: float = 12.0, shift: float = 0.0, **options: str) -> Path:
        path = self.directory(name)
        for step in (0, 50):
            write_snapshot(path, step, CELLS[2], shift)
        write_history(path, 60)
        write_summary(path, wall_s)
        write_config(path, **options)
        write_log(path)
        write_observables(path, 6)
        return path

    def report(self, *directories: Path) -> Page:
        result = call("report.py", *directories)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        path = directories[0] / "report.html"
        self.assertEqual(result.stdout.strip(), str(path))
        return self.checked(path.read_text(encoding="utf-8"))

    def checked(self, text: str) -> Page:
        """What holds for every page."""
        self.assertNotRegex(text, "https?://")
        self.assertLess(len(text), 4e6)
        page = Page(text)
        self.assertEqual(page.mistakes, [])
        for tag, attribute in (("img", "src"), ("script", "src"), ("link", "href")):
            for element in page.all(tag):
                self.assertTrue((element.get(attribute) or "data:").startswith("data:"), element)
        self.assertTrue(page.all("img"))
        for picture in page.all("img"):
            self.assertGreater(len(picture.get("alt") or ""), 20)
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
        self.assertEqual(levels[0], 1)
        self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels)
        names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(len(page.all("table")), len(page.all("caption")))
        self.assertTrue(all("scope" in header for header in page.all("th")))
        self.assertNotRegex(page.words, r"\b(nan|inf|None)\b")
        return page


class OfOneRun(ReportTest):
    def test_tells_the_figures_of_the_summary(self) -> None:
        run = self.whole_run("run")
        summary = json.loads((run / "summary.json").read_text())
        words = self.report(run).words
        certificate, rows = summary["certificate"], summary["subproblems"]
        for figure in (f"{100 * certificate['upper_bound']:.3g} %", f"{100 * certificate['wrong_fraction']:.3g} %", "95 %",
                       f"{rows['accepted']:,}", f"{rows['audited_wrong']:,}", f"{summary['speed']['net_speedup']:.2f}", "12 s",
                       "abc1234", "Drift alarms: 1", "24 × 16", "off by more than the tolerance of 0.001; 5 % were allowed."):
            self.assertIn(figure, words)
        for heading in ("Fields", "Who answered", "Error against tolerance", "Ledger", "Learning", "Observables", "Provenance"):
            self.assertIn(heading, words)

    def test_says_when_the_certificate_ends_above_what_was_allowed(self) -> None:
        run = self.whole_run("run", switching_wrong_fraction="0.01")
        self.assertIn("1 % were allowed, so the run missed its aim.", self.report(run).words)

    def test_has_a_slider_with_a_label_and_shows_three_snapshots_without_scripts(self) -> None:
        run = self.directory("run")
        for step in range(0, 120, 10):
            write_snapshot(run, step, CELLS[2])
        page = self.report(run)
        slider, = page.all("input")
        self.assertEqual((slider["type"], slider["min"], slider["max"]), ("range", "0", "8"))
        self.assertIn(slider["id"], [label["for"] for label in page.all("label")])
        frames = [attributes for _, attributes in page.elements if attributes.get("class") == "frame"]
        self.assertEqual([index for index, frame in enumerate(frames) if "hidden" not in frame], [0, 4, 8])
        self.assertIn("hidden", next(each for _, each in page.elements if each.get("class") == "controls"))

    def test_shows_lines_in_one_dimension_and_says_which_slice_it_shows_in_three(self) -> None:
        for dimensions, words in ((1, "The vertical axes have the same range"), (3, "the middle slice, z = 3.33 mm.")):
            with self.subTest(dimensions=dimensions):
                run = self.directory(f"run_{dimensions}")
                write_snapshot(run, 50, CELLS[dimensions])
                self.assertIn(words, self.report(run).words)

    def test_describes_what_a_run_that_stopped_early_has_written(self) -> None:
        run = self.whole_run("run")
        (run / "summary.json").unlink()
        (run / "fields_000060.h5").write_bytes(b"cut short")
        with (run / "history.csv").open("a") as history:
            history.write("61,15")
        words = self.report(run).words
        self.assertIn("The run has no summary", words)
        self.assertIn("1 snapshot cannot be read", words)
        self.assertIn("the certificate is written then", words)

    def test_of_pure_physics_says_that_there_is_nothing_to_certify(self) -> None:
        run = self.whole_run("run", switching_policy="never")
        words = self.report(run).words
        self.assertIn("nothing to certify", words)
        self.assertNotIn("Net speed-up (estimated)", words)

    def test_does_with_one_step_and_without_snapshots(self) -> None:
        run = self.directory("run")
        write_history(run, 1)
        write_summary(run, 1.0)
        self.assertIn("This run has no snapshots", self.report(run).words)

    def test_escapes_what_a_run_calls_itself(self) -> None:
        run = self.whole_run("run")
        summary = json.loads((run / "summary.json").read_text())
        (run / "summary.json").write_text(json.dumps(summary | {"case": "<b>a & b</b>"}))
        page = self.report(run)
        self.assertEqual(page.all("b"), [])
        self.assertIn("<b>a & b</b>", page.words)


class OfSeveralRuns(ReportTest):
    def test_compares_with_the_run_by_physics(self) -> None:
        run = self.whole_run("hybrid", 12.0, shift=2.0)
        pure = self.whole_run("pure", 30.0, switching_policy="never")
        words = self.report(run, pure).words
        for expected in ("The reference is pure", "2.50", "hybrid: all"):
            self.assertIn(expected, words)

    def test_says_why_fields_cannot_be_compared(self) -> None:
        a, b = self.whole_run("a"), self.directory("b")
        write_history(b, 5)
        self.assertIn("The fields of b cannot be compared: ", self.report(a, b).words)


class Refusals(ReportTest):
    def test_refuses_in_one_sentence(self) -> None:
        for directory, words in ((self.folder / "missing", "no directory"), (self.directory("empty"), "output directory of a run")):
            for script in ("report.py", "animate.py"):
                result = call(script, directory)
                self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)
                self.assertIn(words, result.stderr)


class Film(ReportTest):
    def test_writes_a_film_of_all_snapshots(self) -> None:
        run = self.directory("run")
        for step in (0, 50, 100):
            write_snapshot(run, step, CELLS[1])
        film = run / "film.gif"
        result = call("animate.py", run, "-o", film)
        self.assertEqual((result.returncode, result.stderr, result.stdout.strip()), (0, "", str(film)))
        self.assertEqual(film.read_bytes()[:6], b"GIF89a")

    def test_says_in_a_sentence_that_an_mp4_needs_ffmpeg(self) -> None:
        run = self.directory("run")
        write_snapshot(run, 0, CELLS[1])
        result = call("animate.py", run, "-o", run / "film.mp4", path="/nowhere")
        self.assertEqual(result.returncode, 2)
        self.assertIn("MP4 needs ffmpeg", result.stderr)


if __name__ == "__main__":
    unittest.main()
