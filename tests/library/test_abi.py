"""The public headers do not change without their version, and the library exports what they declare and nothing else.

`test_abi.py --accept` writes src/library/abi.txt anew, unless a version has to be counted up first. The environment
variable BIMETAL_LIBRARY_FILE names the shared library; without it only the headers are looked at.
"""

import os
import re
import sys
import tempfile
import unittest
from pathlib import Path

from declarations import Unreadable, read_declarations
from exports import list_faults, read_exports
from manifest import find_fault, list_changes, read_interfaces, read_manifest, write_manifest

LIBRARY = Path(__file__).resolve().parents[2] / "src/library"
MANIFEST = LIBRARY / "abi.txt"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
HEADERS = {path.name: path.read_text(encoding="utf-8") for path in sorted((LIBRARY / "include/bimetal").glob("*.h*"))}


def accept(headers, manifest):
    """Writes the manifest. Gives the reason why not, if there is one."""
    interfaces = read_interfaces(headers)
    if manifest.exists():
        known = read_manifest(manifest.read_text(encoding="utf-8"))
        for language in interfaces:
            if fault := find_fault(language, known[language], interfaces[language]):
                return fault
    manifest.write_text(write_manifest(interfaces), encoding="utf-8")
    return None


def mutated(name, old, new):
    """The headers, without comments and empty lines, and with one place of one of them changed."""
    without_comments = {name: re.sub(r" +", " ", COMMENT.sub("", text)) for name, text in HEADERS.items()}
    bare = {name: re.sub(r"\s*\n\s*", "\n", text) for name, text in without_comments.items()}
    assert bare[name].count(old) == 1, f"{name} does not have {old!r} once"
    return {**bare, name: bare[name].replace(old, new)}


def faults_of(headers):
    """What the test finds if these became the headers of today's version."""
    known, interfaces = read_interfaces(HEADERS), read_interfaces(headers)
    return [fault for language in known if (fault := find_fault(language, known[language], interfaces[language]))]


class PublicHeaders(unittest.TestCase):
    def test_have_the_declarations_that_the_manifest_knows_of_their_version(self):
        known, interfaces = read_manifest(MANIFEST.read_text(encoding="utf-8")), read_interfaces(HEADERS)
        for language, interface in interfaces.items():
            self.assertIsNone(find_fault(language, known[language], interface))
            self.assertEqual((interface[0], list_changes(known[language], interface)), (known[language][0], []),
                             "src/library/abi.txt is not up to date: tests/library/test_abi.py --accept writes it")

    def test_what_a_manifest_says_is_read_as_it_was_written(self):
        interfaces = read_interfaces(HEADERS)
        self.assertEqual(read_manifest(write_manifest(interfaces)), interfaces)

    def test_every_function_of_the_c_header_is_marked_for_export(self):
        functions = [d for d in read_declarations(HEADERS["bimetal.h"]) if d.kind == "function"]
        self.assertGreater(len(functions), 20)
        self.assertEqual([d.name for d in functions if not d.exported or not d.name.startswith("bimetal_")], [])


class Changes(unittest.TestCase):
    """Each of these breaks programs that are not compiled again, and is found."""

    BREAKING = {
        "type of an argument": ("bimetal.h", "bimetal_start_fortran(bimetal_hybrid* hybrid, int32_t communicator)",
                                "bimetal_start_fortran(bimetal_hybrid* hybrid, int64_t communicator)"),
        "argument of a callback": ("bimetal.h", "(void* context, const double* in, double* out);",
                                   "(void* context, double* out, const double* in);"),
        "value of an enum": ("bimetal.h", "BIMETAL_PHYSICS_FAILED = 3", "BIMETAL_PHYSICS_FAILED = 4"),
        "function that is gone": ("bimetal.h", "BIMETAL_API int bimetal_last_physics_code(void);", ""),
        "function of another name": ("bimetal.h", "bimetal_print_summary(", "bimetal_print("),
        "result": ("bimetal.h", "BIMETAL_API void bimetal_destroy", "BIMETAL_API bimetal_status bimetal_destroy"),
        "visibility": ("export.h", 'visibility("default")', 'visibility("hidden")'),
        "order of members": ("hybrid.hpp", "std::string kind;\nstd::vector<Input> inputs;",
                             "std::vector<Input> inputs;\nstd::string kind;"),
        "member more": ("hybrid.hpp", "std::int64_t rows_per_call = 1;",
                        "std::int64_t rows_per_call = 1; int more = 0;"),
        "default of a member": ("hybrid.hpp", "std::int64_t rows_per_call = 1;", "std::int64_t rows_per_call = 0;"),
        "default of an argument": ("hybrid.hpp", "const std::string& options_file = {});",
                                   'const std::string& options_file = "bimetal.yaml");'),
        "order of enumerators": ("hybrid.hpp", "plain,\ntemperature,", "temperature,\nplain,"),
        "type below an enum": ("hybrid.hpp", "enum class Iteration : std::uint8_t", "enum class Iteration : int"),
        "private member": ("hybrid.hpp", "std::unique_ptr<Impl> impl_;", "Impl* impl_;"),
        "alias": ("hybrid.hpp", "using Options = std::map<std::string, std::string>;",
                  "using Options = std::multimap<std::string, std::string>;"),
        "const": ("hybrid.hpp", "std::string report();", "std::string report() const;"),
        "function more in C++": ("hybrid.hpp", "using Options =", "BIMETAL_API void forget();\nusing Options ="),
    }
    HARMLESS = {
        "layout": ("bimetal.h", "BIMETAL_API int bimetal_abi_version(void);",
                   "BIMETAL_API int\n    bimetal_abi_version( void );"),
        "name of a parameter": ("bimetal.h", "bimetal_set_fingerprint(bimetal_hybrid* hybrid, const char* text)",
                                "bimetal_set_fingerprint(bimetal_hybrid* handle, const char* all)"),
    }

    def test_that_break_callers_are_found(self):
        for what, change in self.BREAKING.items():
            with self.subTest(what):
                self.assertEqual(len(faults_of(mutated(*change))), 1)

    def test_of_comments_are_not(self):
        for other in ("", "/* bimetal_status bimetal_more(void); */", "// }\n"):
            changed = {name: COMMENT.sub(other, text) for name, text in HEADERS.items()}
            self.assertNotEqual(changed, HEADERS)
            self.assertEqual(read_interfaces(changed), read_interfaces(HEADERS))

    def test_of_what_no_caller_is_compiled_against_are_not(self):
        for what, change in self.HARMLESS.items():
            with self.subTest(what):
                changed = mutated(*change)
                self.assertEqual(read_interfaces(changed), read_interfaces(HEADERS))

    def test_a_function_more_in_c_needs_no_new_version_but_is_to_be_accepted(self):
        more = mutated("bimetal.h", "BIMETAL_API const char* bimetal_version(void);",
                       "BIMETAL_API const char* bimetal_version(void);\nBIMETAL_API int bimetal_more(void);")
        self.assertEqual(faults_of(more), [])
        self.assertEqual(list_changes(read_interfaces(HEADERS)["C"], read_interfaces(more)["C"]),
                         ["function bimetal_more is new"])

    def test_that_depend_on_a_macro_are_refused(self):
        with self.assertRaises(Unreadable):
            read_interfaces(mutated("bimetal.h", "typedef struct bimetal_hybrid", "#if IT\ntypedef struct bimetal_hybrid"))


class Acceptance(unittest.TestCase):
    def test_is_refused_until_the_version_has_been_counted_up(self):
        changed = mutated(*Changes.BREAKING["value of an enum"])
        with tempfile.TemporaryDirectory() as place:
            manifest = Path(place) / "abi.txt"
            self.assertIsNone(accept(HEADERS, manifest))
            before = manifest.read_text(encoding="utf-8")
            self.assertIn("enum bimetal_status has changed", accept(changed, manifest))
            self.assertEqual(manifest.read_text(encoding="utf-8"), before)
            version = read_interfaces(HEADERS)["C"][0]
            macro = "#define BIMETAL_ABI_VERSION "
            changed["bimetal.h"] = changed["bimetal.h"].replace(f"{macro}{version}", f"{macro}{version + 1}")
            self.assertIsNone(accept(changed, manifest))
            self.assertEqual(read_manifest(manifest.read_text(encoding="utf-8")), read_interfaces(changed))
            self.assertIn("has been", accept(HEADERS, manifest))


class Library(unittest.TestCase):
    DECLARATIONS = [d for name in ("bimetal.h", "hybrid.hpp") for d in read_declarations(HEADERS[name])]
    # As nm and c++filt write them.
    EXPORTS = ([d.name for d in DECLARATIONS if d.kind == "function" and d.name.startswith("bimetal_")]
               + [f"bimetal::{d.name}::{member}()" for d in DECLARATIONS if d.exported for member in d.members]
               + ["bimetal::by_row(std::function<void (std::span<double const, 18446744073709551615ul>)>)", "_init",
                  "typeinfo for bimetal::BadInput", "typeinfo name for bimetal::BadInput",
                  "vtable for bimetal::Failure",
                  "bimetal::PhysicsFailure::PhysicsFailure(std::__cxx11::basic_string<char> const&, int, long, int)"])

    def test_that_exports_what_is_declared_is_faultless(self):
        self.assertEqual(list_faults(self.EXPORTS, self.DECLARATIONS), [])

    def test_that_lacks_a_function_is_found(self):
        for missing in ("bimetal_solve", "bimetal::Hybrid::save_model()"):
            less = [name for name in self.EXPORTS if name != missing]
            self.assertEqual(len(list_faults(less, self.DECLARATIONS)), 1, missing)

    def test_that_shows_what_it_is_made_of_is_found(self):
        for surplus in ("bimetal_internal", "bimetal::hybrid::HybridSolver::solve(int)", "bimetal::Hybrid::Impl::ask()",
                        "bimetal::Hybrid::hidden()", "typeinfo for bimetal::core::UserError",
                        "bimetal::by_row(int)::{lambda(int)#1}::operator()(int) const", "fmt::v9::vformat(int)",
                        "std::vector<bimetal::Hybrid>::push_back(bimetal::Hybrid&&)", "spdlog::info()",
                        "std::__cxx11::basic_string<char>::~basic_string()", "YAML::Load(int)", "torch::jit::load()"):
            self.assertEqual(list_faults([*self.EXPORTS, surplus], self.DECLARATIONS),
                             [f"{surplus} is exported and not declared"])

    @unittest.skipUnless("BIMETAL_LIBRARY_FILE" in os.environ, "BIMETAL_LIBRARY_FILE does not name a library")
    def test_that_was_built_exports_what_is_declared_and_nothing_else(self):
        faults = list_faults(read_exports(Path(os.environ["BIMETAL_LIBRARY_FILE"])), self.DECLARATIONS)
        self.assertFalse(faults, "\n".join(faults))


if __name__ == "__main__":
    if sys.argv[1:] == ["--accept"]:
        sys.exit(accept(HEADERS, MANIFEST))
    unittest.main()
