"""report.py writes one page that tells what a run wrote, needs no network, and can be read without seeing its pictures."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

from synthetic_run import (SCRIPTS, call, write_config, write_history, write_log, write_observables, write_snapshot,
                           write_summary)

sys.path.insert(0, str(SCRIPTS))

from reporting import certificate, fields, ledger  # noqa: E402  (the path comes first)
from reporting.overview import report_of  # noqa: E402
from reporting.pictures import use_page_style  # noqa: E402
from reporting.record import read  # noqa: E402

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

    def small_run(self, name: str, **options: str) -> Path:
        """Without snapshots and observables, which take most of the time."""
        path = self.directory(name)
        write_history(path, 1)
        write_summary(path, 1.0)
        write_config(path, **options)
        return path

    def report(self, *directories: Path) -> Page:
        use_page_style()
        return self.checked(report_of([read(directory) for directory in directories]))

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
        result = call("report.py", run)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.strip(), str(run / "report.html"))
        words = self.checked((run / "report.html").read_text(encoding="utf-8")).words
        certified, rows = summary["certificate"], summary["subproblems"]
        for figure in (f"{100 * certified['upper_bound']:.3g} %", f"{100 * certified['wrong_fraction']:.3g} %", "95 %",
                       f"{rows['accepted']:,}", f"{rows['audited_wrong']:,}", f"{summary['speed']['net_speedup']:.2f}", "12 s",
                       "abc1234", "Drift alarms: 1", "24 × 16", "off by more than the tolerance of 0.001; 5 % were allowed."):
            self.assertIn(figure, words)
        self.assertIn("processor: A Processor; BLAS: …/libopenblas.so", words)
        for heading in ("Fields", "Who answered", "Error against tolerance", "Ledger", "Learning", "Observables", "Provenance"):
            self.assertIn(heading, words)

    def test_says_when_the_certificate_ends_above_what_was_allowed(self) -> None:
        run = read(self.small_run("run", switching_wrong_fraction="0.01"))
        self.assertIn("1 % were allowed, so the run missed its aim.", certificate.sentence(run))

    def test_reckons_from_when_on_the_run_is_ahead(self) -> None:
        """Two steps of learning, 3 s each, then 1 s a step, whose accepted answers save 2 s a step."""
        run = self.directory("run")
        lines = ["step,wall_s,accepted,rejected,physics_s,inference_s,training_s,audit_s"]
        lines += [f"{step},{wall},{accepted},10,1,0,{training},0" for step, wall, accepted, training in
                  ((1, 3, 0, 2), (2, 6, 0, 2), (3, 7, 100, 0), (4, 8, 100, 0), (5, 9, 100, 0), (6, 10, 100, 0))]
        (run / "history.csv").write_text("\n".join(lines) + "\n")
        (run / "summary.json").write_text(json.dumps({"speed": {"net_speedup": 1.4}}))  # 14 s by physics: 6 plus 4 times 2
        found = ledger.account(read(run))
        self.assertEqual(found.alone.tolist(), [1, 2, 5, 8, 11, 14])
        self.assertEqual(found.step[found.paid_from()], 4)

    def test_has_a_slider_with_a_label_and_shows_three_snapshots_without_scripts(self) -> None:
        run = self.directory("run")
        for step in range(0, 50, 10):
            write_snapshot(run, step, CELLS[1])
        page = self.report(run)
        slider, = page.all("input")
        self.assertEqual((slider["type"], slider["min"], slider["max"]), ("range", "0", "4"))
        self.assertIn(slider["id"], [label["for"] for label in page.all("label")])
        frames = [attributes for _, attributes in page.elements if attributes.get("class") == "frame"]
        self.assertEqual([index for index, frame in enumerate(frames) if "hidden" not in frame], [0, 2, 4])
        self.assertIn("hidden", next(each for _, each in page.elements if each.get("class") == "controls"))

    def test_shows_nine_of_many_snapshots(self) -> None:
        self.assertEqual(fields.chosen(list(range(101))), [0, 12, 25, 38, 50, 62, 75, 88, 100])

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
        words = self.report(self.small_run("run", switching_policy="never")).words
        self.assertIn("nothing to certify", words)
        self.assertNotIn("Net speed-up (estimated)", words)

    def test_does_with_one_step_and_without_snapshots_and_escapes_what_a_run_calls_itself(self) -> None:
        run = self.small_run("run")
        summary = json.loads((run / "summary.json").read_text())
        (run / "summary.json").write_text(json.dumps(summary | {"case": "<b>a & b</b>"}))
        page = self.report(run)
        self.assertEqual(page.all("b"), [])
        self.assertIn("<b>a & b</b>", page.words)
        self.assertIn("This run has no snapshots", page.words)


class OfSeveralRuns(ReportTest):
    def test_compares_with_the_run_by_physics(self) -> None:
        run = self.whole_run("hybrid", 12.0, shift=2.0)
        pure = self.whole_run("pure", 30.0, switching_policy="never")
        words = self.report(run, pure).words
        for expected in ("The reference is pure", "2.50", "hybrid: all"):
            self.assertIn(expected, words)

    def test_says_why_fields_cannot_be_compared(self) -> None:
        a, b = self.small_run("a"), self.small_run("b")
        for run, cells in ((a, CELLS[1]), (b, (5, 1, 1))):
            write_snapshot(run, 0, cells)
        self.assertIn("The fields of b cannot be compared: ", self.report(a, b).words)


class Refusals(ReportTest):
    def test_refuses_in_one_sentence(self) -> None:
        for directory, words in ((self.folder / "missing", "no directory"),
                                 (self.directory("empty"), "output directory of a run")):
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
