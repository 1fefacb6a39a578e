"""``sfv bench train``: control steps a second of training, beside raw MuJoCo and what it replaces."""

import shlex
from dataclasses import replace
from pathlib import Path

from sfv.bench.results import FOLDER, write_results
from sfv.progress import console
from sfv.ranges import PositiveSeconds, Threads, checked

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


@checked
def train(
    clip: str = "humanoid3d_walk",
    character: str = "humanoid",
    threads: Threads = 0,
    seconds: PositiveSeconds = 150.0,
    out: Path = FOLDER,
) -> None:
    """Time raw physics, environment, training, stock PPO and subprocess environments in turn; write docs/results/train.json, .md.

    Args:
        clip: What is imitated: a clip.npz or the name of a motion-capture clip.
        character: Character that does it.
        threads: Threads of the physics; 0: one a core.
        seconds: Time for the rounds; a minute is spent before them.
        out: Folder of the result files.
    """
    from sfv.cli.inputs import find_clip, writable_folder
    from sfv.learn.config import RunConfig

    writable_folder(out)
    found = find_clip(clip, character)
    from sfv.bench.throughput import ThroughputConfig, measure
    from sfv.learn.defaults import defaults_for

    run = defaults_for(found, RunConfig(character=character))
    run = replace(run, learner=replace(run.learner, physics_threads=threads))
    rows = measure(found, ThroughputConfig(run=run, threads=threads, seconds=seconds), console.print)
    for row in rows:
        console.print(
            f"{row['what']:<12} {row['steps_per_s']:>7}/s  {row['of_raw']:.2f} of raw MuJoCo, {row['of_physics']:.2f} of the physics"
        )
    words = ["sfv", "bench", "train", "--clip", clip, "--character", character]
    words += ["--threads", str(threads)] if threads else []
    write_results("train", shlex.join(words), rows, out, TEXT)
    console.print(f"wrote {out / 'train.md'}")
