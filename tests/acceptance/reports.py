"""Writes what was found: JSON for programs, JUnit XML for continuous integration, a page for people to sign."""

from __future__ import annotations

import hashlib
import json
import xml.etree.ElementTree as xml
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any

from results import Judgement, Result, Status, as_text


@dataclass(frozen=True)
class Report:
    """Everything about one invocation."""

    command: str
    date: str
    level: str
    machine: dict[str, Any]
    program: dict[str, Any]
    baseline: str
    results: list[Result]

    def count(self, status: Status) -> int:
        return sum(result.status is status for result in self.results)

    def groups(self) -> list[str]:
        return list(dict.fromkeys(result.group for result in self.results))

    def verdict(self) -> str:
        failed, passed, skipped = (self.count(s) for s in (Status.failed, Status.passed, Status.skipped))
        said = f"{passed} passed, {failed} failed, {skipped} skipped"
        return f"{'NOT ACCEPTED' if failed or not passed else 'PASSED'}: {said}"


def plain(value: Any) -> Any:
    """For json: enumerations by name; what is no JSON number as text."""
    if isinstance(value, Status):
        return value.value
    if isinstance(value, float) and value not in (float("inf"), float("-inf")) and value == value:
        return value
    if isinstance(value, (str, int, bool)) or value is None:
        return value
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value)


def write_json(report: Report, path: Path) -> None:
    content = plain(asdict(report)) | {"verdict": report.verdict()}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def printable(text: str) -> str:
    """XML takes no control characters."""
    return "".join(c if c in "\t\n" or c >= " " else "?" for c in text)


def write_junit(report: Report, path: Path) -> None:
    root = xml.Element("testsuites", name="bimetal acceptance", tests=str(len(report.results)),
                       failures=str(report.count(Status.failed)), skipped=str(report.count(Status.skipped)),
                       time=f"{sum(result.seconds for result in report.results):.3f}")
    for group in report.groups():
        results = [result for result in report.results if result.group == group]
        suite = xml.SubElement(
            root, "testsuite", name=group, tests=str(len(results)), errors="0", timestamp=report.date[:19],
            failures=str(sum(r.status is Status.failed for r in results)), hostname=str(report.machine.get("host", "")),
            skipped=str(sum(r.status is Status.skipped for r in results)), time=f"{sum(r.seconds for r in results):.3f}")
        properties = xml.SubElement(suite, "properties")
        for name, value in {**report.program, **report.machine}.items():
            xml.SubElement(properties, "property", name=name, value=printable(as_text(value)))
        for result in results:
            case = xml.SubElement(suite, "testcase", classname=f"acceptance.{group}", name=result.name,
                                  time=f"{result.seconds:.3f}")
            if result.status is Status.failed:
                xml.SubElement(case, "failure", message=printable(result.reason)).text = printable(result.proves)
            if result.status is Status.skipped:
                xml.SubElement(case, "skipped", message=printable(result.reason))
            lines = [f"{each.status.value}: {each.sentence()}" for each in result.judgements]
            lines += [f"not judged: {name} is {as_text(result.figures[name])}" for name in result.shown
                      if name in result.figures]
            xml.SubElement(case, "system-out").text = printable("\n".join(lines))
    xml.indent(root)
    xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1c2126; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem;
border-bottom: 1px solid #d8dee4; } .checks { table-layout: fixed; } .checks td { overflow-wrap: anywhere; } th { font-weight: 600; } td.n { font-variant-numeric: tabular-nums; }
.passed { color: #116329; } .failed { color: #a40e26; font-weight: 600; } .skipped { color: #7d5700; }
.verdict { font-size: 1.25rem; font-weight: 600; padding: .6rem 1rem; border-radius: .4rem; background: #f3f5f7; }
.proves, .source { color: #59636e; font-size: .88rem; } .facts td:first-child { width: 14rem; color: #59636e; }
.sign td { height: 3.2rem; } code { font-size: .85rem; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
"""


CHECKS = ('<table class="checks"><colgroup><col style="width: 5rem"><col><col style="width: 10rem">'
          '<col style="width: 20rem"></colgroup>')


def facts_table(facts: dict[str, Any]) -> str:
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{escape(as_text(value))}</td></tr>" for name, value in facts.items())
    return f'<table class="facts">{rows}</table>'


def judgement_row(each: Judgement) -> str:
    source = f'<div class="source">{escape(each.source)}</div>' if each.source else ""
    return (f'<tr><td class="{each.status.value}">{each.status.value}</td><td>{escape(each.figure)}</td>'
            f'<td class="n">{escape(as_text(each.value))}</td><td>{escape(each.criterion)}{source}</td></tr>')


def shown_row(name: str, value: Any) -> str:
    return (f'<tr><td></td><td>{escape(name)}</td><td class="n">{escape(as_text(value))}</td>'
            f'<td class="source">not judged</td></tr>')


def result_rows(result: Result) -> str:
    reason = f'<div class="{result.status.value}">{escape(result.reason)}</div>' if result.reason else ""
    head = (f'<tr><td class="{result.status.value}">{result.status.value}</td><td colspan="2"><b>{escape(result.name)}</b>'
            f'<div class="proves">{escape(result.proves)}</div>{reason}</td><td>{result.seconds:.1f} s</td></tr>')
    shown = "".join(shown_row(name, result.figures[name]) for name in result.shown if name in result.figures)
    return head + "".join(judgement_row(each) for each in result.judgements) + shown


def write_page(report: Report, path: Path, signed: Path) -> None:
    """signed: the JSON file whose hash goes on the page, so that a signature is for these very results."""
    digest = hashlib.sha256(signed.read_bytes()).hexdigest()
    overview = "".join(
        f"<tr><td>{escape(group)}</td>" + "".join(
            f'<td class="n {s.value if n else ""}">{n}</td>'
            for s in (Status.passed, Status.failed, Status.skipped)
            for n in [sum(r.status is s for r in report.results if r.group == group)]) + "</tr>"
        for group in report.groups())
    details = "".join(
        f"<h2>{escape(group)}</h2>{CHECKS}" + "".join(result_rows(r) for r in report.results if r.group == group)
        + "</table>" for group in report.groups())
    skipped = [r for r in report.results if r.status is Status.skipped]
    not_shown = "".join(f"<li>{escape(r.name)}: {escape(r.reason)}</li>" for r in skipped)
    passed = "passed" if report.verdict().startswith("PASSED") else "failed"
    path.write_text(f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Bimetal acceptance</title><style>{STYLE}</style></head><body>
<h1>Bimetal acceptance</h1>
<p>{escape(report.date)} on {escape(str(report.machine.get("host", "")))}, level {escape(report.level)}</p>
<p class="verdict {passed}">{escape(report.verdict())}</p>
<p><code>{escape(report.command)}</code></p>
<table><tr><th>group</th><th>passed</th><th>failed</th><th>skipped</th></tr>{overview}</table>
{f"<h2>Not shown here</h2><ul>{not_shown}</ul>" if skipped else ""}
<h2>Program</h2>{facts_table(report.program)}
<h2>Machine</h2>{facts_table(report.machine | {"baseline": report.baseline})}
{details}
<h2>Acceptance</h2>
<p>These results are those of <code>{escape(signed.name)}</code>, SHA-256 <code>{digest}</code>.</p>
<table class="sign"><tr><th>for</th><th>name</th><th>date</th><th>signature</th></tr>
<tr><td>the centre</td><td></td><td></td><td></td></tr><tr><td>the users</td><td></td><td></td><td></td></tr></table>
</body></html>
""", encoding="utf-8")
