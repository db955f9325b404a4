"""Doxygen makes the reference of the public headers without a warning, and it has no gaps. Exit code 77: no Doxygen."""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADERS = ROOT / "src/library/include/bimetal"
SAID_ONCE = {"hybrid"}  # the handle: bimetal.h says at its beginning what it is
MADE_INSIDE = "The library makes these."  # a constructor that no caller uses


def run_doxygen(place, **settings):
    """Doxygen by docs/Doxyfile and these settings, with all output in `place`."""
    lines = [f"@INCLUDE = {ROOT / 'docs/Doxyfile'}", f"OUTPUT_DIRECTORY = {place}", "GENERATE_XML = YES"]
    lines += [f"{key} = {value}" for key, value in settings.items()]
    return subprocess.run(["doxygen", "-"], input="\n".join(lines), cwd=ROOT, text=True, capture_output=True)


def list_gaps(place):
    """What Doxygen itself says nothing of: parameters that the text of their function does not name ("bimetal_create:
    kind"), and values of enums without a text."""
    gaps = []
    for file in (Path(place) / "xml").glob("*.xml"):
        for member in ElementTree.parse(file).iter("memberdef"):
            text = text_of(member)
            gaps += [f"{member.findtext('name')}: {name}" for name in parameters_of(member)
                     if name not in SAID_ONCE and not re.search(rf"\b{name}\b", text)]
            gaps += [f"{value.findtext('name')} has no text" for value in member.iter("enumvalue")
                     if not text_of(value)]
    return sorted(gaps)


def text_of(member):
    found = [member.find(part) for part in ("briefdescription", "detaileddescription")]
    return " ".join(" ".join(part.itertext()) for part in found if part is not None).strip()


def parameters_of(member):
    """By name; those of a type of callbacks are in one text."""
    if member.get("kind") == "function":
        return [] if text_of(member) == MADE_INSIDE else [name.text for name in member.findall("param/declname")]
    arguments = member.findtext("argsstring") or ""
    if member.get("kind") == "typedef" and arguments.startswith(")("):
        return [re.findall(r"\w+", argument)[-1] for argument in arguments.strip("()").split(",")]
    return []


class Reference(unittest.TestCase):
    def warnings_of(self, name, old, new):
        """What is said of the headers if one place of one of them is changed."""
        with tempfile.TemporaryDirectory() as place:
            for file in HEADERS.glob("*.h*"):
                text = file.read_text(encoding="utf-8")
                if file.name == name:
                    self.assertEqual(text.count(old), 1, f"{name} does not have {old!r} once")
                    text = text.replace(old, new)
                (Path(place) / file.name).write_text(text, encoding="utf-8")
            result = run_doxygen(f"{place}/out", INPUT=place, EXCLUDE=f"{place}/export.h", USE_MDFILE_AS_MAINPAGE="",
                                 STRIP_FROM_INC_PATH=place)
            return result.stderr + "\n".join(list_gaps(f"{place}/out"))

    def test_is_made_without_a_warning_and_has_no_gap(self):
        with tempfile.TemporaryDirectory() as place:
            result = run_doxygen(place)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertEqual(list_gaps(place), [])
            pages = {path.name for path in (Path(place) / "html").iterdir()}
            self.assertLessEqual({"index.html", "bimetal_8h.html", "classbimetal_1_1Hybrid.html"}, pages)
            self.assertIn("bimetal_solve_iteration", (Path(place) / "html/bimetal_8h.html").read_text(encoding="utf-8"))

    def test_has_no_gap_that_goes_unnoticed(self):
        for what, change in {
            "function": ("bimetal.h", "BIMETAL_API int bimetal_last", "BIMETAL_API int bimetal_more(void);\n"
                         "BIMETAL_API int bimetal_last"),
            "enumerator": ("bimetal.h", "/**< the network */", ""),
            "macro": ("bimetal.h", "/** Counts changes of this header that need a caller to be compiled again. */", ""),
            "member": ("hybrid.hpp", "///< how the surrogate looks at it", ""),
            "name of a parameter": ("bimetal.h", "@param value in the form", "@param worth in the form"),
            "parameter": ("bimetal.h", "int bimetal_abi_version(void)", "int bimetal_abi_version(int surplus)"),
            "parameter of a callback": ("bimetal.h", "double* out, int32_t* failed)", "double* out, int32_t* surplus)"),
        }.items():
            with self.subTest(what):
                self.assertNotEqual(self.warnings_of(*change), "")
        same = "int bimetal_abi_version(void)"
        self.assertEqual(self.warnings_of("bimetal.h", same, same), "")


if __name__ == "__main__":
    if not shutil.which("doxygen"):
        sys.exit(77)
    unittest.main()
