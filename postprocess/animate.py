#!/usr/bin/env python3
"""Makes a film of the snapshots of a bimetal run: GIF, and MP4 where ffmpeg is installed."""

from __future__ import annotations

import argparse
import io
import shutil
import subprocess
from pathlib import Path

import packages  # noqa: F401  (first, as it looks for the others)
from field_panels import Limits, common_range, usual_fields
from figure_style import plt, use_style
from PIL import Image
from plot_fields import draw

from bimetal_run import Run, RunError, Snapshot, guarded, is_provenance, readable_snapshots

PIXELS_PER_INCH = 100
NO_FFMPEG = "MP4 needs ffmpeg, which is not installed (Debian: apt-get install ffmpeg)"


def limits_of(snapshots: list[Snapshot], names: list[str]) -> Limits:
    return {name: common_range(snapshot.field(name) for snapshot in snapshots)
            for name in names if not is_provenance(name)}


def frame_of(snapshot: Snapshot, names: list[str], limits: Limits) -> Image.Image:
    figure, buffer = draw(snapshot, names, limits), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PIXELS_PER_INCH)
    plt.close(figure)
    picture = Image.open(buffer).convert("RGB")
    return picture.crop((0, 0, picture.width // 2 * 2, picture.height // 2 * 2))  # the codec wants even numbers


def write_gif(frames: list[Image.Image], path: Path, frames_per_second: float) -> None:
    reduced = [frame.quantize(128, dither=Image.Dither.NONE) for frame in frames]
    lasting = [round(1000 / frames_per_second)] * (len(reduced) - 1) + [2000]  # [ms]; the end is looked at longest
    reduced[0].save(path, format="GIF", save_all=True, append_images=reduced[1:], duration=lasting, loop=0)


def write_mp4(frames: list[Image.Image], path: Path, frames_per_second: float) -> None:
    if not shutil.which("ffmpeg"):
        raise RunError(f"{NO_FFMPEG}; a GIF does without it.")
    command = ["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s",
               f"{frames[0].width}x{frames[0].height}", "-r", str(frames_per_second), "-i", "-", "-r", "25", "-c:v", "libx264",
               "-pix_fmt", "yuv420p", "-movflags", "+faststart", "-f", "mp4", str(path)]
    result = subprocess.run(command, input=b"".join(frame.tobytes() for frame in frames), capture_output=True, check=False)
    if result.returncode != 0:
        reason = result.stderr.decode(errors="replace").strip() or f"exit code {result.returncode}"
        raise RunError(f"ffmpeg could not write '{path}': {reason.splitlines()[-1]}")


WRITERS = {".gif": write_gif, ".mp4": write_mp4}


def paths_of(run: Run, wanted: Path | None) -> list[Path]:
    """The film that was asked for, or both kinds in the run's directory as far as they can be made."""
    if wanted is None:
        if not shutil.which("ffmpeg"):
            print(f"{NO_FFMPEG}; only the GIF is written.")
        return [run.directory / f"animation{ending}" for ending in WRITERS if ending != ".mp4" or shutil.which("ffmpeg")]
    if wanted.suffix not in WRITERS:
        raise RunError(f"'{wanted}' is neither a .gif nor an .mp4.")
    return [wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", metavar="RUN_DIR", help="output directory of a run")
    parser.add_argument("--field", nargs="+", metavar="NAME", help="fields to show (default: those of plot_fields.py)")
    parser.add_argument("--fps", type=float, default=5.0, metavar="N", help="snapshots a second (default: 5)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE",
                        help="film to write, .gif or .mp4 (default: animation.gif and animation.mp4 in RUN_DIR)")
    arguments = parser.parse_args()
    if not arguments.fps > 0:
        raise RunError("--fps must be above 0.")

    use_style()
    run = Run(arguments.run)
    run.last_step()  # there must be one
    paths = paths_of(run, arguments.output)
    snapshots = readable_snapshots(run)
    names = [snapshots[-1].resolve(name) for name in arguments.field or usual_fields(snapshots[-1])]
    limits = limits_of(snapshots, names)
    frames = [frame_of(snapshot, names, limits) for snapshot in snapshots]
    for path in paths:
        try:
            WRITERS[path.suffix](frames, path, arguments.fps)
        except OSError as error:
            raise RunError(f"The film cannot be written to '{path}': {error}.") from error
        print(path)


if __name__ == "__main__":
    guarded(main)
