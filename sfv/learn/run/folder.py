"""The run folder: config.toml, clip.npz, progress.csv and summary.json of one training run."""

import csv
import io
import json
import logging
import math
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from sfv.budget import read_json, read_text
from sfv.config_file import from_table, read_toml, to_toml
from sfv.errors import FileFormatError, SfvError
from sfv.files import write_text
from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip
from sfv.ranges import Checked, Range, Share
from sfv.storage.aside import put_aside
from sfv.storage.run_files import CLIP, CLIPS, CONFIG, PROGRESS, SUMMARY
from sfv.storage.run_files import POLICY_FILE as POLICY_FILE
from sfv.storage.safe_names import safe_name

_VERSIONED = ("sfv", "torch", "mujoco", "mjbatch", "stable-baselines3", "gymnasium", "numpy")
log = logging.getLogger(__name__)
Whole = Annotated[int, Range(0, 10**13)]


@dataclass(frozen=True)
class Summary(Checked):
    """How a run ended."""

    reason: str
    """"samples" (all used) or "nr" (the wanted NR was reached)."""
    samples: Whole
    minutes: Annotated[float, Range(0)]
    nr: Annotated[float, Range(-1, 10)]
    """NR of the policy that was kept, over the evaluations' start states, with the disturbances of its environment."""
    nr_samples: Whole
    """Samples after which that policy was reached."""
    finished: Share
    """Share of those starts that came to the end without a failure."""
    precision: str
    """Arithmetic of the hidden layers while training: "float32" or "bfloat16"."""
    notes: tuple[str, ...] = ()
    """What is doubtful about the clips, and how they are replayed with zero action, in words."""

    def __post_init__(self) -> None:
        """JSON has lists only."""
        object.__setattr__(self, "notes", tuple(str(note) for note in self.notes))


def write_run(folder: Path, run: RunConfig, clips: Sequence[Clip]) -> None:
    """Write what is needed to repeat the run. Raises SfvError where the folder cannot be written.

    Each of several clips gets a run folder of its own inside ``clips``, with which everything goes that goes with a run.
    """
    for one, clip in zip(own_runs(folder, clips), clips):
        clip.save(one / CLIP)
    write_settings(folder, run, clips)


def write_settings(folder: Path, run: RunConfig, clips: Sequence[Clip], history: dict[str, Any] | None = None) -> None:
    """Write the settings of a run whose clips are there, the run's own last.

    ``history`` (table ``continued``) says of a run that was gone on with to which ``total_samples`` it was trained before, until
    ``at_samples``: step size and action noise followed those until then.
    """
    versions = {name: version(name) for name in _VERSIONED} | {"python": platform.python_version()}
    rest = {"versions": versions} | ({"continued": history} if history else {})
    for number, one in enumerate(own_runs(folder, clips)):
        if len(clips) > 1:
            own = replace(run, imitation=replace(run.imitation, one_of=(number, len(clips))))
            write_text(one / CONFIG, to_toml({"run": own, **rest}))
    write_text(folder / CONFIG, to_toml({"run": run, **rest}))


def read_history(folder: Path) -> dict[str, Any]:
    """Table ``continued`` of a run's settings; empty for a run that was never gone on with."""
    found = read_toml(folder / CONFIG).get("continued", {})
    return found if isinstance(found, dict) else {}


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
    if (folder / CLIPS).is_dir():
        names = ", ".join(path.name for path in sorted((folder / CLIPS).iterdir()))
        raise FileFormatError(f"{folder} is a run over several clips ({names}); give one: {folder / CLIPS}/NAME")
    return from_table(RunConfig, table["run"], f"{folder / CONFIG}: run"), Clip.load(folder / CLIP)


def read_run_settings(folder: Path) -> RunConfig:
    """Settings of a run folder, also of one over several clips. Raises FileFormatError."""
    return from_table(RunConfig, read_toml(folder / CONFIG).get("run", {}), f"{folder / CONFIG}: run")


def read_clips(folder: Path) -> tuple[RunConfig, list[Clip]]:
    """Settings and all clips of a run folder, in their order. Raises FileFormatError."""
    if not (folder / CLIPS).is_dir():
        run, clip = read_run(folder)
        return run, [clip]
    parts = [read_run(path) for path in (folder / CLIPS).iterdir()]
    numbered = {part.imitation.one_of[0]: clip for part, clip in parts if part.imitation.one_of is not None}
    return read_run_settings(folder), [numbered[number] for number in sorted(numbered)]


def own_runs(folder: Path, clips: Sequence[Clip]) -> list[Path]:
    """The run folder of each clip: the run's own where there is only one. Names that come twice get their number."""
    if len(clips) == 1:
        return [folder]
    names = [safe_name(clip.name) for clip in clips]
    return [
        folder / CLIPS / (name if names.count(name) == 1 else f"{name}_{number}") for number, name in enumerate(names)
    ]


def differences(folder: Path, run: RunConfig, clips: Sequence[Clip]) -> list[str]:
    """Names of what differs between the run that ``folder`` holds and this one (``learner.gamma``, ``clip``). Raises FileFormatError."""
    known, known_clips = read_clips(folder)
    other = sorted(_differences(known, run))
    if len(known_clips) != len(clips) or not all(map(_same_motion, known_clips, clips)):
        other.append("clip")
    return other


def _same_motion(first: Clip, second: Clip) -> bool:
    return first.cyclic == second.cyclic and first.fps == second.fps and bool(np.array_equal(first.qpos, second.qpos))


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
        return from_table(Summary, read_json(path, "summary of a training"), str(path))
    except SfvError as error:
        raise FileFormatError(f"{error}; delete it and train again: training goes on where it was") from error


def finished_summary(folder: Path | str) -> Summary:
    """How the run ended. Raises FileFormatError where it has not."""
    summary = read_summary(folder)
    if summary is None:
        raise FileFormatError(f"{folder} is not finished; train it to its end")
    return summary


def restore_run(folder: Path, run: RunConfig, clips: Sequence[Clip]) -> None:
    """Write settings and clips of a run again where they are damaged or gone; nothing where they can be read, or nothing is there."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    try:
        read_clips(folder)
    except FileFormatError:
        write_run(folder, run, clips)


class ProgressFile:
    """progress.csv: one row an update, appended at once."""

    def __init__(self, folder: Path, columns: tuple[str, ...], samples: int) -> None:
        """Keep the rows up to ``samples`` (those after the last checkpoint will be made again); a file that is no table is renamed."""
        self._path, self._columns = folder / PROGRESS, columns
        kept: list[dict[str, str]] = []
        if self._path.is_file():
            try:
                names, rows = _rows(self._path)
            except FileFormatError as error:  # a training must not end for its curve
                log.warning("%s: the curve begins anew; the older table is kept as %s", error, put_aside(self._path))
                names, rows = [], []
            kept, bad = _sound(names, rows)
            kept = [row for row in kept if float(row["samples"]) <= samples]
            if bad:
                log.warning("%s: %d rows cannot be read and are left out (%s)", self._path, len(bad), bad[0])
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
    """Columns of progress.csv by name; NaN where a cell is empty. Shape (updates,) each. Raises FileFormatError.

    A last line that a kill cut off does not count.
    """
    path = Path(folder) / PROGRESS
    if not path.is_file():
        raise FileFormatError(f"{path} does not exist; train the run first")
    names, rows = _rows(path)
    kept, bad = _sound(names, rows)
    if bad:
        raise FileFormatError(
            f"{path}: {bad[0]}; delete that row, or the file and train again: curves then begin there"
        )
    return {name: np.array([float(row[name] or "nan") for row in kept]) for name in names}


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Names of the columns and the cells of every row, without a last line that was cut off. Raises FileFormatError."""
    whole = read_text(path, "table of a training").rpartition("\n")[0]
    try:
        lines = list(csv.reader(io.StringIO(whole)))
    except csv.Error as error:
        raise FileFormatError(f"{path} is not a readable table of a training ({error}); delete it") from error
    names = lines[0] if lines else []
    if "samples" not in names or len(set(names)) < len(names):
        shown = ", ".join(name[:40] for name in names[:8]) or "nothing"
        raise FileFormatError(
            f"{path} is no table of a training: its first line must name samples, it says {shown}; delete it"
        )
    return names, lines[1:]


def _sound(names: list[str], rows: list[list[str]]) -> tuple[list[dict[str, str]], list[str]]:
    """Rows whose every cell is a number or empty, by column, and what is wrong with the others."""
    kept, bad = [], []
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) != len(names):
            bad.append(f"row {number} has {len(row)} cells, not {len(names)}")
            continue
        wrong = next((name for name, cell in zip(names, row) if not _number(cell, name == "samples")), None)
        if wrong is None:
            kept.append(dict(zip(names, row)))
        else:
            bad.append(f"row {number}: {wrong[:40]} is {row[names.index(wrong)][:40]!r}, no number")
    return kept, bad


def _number(cell: str, needed: bool) -> bool:
    """Whether a cell holds a finite number, or nothing where none is ``needed``."""
    try:
        return math.isfinite(float(cell)) if cell else not needed
    except ValueError:
        return False
