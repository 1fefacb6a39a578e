"""Kill `sfv train` and `sfv run` at random moments, start them again until they end, and compare the end with an undisturbed one."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sfv.assets import fetch
from sfv.errors import SfvError
from sfv.storage.aside import is_older
from sfv.storage.lock import LOCK
from sfv.video import open_video, write_video

_SFV = (sys.executable, "-c", "from sfv.cli.main import main; main()")
_TINY = (
    "--learner.worlds", "16", "--learner.n-steps", "8", "--learner.batch-size", "64", "--learner.hidden", "32",
    "--learner.nr-interval", "1024", "--learner.nr-starts", "2", "--learner.precision", "float32", "--learner.device", "cpu",
    "--learner.physics-threads", "1", "--learner.torch-threads", "1", "--imitation.episode-seconds", "2",
)  # fmt: skip
_PATIENCE = 600.0
"""Seconds after which a process that goes on by itself is called hanging, and one that was asked to stop."""
_POLL = 0.02
_POLITE = 0.3
"""Share of kills by SIGTERM; the others are SIGKILL."""
_WINDOW = 0.7
"""Kills come within this share of the undisturbed time."""
_EARLY = 0.1
"""Share of kills before the work begins, while modules are imported."""
_STAGES = {
    "detect": ("keypoints.npz",),
    "reconstruct": ("motion.npz",),
    "retarget": ("clip.npz",),
    "train": ("train",),
    "evaluate": ("evaluation.json",),
    "render": ("side_by_side.mp4", "sheet.png"),
}
"""Stages of `sfv run` and what each leaves."""
_FIRST = (1, 2, 3, 4, 3, 2)
"""How often a trial of `sfv run` begins with which stage: the first ones take the most time."""


@dataclass
class Counts:
    """What came of the kills."""

    what: str
    kills: int = 0
    polite: int = 0
    """Of these by SIGTERM."""
    trials: int = 0
    """Runs that were killed and started again until they ended."""
    same_end: int = 0
    """Trials that ended as the undisturbed run did, to the bit."""
    lost: int = 0
    """Times that something that was finished was gone or other after a kill."""
    blocked: int = 0
    """Times that the same command refused to go on."""
    traceback: int = 0
    hang: int = 0
    left_over: int = 0
    """Trials that left temporary files, locks or second copies."""
    notes: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Row of a result file."""
        return {name: value for name, value in asdict(self).items() if name != "notes"}

    @property
    def sound(self) -> bool:
        """Whether nothing went wrong."""
        return self.same_end == self.trials and not (
            self.lost + self.blocked + self.traceback + self.hang + self.left_over
        )


@dataclass(frozen=True)
class Subject:
    """A command that is killed."""

    name: str
    command: Callable[[Path], Sequence[str]]
    """Arguments of sfv that make a folder."""
    begin: Callable[[Path, Path, random.Random], None]
    """(folder, folder of the undisturbed run, random numbers): what a trial begins with."""
    run: str = ""
    """Run folder of the training inside."""


def train_subject(samples: int = 8192) -> Subject:
    """`sfv train` of the captured walk."""

    def command(folder: Path) -> Sequence[str]:
        return ("train", "humanoid3d_walk", "--out", str(folder), *_TINY, "--learner.total-samples", str(samples))

    return Subject("sfv train", command, lambda folder, whole, rng: None)


def run_subject(video: Path, samples: int = 4096) -> Subject:
    """`sfv run` of a video; a trial begins with any of the stages, those before it done."""

    def command(folder: Path) -> Sequence[str]:
        return ("run", str(video), "--out", str(folder), *_TINY, "--learner.total-samples", str(samples))

    def begin(folder: Path, whole: Path, rng: random.Random) -> None:
        first = rng.choices(range(len(_STAGES)), _FIRST)[0]
        shutil.copytree(whole, folder)
        record = json.loads((folder / "stages.json").read_text(encoding="utf-8"))
        for name, outputs in list(_STAGES.items())[first:]:
            del record[name]
            for output in outputs:
                path = folder / output
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        (folder / "stages.json").write_text(json.dumps(record), encoding="utf-8")

    return Subject("sfv run", command, begin, "train")


def short_video(path: Path) -> Path:
    """The woman of the demo video for two strides, cut out of the picture."""
    whole = open_video(fetch("demo_video"), start=95 / 30, stop=161 / 30)
    write_video(path, (frame[480:, 250:1250] for frame in whole), whole.fps)
    return path


def kill_at_random(subject: Subject, kills: int, folder: Path, seed: int, log: Callable[[str], None]) -> Counts:
    """Kill ``subject`` so many times in trials inside of ``folder``. Raises SfvError where it does not even end undisturbed."""
    counts, rng = Counts(f"kill: {subject.name}"), random.Random(seed)
    whole = folder / "whole" / "it"
    seconds = _undisturbed(subject, whole)
    log(f"{subject.name}: undisturbed in {seconds:.1f} s after its imports")
    known = end_of(whole, subject.run)
    while counts.kills < kills:
        mine = folder / f"trial_{counts.trials}" / "it"  # the folder's name is the clip's
        mine.parent.mkdir(parents=True)
        subject.begin(mine, whole, rng)
        ended = _trial(subject, mine, known, seconds, kills, rng, counts)
        counts.trials += 1
        end = end_of(mine, subject.run)
        different = sorted(name for name in known.keys() | end.keys() if known.get(name) != end.get(name))
        counts.same_end += ended and not different
        left = left_overs(mine)
        counts.left_over += bool(left)
        if different or left:
            counts.notes.append(
                f"{mine}: different: {', '.join(different) or 'nothing'}; left: {', '.join(left) or 'nothing'}"
            )
        else:
            shutil.rmtree(mine.parent)
        log(" ".join(f"{name} {value}" for name, value in counts.row().items()))
    return counts


def _undisturbed(subject: Subject, folder: Path) -> float:
    """Make the folder in one go; seconds from the first sign of work."""
    process = _start(subject, folder)
    _until_working(process, folder)
    begun = time.monotonic()
    said = process.communicate()[1]
    if process.returncode:
        raise SfvError(f"{subject.name} does not end even undisturbed: {said.splitlines()[-1]}")
    return time.monotonic() - begun


def _trial(
    subject: Subject,
    folder: Path,
    known: dict[str, Any],
    seconds: float,
    kills: int,
    rng: random.Random,
    counts: Counts,
) -> bool:
    """Start, kill, start again; whether it came to its end."""
    finished, samples = _finished(folder, known), -1
    while True:
        process = _start(subject, folder)
        number = None
        if counts.kills < kills:
            early = rng.random() < _EARLY
            if not early:
                _until_working(process, folder)
            try:
                process.wait(rng.uniform(0.0, 1.0 if early else _WINDOW * seconds))
            except subprocess.TimeoutExpired:
                number = signal.SIGTERM if rng.random() < _POLITE else signal.SIGKILL
                process.send_signal(number)
                counts.kills += 1
                counts.polite += number == signal.SIGTERM
        try:
            said = process.communicate(timeout=_PATIENCE)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            counts.hang += 1
            counts.notes.append(f"{folder}: hangs")
            return False
        counts.traceback += "Traceback" in said
        now, then = _finished(folder, known), finished
        after = _samples(folder / subject.run)
        counts.lost += len(then - now) + (after < samples)
        finished, samples = now, after
        if process.returncode == 0:
            return True
        if number is None or process.returncode not in (-number, 128 + number):
            counts.blocked += 1
            counts.notes.append(f"{folder}: ended with {process.returncode}: {said.splitlines()[-1:]}")
            return False


def _start(subject: Subject, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        (*_SFV, *subject.command(folder)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def _until_working(process: "subprocess.Popen[str]", folder: Path) -> None:
    """Wait until the process holds the folder's lock, or has ended."""
    while process.poll() is None:
        try:
            if (folder / LOCK).read_text(encoding="ascii").strip() == str(process.pid):
                return
        except OSError:
            pass
        time.sleep(_POLL)


def end_of(folder: Path, run: str) -> dict[str, Any]:
    """What a finished folder holds, without what depends on the clock; films by their number of frames."""
    found: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".npz" and path.name != "checkpoint.npz":
            found[path.name] = path.read_bytes()
    for name in ("policy.npz", "clip.npz", "config.toml"):
        found[f"run {name}"] = _content(folder / run / name)
    found["checkpoint"] = _arrays(folder / run / "checkpoint.npz")
    found["curve"] = _curve(folder / run / "progress.csv")
    found["evaluation.json"] = _content(folder / "evaluation.json")
    film = folder / "side_by_side.mp4"
    found["film"] = len(open_video(film)) if film.is_file() else None
    return found


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _arrays(path: Path) -> list[tuple[str, bytes]] | None:
    if not path.is_file():
        return None
    with np.load(path) as data:
        return [(name, data[name].tobytes()) for name in sorted(data.files) if name != "counter.minutes"]


def _curve(path: Path) -> list[dict[str, str]] | None:
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [{name: value for name, value in row.items() if name not in ("minutes", "steps_per_s")} for row in rows]


def _finished(folder: Path, known: dict[str, Any]) -> set[str]:
    """Artefacts of stages that are as the undisturbed run has them."""
    names = ("keypoints.npz", "motion.npz", "clip.npz", "evaluation.json")
    return {name for name in names if known.get(name) is not None and known[name] == _content(folder / name)}


def _samples(run: Path) -> int:
    """Samples of the checkpoint; -1 before the first."""
    path = run / "checkpoint.npz"
    if not path.is_file():
        return -1
    with np.load(path) as data:
        return int(data["counter.samples"])


def left_overs(folder: Path) -> list[str]:
    """Temporary files, locks and second copies that lie in a folder."""
    parts = [path for path in folder.rglob("*") if path.name.startswith(".")]
    dated = [path for path in folder.iterdir() if is_older(path.name)]
    return [str(path.relative_to(folder)) for path in (*parts, *dated)]
