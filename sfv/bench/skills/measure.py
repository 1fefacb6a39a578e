"""The row of one finished run folder: trained here or elsewhere, measured once and kept in the folder."""

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from sfv.bench.results import Row
from sfv.bench.skills.names import INITS, name_of_run, settings_words, source_of
from sfv.budget import read_json
from sfv.errors import FileFormatError, SfvError
from sfv.evaluate.against import evaluate_against
from sfv.evaluate.evaluation import evaluate_run
from sfv.files import write_text
from sfv.imitate.config import NrConfig
from sfv.learn.config import RunConfig
from sfv.learn.defaults import defaults_for
from sfv.learn.run.folder import read_progress, read_run, read_summary
from sfv.learn.run.policy import POLICY_FILE
from sfv.motion.clip import Clip

KEYS = ("clip", "source", "character", "seed", "init")
"""What names a row."""
ORIGIN, ROW = "origin.json", "row.json"
"""Files of the benchmark in a run folder: how it was trained, and what was measured."""
_DIGITS = 4


@dataclass(frozen=True)
class Truth:
    """The true motion behind a clip that was recovered from a rendered video."""

    clip: Clip
    fps: float
    """Frames a second of the video, whose first frame is the beginning of the true clip."""


def write_origin(folder: Path, commit: str | None, jobs: int | None) -> None:
    """Note once how the run in ``folder`` is trained: version of the code, and how many trainings share the machine.

    What is not known is left out.
    """
    known = {name: value for name, value in (("jobs", jobs), ("commit", commit)) if value is not None}
    if known and not (folder / ORIGIN).is_file():
        write_text(folder / ORIGIN, json.dumps(known) + "\n")


def measured(folder: Path) -> Row | None:
    """The row that was measured of the policy that is in ``folder`` now, else None."""
    kept = _read(folder / ROW)
    if kept is None or not (folder / POLICY_FILE).is_file() or kept.get("policy") != _digest(folder):
        return None
    return dict(kept["row"])


def measure(folder: Path, truth: Truth | None = None, threads: int = 0) -> Row:
    """Evaluate a finished run folder, keep the row in it and return it.

    A clip recovered from a rendered video needs ``truth``. Raises SfvError for a run that has not ended, or whose skill
    cannot be told; FileFormatError for what is no run folder.
    """
    run, clip = read_run(folder)
    summary = read_summary(folder)
    if summary is None:
        raise SfvError(f"the training in {folder} has not ended; let it end first")
    clip_name, source = source_of(name_of_run(folder, clip))
    if source == "synthetic-video" and truth is None:
        raise ValueError("a synthetic video is measured against its true motion")
    evaluation = evaluate_run(folder, NrConfig(), threads)
    row: Row = {
        "clip": clip_name,
        "source": source,
        "character": Path(run.character).name,
        "seed": run.learner.seed,
        "init": INITS[run.imitation.start],
        "nr": _round(evaluation.nr),
    }
    if truth is not None:
        against = evaluate_against(folder, truth.clip, clip.first_frame / truth.fps, threads=threads)
        row |= {"nr_true": _round(against.nr), "nr_true_reference": _round(against.reference)}
    row |= {
        "nr_fine": _round(evaluation.nr_fine),
        "survival": _round(evaluation.survival),
        "finished": f"{evaluation.finished}/{evaluation.starts}",
        "finished_fine": f"{evaluation.finished_fine}/{evaluation.starts}",
        "samples": summary.samples,
        "minutes": round(summary.minutes, 2),
        "steps_per_s": round(summary.samples / (60.0 * summary.minutes)),
        **last_quarter(folder),
        "settings": settings_words(run, usual_settings(run, clip)),
        **(_read(folder / ORIGIN) or {}),
        "device": "cpu",
    }
    write_text(folder / ROW, json.dumps({"policy": _digest(folder), "row": row}, indent=1) + "\n")
    return row


def usual_settings(run: RunConfig, clip: Clip) -> RunConfig:
    """What ``sfv train`` would take for the same clip, character, ground and start mode."""
    plain = RunConfig(character=run.character)
    return defaults_for(clip, replace(plain, imitation=replace(plain.imitation, start=run.imitation.start)))


def last_quarter(folder: Path) -> Row:
    """How far the evaluations in the last quarter of training lie apart: standard deviation, and largest minus smallest NR.

    Empty where there are fewer than two.
    """
    progress = read_progress(folder)
    late = progress["nr"][progress["samples"] > 0.75 * progress["samples"].max(initial=0)]
    late = late[~np.isnan(late)]
    if len(late) < 2:
        return {}
    return {"spread_last_quarter": _round(late.std(ddof=1)), "range_last_quarter": _round(np.ptp(late))}


def _round(value: float) -> float:
    return round(float(value), _DIGITS)


def _digest(folder: Path) -> str:
    return sha256((folder / POLICY_FILE).read_bytes()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    found = read_json(path, "measurement")
    if not isinstance(found, dict):
        raise FileFormatError(f"{path} is no measurement of a run; delete it")
    return found
