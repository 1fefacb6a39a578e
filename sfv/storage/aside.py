"""Older results give way to newer ones and are never deleted: they are renamed, with the date in their name."""

import re
import time
from pathlib import Path

_DATE = re.compile(r"\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d")


def put_aside(path: Path | str, moment: float | None = None) -> Path:
    """Rename a file or folder: ``motion.npz`` becomes ``motion.2026-12-01T02-15-33.npz``, ``train`` ``train.2026-12-01T02-15-33``.

    ``moment`` (seconds since the epoch) is now by default. A name that is taken gets a number. Returns the new path.
    """
    path = Path(path)
    date = time.strftime("%Y-%m-%dT%H-%M-%S", time.localtime(moment))
    stem, suffix = (path.name, "") if path.is_dir() else (path.stem, path.suffix)
    number = 1
    while True:
        kept = path.with_name(f"{stem}.{date}{'' if number == 1 else f'_{number}'}{suffix}")
        if not kept.exists():
            path.rename(kept)
            return kept
        number += 1


def is_older(name: str) -> bool:
    """Whether a file or folder of that name was put aside."""
    return _DATE.search(name) is not None
