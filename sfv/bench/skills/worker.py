"""One process of ``sfv bench skills``: makes the clips of a video, trains a skill, or measures a run folder, as JSON tells it."""

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sfv.bench.skills.clips import SYNTHETIC_FPS, clip_of_skill, make_video_clips
from sfv.bench.skills.measure import Truth, measure, write_origin
from sfv.bench.skills.names import Job, name_of_run, source_of
from sfv.errors import SfvError
from sfv.learn.config import RunConfig
from sfv.learn.defaults import defaults_for
from sfv.learn.run.folder import CONFIG, read_run
from sfv.learn.watched import watched_training
from sfv.motion.clip import Clip
from sfv.names import find_clip
from sfv.system import stopping
from sfv.system.machine import commit

_FEW_THREADS = 2
"""Up to so many, torch is faster with one."""


def make_clips(order: dict[str, Any]) -> None:
    """Video -> clips of some characters."""
    make_video_clips(order["name"], order["characters"], Path(order["runs"]))


def train(order: dict[str, Any]) -> None:
    """Begin a training, or go on with it as it was begun; then measure it."""
    job, folder = Job(**order["job"]), Path(order["runs"]) / Job(**order["job"]).stem
    if (folder / CONFIG).is_file():
        run, clip = read_run(folder)
        if order["samples"] not in (
            None,
            run.learner.total_samples,
        ):  # a row of the table is one training, not two in turn
            raise SfvError(
                f"{folder} was begun with {run.learner.total_samples} samples; leave --samples out, or give another --runs folder"
            )
    else:
        clip = clip_of_skill(job.clip, job.character, Path(order["runs"]))
        run = settings(job, clip, order["samples"], order["jobs"], order["threads"])
    write_origin(folder, commit(), order["jobs"])
    watched_training(run, clip, folder)
    measure(folder, truth_of(folder), order["threads"])


def settings(job: Job, clip: Clip, samples: int | None, jobs: int, threads: int) -> RunConfig:
    """What ``sfv train`` would take, with the job's start mode, seed and share of the machine."""
    plain = RunConfig(character=job.character)
    run = defaults_for(clip, replace(plain, imitation=replace(plain.imitation, start=job.init)))
    learner = replace(run.learner, seed=job.seed, total_samples=samples or run.learner.total_samples)
    if jobs > 1:
        learner = replace(learner, physics_threads=threads, torch_threads=threads if threads > _FEW_THREADS else 1)
    return replace(run, learner=learner)


def measure_folder(order: dict[str, Any]) -> None:
    """Measure a run folder from elsewhere."""
    folder = Path(order["folder"])
    jobs, version = order["origin"]
    truth = truth_of(folder)  # first: it says what is no run folder
    write_origin(folder, version, jobs)
    measure(folder, truth, order["threads"])


def truth_of(folder: Path) -> Truth | None:
    """The true motion of a run whose clip was recovered from a rendered video; None for others."""
    run, clip = read_run(folder)
    name, source = source_of(name_of_run(folder, clip))
    if source != "synthetic-video":
        return None
    return Truth(find_clip(f"humanoid3d_{name}", run.character), SYNTHETIC_FPS)


_WORK: dict[str, Callable[[dict[str, Any]], None]] = {"clip": make_clips, "train": train, "measure": measure_folder}


def main(order: dict[str, Any]) -> int:
    """Do what is ordered; the last line that is printed says why it failed. Returns the exit status."""
    try:
        _WORK[order["do"]](order)
    except SfvError as error:
        print(f"sfv: error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the same command goes on from there", file=sys.stderr)
        return stopping.exit_status()
    except OSError as error:
        traceback.print_exc()
        print(f"sfv: error: {error}", file=sys.stderr)
        return 1
    return 0


def _end_with_parent() -> None:
    """The pipe closes when the process that began this one ends in whatever way; two must never train in one folder."""
    while os.read(0, 1):  # not sys.stdin: its lock would be held when this process ends by itself
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with stopping.stoppable():
        status = main(json.loads(sys.argv[1]))
    sys.exit(status)
