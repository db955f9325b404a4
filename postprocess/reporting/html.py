"""Small pieces of HTML. Every function returns a string; texts are escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Picture:
    uri: str  # the picture itself, as a data URI
    alt: str  # what somebody who does not see it has to know
    caption: str = ""


@dataclass(frozen=True)
class Section:
    key: str  # its anchor
    title: str
    body: str


def paragraph(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def subtitle(text: str) -> str:
    return f"<h3>{escape(text)}</h3>"


def figure(picture: Picture) -> str:
    caption = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{picture.uri}" alt="{escape(picture.alt, quote=True)}">{caption}</figure>'


def figures(pictures: Iterable[Picture], kind: str = "") -> str:
    """Side by side as far as the screen is wide; "small" ones are three abreast on a wide screen, others two."""
    return f'<div class="{f"figures {kind}".strip()}">{"".join(map(figure, pictures))}</div>'


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "numbers") -> str:
    """The first cell of a row is its header; the others are flush right, or left if they are of the kind "words"."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
                   + "</tr>" for row in rows)
    # A table that is wider than the screen is scrolled, with the keyboard, too.
    name = escape(caption, quote=True)
    return (f'<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table class="{kind}">'
            f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def folded(title: str, body: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{body}</details>"


def listing(text: str, label: str) -> str:
    return f'<pre tabindex="0" role="region" aria-label="{escape(label, quote=True)}">{escape(text)}</pre>'


def cards(facts: Iterable[tuple[str, str]]) -> str:
    """Pairs of what it is and its value, the value large."""
    return ('<dl class="cards">' + "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
                                           for name, value in facts) + "</dl>")
