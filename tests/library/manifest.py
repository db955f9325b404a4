"""src/library/abi.txt: the declarations of the public headers with the version of the interface that they belong to."""

from __future__ import annotations

import re
from pathlib import Path

from declarations import Declaration, Unreadable, read_declarations, read_version

LANGUAGES = {".h": "C", ".hpp": "C++"}  # each has a version of its own
VERSION_IS_IN = {"C": "BIMETAL_ABI_VERSION in bimetal.h", "C++": "interface_version in hybrid.hpp"}
INTRODUCTION = """\
# What the public headers declare. tests/library/test_abi.py compares them with this file, and writes it with --accept.
"""
Interface = tuple[int, dict[str, str]]  # version, and declarations by kind and name


def read_interfaces(headers: dict[str, str]) -> dict[str, Interface]:
    """By language. headers: their texts by file name."""
    interfaces = {}
    for suffix, language in LANGUAGES.items():
        texts = [text for name, text in sorted(headers.items()) if Path(name).suffix == suffix]
        versions = [version for version in map(read_version, texts) if version is not None]
        if len(versions) != 1:
            raise Unreadable(f"{VERSION_IS_IN[language]} must be stated once, not {len(versions)} times")
        interfaces[language] = (versions[0], by_name([d for text in texts for d in read_declarations(text)]))
    return interfaces


def by_name(declarations: list[Declaration]) -> dict[str, str]:
    """Overloads of a name go together."""
    named: dict[str, list[str]] = {}
    for declaration in declarations:
        named.setdefault(f"{declaration.kind} {declaration.name}", []).append(declaration.text)
    return {name: "\n".join(texts) for name, texts in named.items()}


def write_manifest(interfaces: dict[str, Interface]) -> str:
    sections = [INTRODUCTION]
    for language, (version, declarations) in interfaces.items():
        sections.append(f"interface {language}, version {version}\n")
        sections += [f"[{name}]\n{text}\n" for name, text in declarations.items()]
    return "\n".join(sections)


def read_manifest(text: str) -> dict[str, Interface]:
    interfaces: dict[str, Interface] = {}
    for section in text.removeprefix(INTRODUCTION).strip().split("\n\n"):
        if match := re.fullmatch(r"interface (\S+), version (\d+)", section):
            declarations: dict[str, str] = {}
            interfaces[match[1]] = (int(match[2]), declarations)
        else:
            name, declaration = section.split("]\n", 1)
            declarations[name.removeprefix("[")] = declaration
    return interfaces


def list_changes(old: Interface, new: Interface) -> list[str]:
    """One phrase for each declaration that is not the same."""
    was, now = old[1], new[1]
    return ([f"{name} is gone" for name in was if name not in now]
            + [f"{name} has changed" for name in was if name in now and was[name] != now[name]]
            + [f"{name} is new" for name in now if name not in was])


def find_fault(language: str, old: Interface, new: Interface) -> str | None:
    """Why an interface must not change like this, in a sentence, or nothing. Programs that are not compiled again would
    not notice the change; those in C do not mind another function."""
    changes = [change for change in list_changes(old, new)
               if language != "C" or not (change.startswith("function ") and change.endswith(" is new"))]
    if new[0] < old[0]:
        return f"{VERSION_IS_IN[language]} is {new[0]} and has been {old[0]} before."
    if changes and new[0] == old[0]:
        return (f"The {language} interface has changed and its version has not ({'; '.join(changes)}). "
                f"Count {VERSION_IS_IN[language]} up if this is meant.")
    return None
