"""Sets sections as one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from .html import Section

HERE = Path(__file__).parent


def contents(sections: Sequence[Section]) -> str:
    return "".join(f'<li><a href="#{each.key}">{escape(each.title)}</a></li>' for each in sections)


def page(title: str, head: str, sections: Sequence[Section], foot: str) -> str:
    """head and foot are HTML."""
    body = "".join(f'<section aria-labelledby="{each.key}"><h2 id="{each.key}">{escape(each.title)}</h2>{each.body}</section>'
                   for each in sections)
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="data:,"><title>{escape(title)}</title><style>{style}</style></head><body>'
            f'<a class="skip" href="#content">Skip to the content</a><header><h1>{escape(title)}</h1>{head}</header>'
            f'<nav aria-label="Sections"><ul>{contents(sections)}</ul></nav><main id="content">{body}</main>'
            f"<footer>{foot}</footer><script>{script}</script></body></html>\n")
