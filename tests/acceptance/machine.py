"""Facts about the machine, for the report and the baseline; what cannot be found out is left out."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any


def first_line(command: list[str]) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = result.stdout.strip().splitlines()
    return lines[0].strip() if result.returncode == 0 and lines else None


def field_of(path: str, key: str) -> str | None:
    try:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            name, separator, value = line.partition(":" if ":" in line else "=")
            if separator and name.strip() == key:
                return value.strip().strip('"')
    except OSError:
        pass
    return None


def processor() -> str:
    return field_of("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()


def allocated_cores() -> int:
    """That ranks may have to themselves: the tasks of a Slurm job, else the cores this process may use."""
    tasks = os.environ.get("SLURM_NTASKS", "")
    return int(tasks) if tasks.isdigit() else len(os.sched_getaffinity(0))


def facts() -> dict[str, Any]:
    memory = field_of("/proc/meminfo", "MemTotal")
    found = {
        "host": platform.node(),
        "system": field_of("/etc/os-release", "PRETTY_NAME"),
        "kernel": platform.release(),
        "processor": processor(),
        "cores": allocated_cores(),
        "memory": f"{int(memory.split()[0]) / 2**20:.1f} GiB" if memory else None,
        "load at the start": " ".join(f"{value:.1f}" for value in os.getloadavg()),
        "GPUs": first_line(["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]),
        "mpirun": first_line(["mpirun", "--version"]),
        "Slurm": first_line(["srun", "--version"]),
        "Slurm job": os.environ.get("SLURM_JOB_ID"),
        "Slurm nodes": os.environ.get("SLURM_JOB_NODELIST"),
        "cluster": os.environ.get("SLURM_CLUSTER_NAME"),
        "Python": platform.python_version(),
    }
    return {name: value for name, value in found.items() if value is not None}
