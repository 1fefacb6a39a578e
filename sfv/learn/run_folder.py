"""The run folder: config.toml, clip.npz, progress.csv and summary.json of one training run."""

import csv
import io
import json
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sfv.config_file import from_table, read_toml, to_toml
from sfv.errors import FileFormatError, SfvError
from sfv.files import write_text
from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip

CONFIG, CLIP, PROGRESS, SUMMARY = "config.toml", "clip.npz", "progress.csv", "summary.json"
_VERSIONED = ("sfv", "torch", "mujoco", "mjbatch", "stable-baselines3", "gymnasium", "numpy")


@dataclass(frozen=True)
class Summary:
    """How a run ended."""

    reason: str
    """"samples" (all used) or "nr" (the wanted NR was reached)."""
    samples: int
    minutes: float
    nr: float
    """NR of the policy that was kept, over the evaluations' start states."""
    nr_samples: int
    """Samples after which that policy was reached."""
    finished: float
    """Share of those starts that came to the end without a failure."""
    precision: str
    """Arithmetic of the hidden layers while training: "float32" or "bfloat16"."""


def write_run(folder: Path, run: RunConfig, clip: Clip) -> None:
    """Write what is needed to repeat the run. Raises SfvError where the folder cannot be written."""
    versions = {name: version(name) for name in _VERSIONED} | {"python": platform.python_version()}
    clip.save(folder / CLIP)
    write_text(folder / CONFIG, to_toml({"run": run, "versions": versions}))


def read_run(folder: Path | str) -> tuple[RunConfig, Clip]:
    """Settings and clip of a run folder. Raises FileFormatError."""
    folder = Path(folder)
    if not (folder / CONFIG).is_file():
        raise FileFormatError(f"{folder} is not a run folder: it has no {CONFIG}; give the folder that training wrote")
    table = read_toml(folder / CONFIG)
    if "run" not in table:
        inner = folder / "train"
        advice = f"give {inner}" if (inner / CONFIG).is_file() else "give the folder that training wrote"
        raise FileFormatError(f"{folder / CONFIG} says nothing about a training; {advice}")
    return from_table(RunConfig, table["run"], f"{folder / CONFIG}: run"), Clip.load(folder / CLIP)


def check_same_run(folder: Path, run: RunConfig, clip: Clip) -> None:
    """Raise SfvError unless the folder holds this very run: going on with other settings would mix two experiments."""
    known, known_clip = read_run(folder)
    other = sorted(_differences(known, run))
    if known_clip.cyclic != clip.cyclic or not np.array_equal(known_clip.qpos, clip.qpos):
        other.append("clip")
    if other:
        raise SfvError(
            f"{folder} holds a run with other settings ({', '.join(other)}); choose another folder or delete this one"
        )


def _differences(first: Any, second: Any, prefix: str = "") -> list[str]:
    names = []
    for name in first.__dataclass_fields__:
        a, b = getattr(first, name), getattr(second, name)
        if hasattr(a, "__dataclass_fields__"):
            names += _differences(a, b, f"{prefix}{name}.")
        elif a != b:
            names.append(prefix + name)
    return names


def write_summary(folder: Path, summary: Summary) -> None:
    """Mark the run as finished."""
    write_text(folder / SUMMARY, json.dumps(vars(summary), indent=1) + "\n")


def read_summary(folder: Path | str) -> Summary | None:
    """How the run ended; None while it has not."""
    path = Path(folder) / SUMMARY
    if not path.is_file():
        return None
    try:
        return Summary(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise FileFormatError(
            f"{path} is not readable ({error}); delete it and train again: training goes on where it was"
        ) from error


class ProgressFile:
    """progress.csv: one row an update, appended at once."""

    def __init__(self, folder: Path, columns: tuple[str, ...], samples: int) -> None:
        """Keep the rows up to ``samples`` (those after the last checkpoint will be made again)."""
        self._path, self._columns = folder / PROGRESS, columns
        kept = []
        if self._path.is_file():
            whole = self._path.read_text(encoding="utf-8").rpartition("\n")[0]  # a kill may have cut the last line off
            kept = [row for row in csv.DictReader(io.StringIO(whole)) if float(row["samples"]) <= samples]
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
        write_text(self._path, text.getvalue())

    def append(self, row: dict[str, Any]) -> None:
        """Add one row; columns that are left out stay empty."""
        with self._path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, self._columns, restval="", lineterminator="\n")
            writer.writerow(
                {name: f"{value:.6g}" if isinstance(value, float) else value for name, value in row.items()}
            )


def read_progress(folder: Path | str) -> dict[str, np.ndarray]:
    """Columns of progress.csv by name; NaN where a cell is empty. Shape (updates,) each."""
    path = Path(folder) / PROGRESS
    if not path.is_file():
        raise FileFormatError(f"{path} does not exist; train the run first")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = list(rows[0]) if rows else []
    return {name: np.array([float(row[name] or "nan") for row in rows]) for name in names}
