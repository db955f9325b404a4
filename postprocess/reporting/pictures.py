"""Figures as pictures that a page can hold: diagrams as SVG, images as PNG of few colours."""

from __future__ import annotations

import base64
import io
import re

from figure_style import STYLE, plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from .html import Picture

SIZE = (5.2, 3.3)  # [inch]; a diagram remains legible on a screen of 400 pixels
PIXELS_PER_INCH = 150
N_COLOURS = 200
PAGE_STYLE = STYLE | {"svg.fonttype": "path", "svg.hashsalt": "bimetal", "axes.titlesize": 10}


def use_page_style() -> None:
    plt.rcParams.update(PAGE_STYLE)


def new_diagram(width: float = SIZE[0], height: float = SIZE[1]) -> tuple[Figure, Axes]:
    return plt.subplots(figsize=(width, height))


def data_uri(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def as_diagram(figure: Figure, alt: str, caption: str = "") -> Picture:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", buffer.getvalue(), flags=re.DOTALL)
    return Picture(data_uri(text.encode(), "svg+xml"), alt, caption)


def as_image(figure: Figure, alt: str, caption: str = "") -> Picture:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PIXELS_PER_INCH)
    plt.close(figure)
    reduced, packed = Image.open(buffer).convert("RGB").quantize(N_COLOURS, dither=Image.Dither.NONE), io.BytesIO()
    reduced.save(packed, format="png", optimize=True)
    return Picture(data_uri(packed.getvalue(), "png"), alt, caption)
