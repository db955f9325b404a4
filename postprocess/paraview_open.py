#!/usr/bin/env python3
"""Opens a bimetal run in ParaView: temperature over time, and who answered beside it.

    postprocess/paraview_open.py RUN_DIR                       starts ParaView
    pvpython postprocess/paraview_open.py RUN_DIR -o FILE.png  draws the last snapshot and opens no window
    BIMETAL_RUN=RUN_DIR paraview --script=postprocess/paraview_open.py

ParaView brings a Python of its own, so this script needs nothing but the standard library and ParaView.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

UNITS = {"T": "K", "density": "kg/m^3", "velocity": "m/s", "pressure": "Pa", "flux": "W/m^2", "angle": "rad"}
# Values of the field "answerer", in the colours of the other scripts.
ANSWERERS = {0: ("inert", "#cfcfcf"), 1: ("physics", "#d55e00"), 2: ("surrogate", "#0072b2"), 3: ("audited", "#f0e442"),
             4: ("explicit", "#009e73")}
FIRST_CHOICES = ("T", "porosity")  # what is coloured, by the field that tells a kind of physics


class OpenError(Exception):
    """The user can mend this; the message is one sentence."""


@dataclass(frozen=True)
class Series:
    """What fields.xdmf says: all snapshots of a run have the same grid and fields."""

    path: Path
    n_snapshots: int
    dimensions: int
    n_layers: int  # of cells along z
    names: tuple[str, ...]

    @property
    def coloured(self) -> str:
        return next((name for name in FIRST_CHOICES if name in self.names), self.names[0])

    @property
    def answerer(self) -> str | None:
        return next((name for name in ("answerer", "answerer_x") if name in self.names), None)


def read_series(directory: str | Path) -> Series:
    path = Path(directory) / "fields.xdmf"
    if not path.is_file():
        raise OpenError(f"'{directory}' has no fields.xdmf; give the output directory of a run that has written fields.")
    try:
        grids = ElementTree.parse(path).findall("./Domain/Grid/Grid")
        names = tuple(attribute.attrib["Name"] for attribute in grids[-1].findall("Attribute"))
        points = [int(n) for n in grids[-1].find("Topology").attrib["Dimensions"].split()]
    except (ElementTree.ParseError, LookupError, AttributeError, ValueError) as error:
        raise OpenError(f"{path} is not a series of fields that bimetal has written: {error}.") from error
    if not names:
        raise OpenError(f"{path} has no fields; give the output directory of a run that has written some.")
    return Series(path, len(grids), max(1, sum(n > 2 for n in points)), points[0] - 1, names)


def title(name: str) -> str:
    """What stands beside the colours: the field's name and unit."""
    unit = UNITS.get(name) or UNITS.get(name.rpartition("_")[0], "")
    return f"{name} [{unit}]" if unit else name


def rgb(colour: str) -> list[float]:
    return [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]


def colour_by_range(pv: Any, display: Any, name: str, view: Any) -> None:
    """By a perceptually uniform map, with one range for all snapshots."""
    pv.ColorBy(display, ("CELLS", name))
    colours = pv.GetColorTransferFunction(name)
    colours.ApplyPreset("Inferno (matplotlib)" if name == "T" else "Viridis (matplotlib)", True)
    display.RescaleTransferFunctionToDataRangeOverTime()
    label(pv, display, colours, title(name), view)


def colour_by_answerer(pv: Any, display: Any, name: str, view: Any) -> None:
    pv.ColorBy(display, ("CELLS", name))
    colours = pv.GetColorTransferFunction(name)
    colours.InterpretValuesAsCategories = 1
    colours.Annotations = [text for value, (who, _) in ANSWERERS.items() for text in (str(value), who)]
    colours.IndexedColors = [part for _, colour in ANSWERERS.values() for part in rgb(colour)]
    label(pv, display, colours, "who answered" + name.removeprefix("answerer").replace("_", ", faces along "), view)


def label(pv: Any, display: Any, colours: Any, text: str, view: Any) -> None:
    bar = pv.GetScalarBar(colours, view)
    bar.Title, bar.ComponentTitle = text, ""
    bar.Orientation, bar.WindowLocation, bar.ScalarBarLength = "Horizontal", "Lower Center", 0.6
    for part in ("TitleColor", "LabelColor"):
        setattr(bar, part, [0.0, 0.0, 0.0])
    display.SetScalarBarVisibility(view, True)


def fit(pv: Any, view: Any, series: Series) -> None:
    view.UseColorPaletteForBackground = 0
    view.Background = [1.0, 1.0, 1.0]
    view.OrientationAxesVisibility = int(series.dimensions == 3)
    if series.dimensions < 3:
        view.InteractionMode = "2D"
        view.CameraParallelProjection = 1
    pv.ResetCamera(view)


def open_series(series: Series) -> Any:
    """The layout with both views, at the last snapshot. Runs inside ParaView."""
    from paraview import simple as pv

    pv._DisableFirstRenderCameraReset()
    path = series.path.resolve()
    # Not Xdmf3ReaderS or T: those of ParaView 5.11 show noise in place of the values of later snapshots.
    reader = pv.XDMFReader(registrationName=path.parent.name, FileNames=[str(path)])
    scene = pv.GetAnimationScene()
    scene.UpdateAnimationUsingDataTimeSteps()
    scene.GoToLast()

    view = pv.GetActiveViewOrCreate("RenderView")
    layout = pv.GetLayout(view)
    fields = [(view, series.coloured, colour_by_range)]
    if series.answerer:
        second = pv.CreateView("RenderView")
        pv.AssignViewToLayout(view=second, layout=layout, hint=layout.SplitHorizontal(layout.GetViewLocation(view), 0.5))
        fields.append((second, series.answerer, colour_by_answerer))
    for where, name, colour in fields:
        display = pv.Show(reader, where)
        display.SetRepresentationType("Slice")  # of an image, its cells as they are; of a run in 3-D across z
        display.Slice = series.n_layers // 2
        colour(pv, display, name, where)
        fit(pv, where, series)
    if series.answerer:
        pv.AddCameraLink(view, second, "both views")
    pv.SetActiveView(view)
    pv.RenderAllViews()
    return layout


def save_picture(layout: Any, path: Path) -> None:
    from paraview import simple as pv

    size = [1600, 800]
    layout.SetSize(size)
    for view in pv.GetViewsInLayout(layout):
        pv.ResetCamera(view)
    pv.SaveScreenshot(str(path), layout, ImageResolution=size)


def start_paraview(series: Series) -> NoReturn:
    program = shutil.which("paraview")
    if not program:
        raise OpenError("There is no program 'paraview' on the path; install ParaView (Debian: apt install paraview "
                        "python3-paraview), or draw with postprocess/plot_fields.py.")
    os.environ["BIMETAL_RUN"] = str(series.path.resolve().parent)
    os.execv(program, [program, f"--script={Path(__file__).resolve()}"])


def main() -> None:
    if "BIMETAL_RUN" in os.environ:
        open_series(read_series(os.environ["BIMETAL_RUN"]))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", metavar="RUN_DIR", help="output directory of a run")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="picture to draw instead of opening a window")
    arguments = parser.parse_args()
    series = read_series(arguments.run)
    if not arguments.output:
        start_paraview(series)
    try:
        import paraview.simple  # noqa: F401
    except ImportError as error:
        raise OpenError(f"This Python has no ParaView ({error}); call the script by pvpython.") from error
    save_picture(open_series(series), arguments.output)
    print(arguments.output)


if __name__ == "__main__":
    try:
        main()
    except OpenError as error:
        print(f"paraview_open.py: {error}", file=sys.stderr)
        sys.exit(2)
