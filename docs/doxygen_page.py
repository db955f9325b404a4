#!/usr/bin/env python3
"""Prints a page of docs/ as Doxygen takes it: it knows neither the anchors that headings have on GitHub nor pages that
are not its own, whose links become plain text. Doxygen calls it (Doxyfile, FILTER_PATTERNS)."""

import re
import sys
from pathlib import Path

OWN = ("library", "from-your-solver-to-a-certificate")


def anchor(page, heading):
    """Of a heading, by the rules of GitHub, with the page before it."""
    return f"{page}-{re.sub(r'[^a-z0-9_ -]', '', heading.lower()).replace(' ', '-')}"


def convert_link(page, text, target):
    file, _, part = target.partition("#")
    name = Path(file).stem if file else page
    if "://" in target or (name in OWN and not part):
        return f"[{text}]({target})"
    return f"[{text}](#{anchor(name, part)})" if name in OWN else text


def convert(page, text):
    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)  # every second one is code
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"^(##+) (.+)$", lambda m: f"{m[0]} {{#{anchor(page, m[2])}}}", parts[i], flags=re.MULTILINE)
        parts[i] = re.sub(r"\[([^]]+)\]\(([^)]+)\)", lambda m: convert_link(page, m[1], m[2]), parts[i])
    return "".join(parts)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(convert(path.stem, path.read_text(encoding="utf-8")))
