#!/usr/bin/env python3
"""Writes a report of a bimetal run, or of several to compare, as one HTML file that needs no network."""

from __future__ import annotations

import argparse
from pathlib import Path

import packages  # noqa: F401  (first, as it looks for the others)
from reporting.overview import report_of
from reporting.pictures import use_page_style
from reporting.record import read

from bimetal_run import RunError, guarded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", metavar="RUN_DIR",
                        help="output directories of runs; the first is described, the others are compared with it")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE",
                        help="page to write (default: report.html in the first RUN_DIR)")
    arguments = parser.parse_args()

    use_page_style()
    records = [read(directory) for directory in arguments.runs]
    path = arguments.output or records[0].run.directory / "report.html"
    text = report_of(records)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"The report cannot be written to '{path}': {error}.") from error
    print(path)


if __name__ == "__main__":
    guarded(main)
