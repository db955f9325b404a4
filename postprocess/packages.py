"""Imported by every script before the packages that it needs: ends it by one sentence if they are missing."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

from required_packages import require  # noqa: E402  (found through the line above)

require("numpy", "h5py", advised=("matplotlib",))  # figure_style asks for that
