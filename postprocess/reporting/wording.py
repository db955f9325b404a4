"""Numbers and names as a reader expects them."""

from __future__ import annotations

def percent(fraction: float | None, digits: int = 3) -> str:
    if fraction is None:
        return "–"
    return f"{100 * fraction:,.0f} %" if abs(fraction) >= 1 else f"{100 * fraction:.{digits}g} %"


def count(number: float | None) -> str:
    return "–" if number is None else f"{number:,.0f}"


def seconds(value: float | None) -> str:
    if value is None:
        return "–"
    if value >= 7200:
        return f"{value / 3600:.3g} h"
    if value >= 100:
        return f"{value:.0f} s"
    scale, unit = next(((scale, unit) for scale, unit in ((1.0, "s"), (1e3, "ms")) if value * scale >= 1), (1e6, "µs"))
    return f"{scale * value:.3g} {unit}" if value else "0 s"


def number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}g}"


def factor(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def plural(n: int, thing: str) -> str:
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"
