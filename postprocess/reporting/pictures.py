"""Figures as pictures that a page can hold: diagrams as SVG, images as PNG of few colours."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from figure_style import STYLE, plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from .html import Picture

SIZE = (5.2, 3.3)  # [inch]; a diagram remains legible on a screen of 400 pixels
PIXELS_PER_INCH = 150
N_COLOURS = 200
PAGE_STYLE = STYLE | {"figure.constrained_layout.use": False,  # which takes more time than all the drawing
                      "svg.fonttype": "path", "svg.hashsalt": "bimetal", "axes.titlesize": 10}
# Of a plane [inch]: all planes of a frame are as large and stand side by side.
PLANE_WIDTH, LEFT, RIGHT, BELOW, ABOVE = 3.0, 0.62, 0.88, 0.52, 0.32


def use_page_style() -> None:
    plt.rcParams.update(PAGE_STYLE)


def new_diagram(width: float = SIZE[0], height: float = SIZE[1]) -> tuple[Figure, Axes]:
    return plt.subplots(figsize=(width, height))


def new_plane(box: tuple[float, ...], legend: float = 0.0) -> tuple[Figure, Axes]:
    """box: left, right, bottom, top of what is shown; legend: room for one below [inch]."""
    height = PLANE_WIDTH * float(np.clip((box[3] - box[2]) / (box[1] - box[0]), 0.3, 1.6))
    width, total = LEFT + PLANE_WIDTH + RIGHT, BELOW + legend + height + ABOVE
    figure = plt.figure(figsize=(width, total))
    return figure, figure.add_axes((LEFT / width, (BELOW + legend) / total, PLANE_WIDTH / width, height / total))


def data_uri(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def as_diagram(figure: Figure, alt: str, caption: str = "") -> Picture:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", dpi=200, bbox_inches="tight", pad_inches=0.06,
                   metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", buffer.getvalue(), flags=re.DOTALL)
    return Picture(data_uri(text.encode(), "svg+xml"), alt, caption)


def as_image(figure: Figure, alt: str, caption: str = "") -> Picture:
    figure.set_dpi(PIXELS_PER_INCH)
    figure.canvas.draw()
    picture = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3])
    plt.close(figure)
    packed = io.BytesIO()
    picture.quantize(N_COLOURS, dither=Image.Dither.NONE).save(packed, format="png")
    return Picture(data_uri(packed.getvalue(), "png"), alt, caption)
