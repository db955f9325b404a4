"""What a public header declares, without what no caller is compiled against: comments, layout, names of parameters.

This reads the plain C and C++ that the headers of src/library/include consist of, and refuses what it does not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

COMMENT_OR_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/|//[^\n]*', re.DOTALL)
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\d[\w.]*(?:[eE][+-]\d+)?|\w+|::|&&|\[\[|\]\]|\S')
VERSION = re.compile(r"#define BIMETAL_ABI_VERSION (\d+)|inline constexpr int interface_version=(\d+);")
GUARD = re.compile(r"#ifndef (\w+)\n#define \1\n")
TYPE_WORDS = set("const volatile unsigned signed void bool char short int long float double".split())
COMPOUNDS = ("class", "struct", "union", "enum")


class Unreadable(Exception):
    """The header has a construct that this reader does not know."""


@dataclass(frozen=True)
class Declaration:
    kind: str  # "function", "class" (also struct and union), "enum", "alias" or "constant"
    name: str
    text: str  # in the form in which declarations are compared
    exported: bool = False  # it is marked BIMETAL_API
    members: tuple[str, ...] = ()  # of a class: the functions that are declared here and defined in the library


def read_declarations(header: str) -> list[Declaration]:
    """Everything that the header declares, in its order, but for the version of the interface."""
    return [declaration for declaration in read_all(header) if not VERSION.fullmatch(declaration.text)]


def read_version(header: str) -> int | None:
    """The version of the interface, if the header states it."""
    for declaration in read_all(header):
        if match := VERSION.fullmatch(declaration.text):
            return int(match[1] or match[2])
    return None


def read_all(header: str) -> list[Declaration]:
    code = COMMENT_OR_TEXT.sub(lambda match: match[0] if match[0].startswith('"') else " ", header)
    macros, code = split_directives(code)
    return macros + [describe(piece) for piece in split(TOKEN.findall(code))]


def split_directives(code: str) -> tuple[list[Declaration], str]:
    """The constants that are macros, and the code without its directives."""
    lines = [" ".join(line.split()) for line in code.replace("\\\n", " ").split("\n")]
    text = GUARD.sub("", "\n".join(line for line in lines if line) + "\n", count=1)
    macros, rest = [], []
    for line in text.split("\n"):
        if not line.startswith("#"):
            rest.append(line)
        elif match := re.match(r"#define (\w+)", line):
            macros.append(Declaration("constant", match[1], line))
        elif line not in ("#endif", "#ifdef __cplusplus", "#pragma once") and not line.startswith("#include "):
            raise Unreadable(f"the directive {line!r}: what depends on it cannot be compared")
    return macros, "\n".join(rest)


def split(tokens: list[str]) -> list[list[str]]:
    """The declarations of a header, or the members of a class, each as a list of tokens. Namespaces are opened."""
    pieces: list[list[str]] = []
    piece: list[str] = []
    depth = 0
    for i, token in enumerate(tokens):
        opens_scope = token == "{" and (piece[:1] == ["namespace"] or piece == ["extern", '"C"'])
        if depth == 0 and (opens_scope or (token == "}" and not piece)):
            piece = []
            continue
        piece.append(token)
        depth += (token in "({[") - (token in ")}]")
        is_access = token == ":" and piece[:-1] in (["public"], ["private"], ["protected"])
        ends_body = token == "}" and is_function(piece) and tokens[i + 1:i + 2] not in ([";"], [","], ["{"])
        if depth == 0 and (token == ";" or is_access or ends_body):
            pieces.append(piece)
            piece = []
    if piece:
        raise Unreadable(f"there is no end of {write(piece)!r}")
    return pieces


def head(piece: list[str]) -> list[str]:
    """What comes before a body or a value."""
    ends = (i for i, token in enumerate(piece) if token in ("{", "=") and piece[i - 1] != "operator")
    return piece[:next(ends, len(piece))]


def parameters_at(piece: list[str]) -> int | None:
    """Where the parameters of a function begin; a bracket inside of a type, as in function<void()>, is none of them."""
    angles = 0
    for i, token in enumerate(head(piece)):
        angles += (token == "<") - (token == ">")
        if token == "(" and angles == 0:
            return i
    return None


def is_function(piece: list[str]) -> bool:
    first = next((token for token in piece if token != "BIMETAL_API"), "")
    return first not in ("typedef", "using", "friend", *COMPOUNDS) and parameters_at(piece) is not None


def describe(piece: list[str]) -> Declaration:
    exported = "BIMETAL_API" in head(piece)
    words = [token for token in piece if token not in ("typedef", "BIMETAL_API")]
    if is_function(piece):
        return Declaration("function", function_name(piece), write(without_names(piece)), exported)
    if words[0] == "using":
        return Declaration("alias", words[1], write(piece))
    if words[0] in COMPOUNDS:
        kind = "enum" if words[0] == "enum" else "class"
        name = next(word for word in words[1:] if word not in COMPOUNDS)
        if "{" not in piece:
            return Declaration(kind, name, write(piece), exported)
        text, members = write_body(kind, piece)
        return Declaration(kind, name, text, exported, members)
    if piece[0] == "typedef" and "(" in piece:  # typedef int (*name)(...)
        return Declaration("alias", piece[piece.index("(") + 2], write(without_names(piece)))
    if "=" in piece:
        return Declaration("constant", piece[piece.index("=") - 1], write(piece))
    raise Unreadable(f"what {write(piece)!r} declares")


def write_body(kind: str, piece: list[str]) -> tuple[str, tuple[str, ...]]:
    """A class or an enum with one member a line, and the functions that the library must have."""
    begin, end = piece.index("{"), len(piece) - piece[::-1].index("}") - 1
    if kind == "enum":
        lines, functions = [write(value) + "," for value in split_at_commas(piece[begin + 1:end]) if value], []
    else:
        members = split(piece[begin + 1:end])
        functions = [member for member in members if is_function(member) and "{" not in head_and_body(member)
                     and member[-3:-1] not in (["=", "default"], ["=", "delete"])]
        lines = [write(without_names(member) if member in functions else member) for member in members]
    text = "\n  ".join([write(piece[:begin]) + " {", *lines]) + "\n}" + write(piece[end + 1:])
    return text, tuple(function_name(function) for function in functions)


def head_and_body(member: list[str]) -> list[str]:
    """A member function without its parameters, whose defaults may have braces."""
    opening = parameters_at(member) or 0
    return member[:opening] + member[closing_of(member, opening):]


def function_name(piece: list[str]) -> str:
    before = piece[:parameters_at(piece)]
    if "operator" in before:
        return "".join(before[before.index("operator"):])
    return ("~" if before[-2:-1] == ["~"] else "") + before[-1]


def without_names(piece: list[str]) -> list[str]:
    """A function, or a type of pointers to functions, without the names of its parameters."""
    opening = piece.index("(", piece.index("(") + 1) if piece[0] == "typedef" else parameters_at(piece) or 0
    closing = closing_of(piece, opening)
    inside: list[str] = []
    for parameter in split_at_commas(piece[opening + 1:closing]):
        inside += ([","] if inside else []) + without_name(parameter)
    return piece[:opening + 1] + inside + piece[closing:]


def without_name(parameter: list[str]) -> list[str]:
    default = parameter.index("=") if "=" in parameter else len(parameter)
    before = parameter[:default]
    has_name = (len(before) > 1 and re.fullmatch(r"[A-Za-z_]\w*", before[-1]) and before[-1] not in TYPE_WORDS
                and before[-2] not in ("::", "const", *COMPOUNDS))
    return (before[:-1] if has_name else before) + parameter[default:]


def closing_of(tokens: list[str], opening: int) -> int:
    depth = 0
    for i in range(opening, len(tokens)):
        depth += (tokens[i] == "(") - (tokens[i] == ")")
        if depth == 0:
            return i
    raise Unreadable(f"a bracket is not closed in {write(tokens)!r}")


def split_at_commas(tokens: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in "({[<") - (token in ")}]>")
        if token == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def write(tokens: list[str]) -> str:
    """The tokens as text, with a space only where it helps."""
    text = ""
    for token in tokens:
        space = re.match(r"\w", token) and re.search(r"[\w>&,)}]$|[^(]\*$", text)
        text += (" " if space else "") + token
    return text
