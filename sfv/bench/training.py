"""Control steps a second of training, beside raw MuJoCo and what it replaces: from settings to the table."""

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from sfv.bench.results import FOLDER, write_results
from sfv.ranges import Checked, PositiveSeconds, Threads
from sfv.system.progress import log

TEXT = """\
Control steps a second (1/30 s each, one world), medians over rounds; every round times all rows one after the other, so ratios hold
where rates do not: the machine may do other things too. "of_raw" and "of_physics" are medians of each round's ratio to that row.
"ours_is_faster": the environment's rate over subproc's and async's, training's over sb3_stock's and sb3_subproc's.

raw_mj_step repeats control steps recorded from the environment (its states, contacts, servo targets and warm starts) with
MuJoCo's own C++ loop, which returns nothing but states; physics repeats the same steps with the project's worlds, which also give
body poses and velocities of the new state, contacts and failures. environment: random actions of an untrained policy's size.
training: whole updates, collection and learning. sb3_stock and sb3_subproc: Stable-Baselines3's own PPO with the same sizes of
network, update and minibatch and the same epochs. subproc, async: the Gymnasium environment, the number of processes that was
fastest in a trial before; one torch thread each.
"""


@dataclass(frozen=True)
class TrainBenchConfig(Checked):
    """Time raw physics, environment, training, stock PPO and subprocess environments in turn; write docs/results/train.json, .md."""

    clip: str = "humanoid3d_walk"
    """Clip that is imitated: a clip.npz or the name of a motion-capture clip."""
    character: str = "humanoid"
    """Character that imitates the clip."""
    threads: Threads = 0
    """Number of threads of the physics; 0 takes one a core."""
    seconds: PositiveSeconds = 150.0
    """Seconds for the rounds; a minute is spent before them."""
    out: Path = FOLDER
    """Folder of the result files."""


def bench_train(config: TrainBenchConfig) -> Path:
    """Measure, write train.json and .md; returns the page. Raises SfvError."""
    from sfv.names import find_clip
    from sfv.storage.outputs import writable_folder

    writable_folder(config.out)
    found = find_clip(config.clip, config.character)
    from sfv.bench.throughput import ThroughputConfig, measure
    from sfv.learn.config import RunConfig
    from sfv.learn.defaults import defaults_for

    run = defaults_for(found, RunConfig(character=config.character))
    run = replace(run, learner=replace(run.learner, physics_threads=config.threads))
    rows = measure(found, ThroughputConfig(run=run, threads=config.threads, seconds=config.seconds), log)
    for row in rows:
        log(
            f"{row['what']:<12} {row['steps_per_s']:>7}/s  {row['of_raw']:.2f} of raw MuJoCo, {row['of_physics']:.2f} of the physics"
        )
    words = ["sfv", "bench", "train", "--clip", config.clip, "--character", config.character]
    words += ["--threads", str(config.threads)] if config.threads else []
    write_results("train", shlex.join(words), rows, config.out, TEXT)
    return config.out / "train.md"
