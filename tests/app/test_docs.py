"""The documentation leads where it says, and names keys, commands and files that there are."""

import re
import subprocess
import unittest
from pathlib import Path

from program import ENVIRONMENT, PROGRAM, ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "models/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXT = {page: page.read_text(encoding="utf-8") for page in PAGES}
CODE = re.compile(r"```.*?```", re.DOTALL)
SETTING = re.compile(r"\b([a-z_]+(?:\.[a-z_]+)+)=")


def anchors(page):
    """The fragments that a page's headings can be reached by."""
    found = set()
    for heading in re.findall(r"^#+ (.*)$", CODE.sub("", TEXT[page]), re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower())
        found.add(words.strip().replace(" ", "-"))
    return found


def links(page):
    """Pairs of a page's relative links: the path it leads to, and the fragment."""
    for target in re.findall(r"\]\(([^)\s]+)\)", CODE.sub("", TEXT[page])):
        if not re.match(r"[a-z]+:", target):
            path, _, fragment = target.partition("#")
            yield (page.parent / path).resolve() if path else page, fragment


def said(*arguments):
    result = subprocess.run([PROGRAM, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=120,
                            check=False)
    return result.stdout


class Docs(unittest.TestCase):
    def test_every_link_leads_somewhere(self):
        for page in PAGES:
            for path, fragment in links(page):
                self.assertTrue(path.exists(), f"{page.name}: {path}")
                if fragment and path in TEXT:
                    self.assertTrue(fragment in anchors(path), f"{page.name}: no heading {path.name}#{fragment}")

    def test_every_page_can_be_reached_from_the_first(self):
        reached, waiting = set(), [ROOT / "docs/index.md"]
        while waiting:
            page = waiting.pop()
            if page in TEXT and page not in reached:
                reached.add(page)
                waiting += [path for path, _ in links(page)]
        self.assertEqual([page.name for page in PAGES if page.parent == ROOT / "docs" and page not in reached], [])

    def test_keys_and_commands_exist(self):
        keys = {part.strip() for line in re.findall(r"^(\S.*)$", said("keys"), re.MULTILINE)
                for part in [re.sub(r" \[.*", "", line)]}
        sections = {key.split(".")[0] for key in keys}
        commands = set(re.findall(r"^  ([a-z]+) ", said("--help").split("Subcommands:")[1], re.MULTILINE))
        self.assertIn("watch", commands)
        for page, text in TEXT.items():
            for key in SETTING.findall(text):
                # x_lower, x_upper, … are one key; below a mapping of free names there is anything.
                if key.split(".")[0] in sections and not re.search(r"\.[xyz]_(lower|upper)\b|\.[xyz]$|scales\.", key):
                    self.assertTrue(key in keys, f"{page.name}: no key {key}")
            for code in re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL):
                for command in re.findall(r"(?:^|[\s`/])bimetal ([a-z]+)\b", code):
                    self.assertTrue(command in commands, f"{page.name}: no command {command}")

    def test_scripts_and_inputs_exist(self):
        for page, text in TEXT.items():
            for path in re.findall(r"(?<![\w./])((?:inputs|scripts|slurm|postprocess|models)/[\w/]+\.(?:yaml|sh|sbatch|py))\b",
                                   text):
                self.assertTrue((ROOT / path).exists(), f"{page.name}: {path}")


if __name__ == "__main__":
    unittest.main()
