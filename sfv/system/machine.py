"""What a result was made on: this machine, and this checkout of sfv."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """Cores, processor and accelerator of this machine, for the head of a result file."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        name = names[0] if names else name
    return {
        "cores": os.cpu_count(),
        "cpu": name,
        "gpu": _gpu(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _gpu() -> str:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "none"


def commit(folder: Path = Path()) -> str:
    """Short hash of the checkout, marked where files differ from it; "unknown" outside a repository."""
    git = ["git", "-C", str(folder)]
    found = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    if found.returncode:
        return "unknown"
    # results themselves change while a bench writes them
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "sfv", "characters", "envs", "scripts", "pyproject.toml"],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() + ("+changes" if changed.stdout.strip() else "")
