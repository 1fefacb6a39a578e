#!/usr/bin/env python3
"""What one GPU gives: agreement with the CPU, speed against the number of worlds, a walk and a backflip to their targets.

    python scripts/gpu_check.py --walk walk.npz --backflip backflip.npz --out docs/results

Needs Python 3.11 to 3.13 with a CUDA build of torch (also numpy, scipy, rich, tensorboard, opencv-python-headless, absl-py,
cloudpickle, fsspec and tqdm), these wheels and no network: mujoco==3.14.0, mjbatch==0.1.4, mujoco-warp==3.14.0,
warp-lang==1.19.0, gymnasium==1.4.0, Farama-Notifications, stable-baselines3==2.9.2, glfw, etils, pyopengl, platformdirs,
tyro==1.0.16, docstring-parser, typeguard. The two clips are made beforehand, where the network is:

    python scripts/gpu_check.py --write-clips FOLDER

Takes less than nine minutes: trainings are begun only while there is time. ``--small`` runs the same code in miniature on Warp's
CPU device and says nothing about speed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from stable_baselines3.common.logger import configure

from sfv.bench.results import Row, write_results
from sfv.character import load_character
from sfv.environment import load_environment
from sfv.imitate.vec_env import ImitationVecEnv
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.defaults import defaults_for
from sfv.learn.ppo.ppo import ImitationPPO
from sfv.learn.timing import choose_precision
from sfv.learn.train import TrainProgress, train
from sfv.motion.clip import Clip
from sfv.physics.backend import make_worlds
from sfv.physics.model import build_model

TARGETS = {"walk": 0.95, "backflip": 0.80}
CHARACTERS = ("humanoid", "atlas", "g1")
TEXT = """\
Rates are control steps a second (1/30 s each) of all worlds together; physics: sub-steps and body poses; environment: with
observation, reward, termination and new episodes under random actions; training: whole updates. Shares are of an update's time,
physics and environment timed apart. Parity: the largest difference of body positions (m) after so many control steps from the same
states, the median over worlds. Seconds of a training run from the call to the saved policy, compilation of kernels included
where "cold"; samples at the evaluation that reached the target.
"""


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    device: str
    worlds: tuple[int, ...]
    parity_worlds: int
    steps: int
    seeds: int
    deadline: float
    """Seconds after which no training is begun."""


FULL = Sizes("cuda", (1024, 2048, 4096, 8192, 16384), 256, 32, 3, 420.0)
SMALL = Sizes("warp:cpu", (4, 8), 4, 2, 1, 1e9)


def waited(device: torch.device) -> float:
    """The time once the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def parity(character: str, sizes: Sizes) -> list[Row]:
    """The same scattered states and controls on the device and on MuJoCo's own threads."""
    run = load_character(character).training
    physics = replace(RunConfig().physics, substeps=8, armature=run.armature)
    model = build_model(load_character(character), load_environment("flat"), physics)
    count, generator = sizes.parity_worlds, torch.Generator().manual_seed(0)
    pair = [make_worlds(model, count, physics, device) for device in ("cpu", sizes.device)]
    qpos = pair[0].qpos.clone()
    qpos[:, 2] += 0.2 * torch.rand(count, generator=generator)
    qpos[:, 7:] += 0.02 * torch.randn(qpos[:, 7:].shape, generator=generator)
    qvel = 0.3 * torch.randn((count, model.nv), generator=generator)
    ctrl = 0.2 * torch.randn((count, model.nu), generator=generator)
    for worlds in pair:
        worlds.reset(torch.arange(count, device=worlds.device), qpos.to(worlds.device), qvel.to(worlds.device))
    rows = []
    for step in range(1, 11):
        for worlds in pair:
            worlds.step(ctrl.to(worlds.device))
        apart = (pair[0].xpos - pair[1].xpos.cpu()).norm(dim=-1).amax(1)
        if step in (1, 10):
            rows.append(row("parity", float(apart.median()), "m", count, f"{character}, {step} control steps"))
    pair[1].check()
    return rows


def speeds(clip: Clip, sizes: Sizes, count: int) -> list[Row]:
    """Physics, environment and training with ``count`` worlds, and the memory they take."""
    run = defaults_for(clip, RunConfig(learner=TrainConfig(device="cpu")))
    settings = replace(run.learner, worlds=count, batch_size=max(2 * count, 64))
    cuda = sizes.device == "cuda"
    if cuda:
        torch.cuda.reset_peak_memory_stats()
    core = make_imitation_worlds(
        clip,
        load_character("humanoid"),
        load_environment("flat"),
        run.physics,
        run.imitation,
        count,
        device=sizes.device,
    )
    learner = ImitationPPO(ImitationVecEnv(core), settings)
    learner.set_logger(configure(None, []))
    learner.network.low_precision = choose_precision(learner.network, settings) == "bfloat16"
    learner.warm_up(2)
    noise = 0.37 * torch.randn((count, core.action_size), device=core.device)
    ctrl = torch.zeros((count, core.action_size), device=core.device)

    def rate(work: Callable[[], object], steps: int) -> float:
        begin = waited(core.device)
        for _ in range(steps):
            work()
        return steps * count / (waited(core.device) - begin)

    core.step(noise)
    environment = rate(lambda: core.step(noise), sizes.steps)
    core.worlds.step(ctrl)
    physics = rate(lambda: core.worlds.step(ctrl), sizes.steps)
    learner.update(10**9)
    updates = max(sizes.steps // settings.n_steps, 1)
    training = settings.n_steps * rate(lambda: learner.update(10**9), updates)
    core.worlds.check()
    out = [
        row("physics", physics, "control steps/s", count),
        row("environment", environment, "control steps/s", count),
        row("training", training, "control steps/s", count),
        row("share_physics", training / physics, "", count),
        row("share_kernels", training * (1 / environment - 1 / physics), "", count),
        row("share_learner", 1 - training / environment, "", count),
    ]
    if cuda:
        free, total = torch.cuda.mem_get_info()
        out.append(row("memory", (total - free) / 2**30, "GiB", count))
    return out


def skill(name: str, clip: Clip, sizes: Sizes, seed: int, cold: bool) -> list[Row]:
    """Train to the target; seconds and samples, or the NR that was reached instead."""
    run = defaults_for(clip, RunConfig(learner=TrainConfig(device="auto" if sizes.device == "cuda" else "cpu")))
    learner = replace(run.learner, device=sizes.device, stop_nr=TARGETS[name], seed=seed)
    if sizes is SMALL:
        learner = replace(
            learner, worlds=4, n_steps=4, batch_size=8, n_epochs=1, total_samples=32, nr_starts=1, hidden=(8,)
        )
    begin = time.perf_counter()

    def tell(progress: TrainProgress) -> None:
        if progress.evaluated:
            print(f"  {name} seed {seed}: {progress.samples:,} samples, NR {progress.nr:.3f}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        summary = train(replace(run, learner=learner), clip, Path(folder) / "run", tell)
    seconds, what = time.perf_counter() - begin, f"seed {seed}{', cold' if cold else ''}"
    count = learner.worlds
    rows = [
        row(f"{name}_nr", summary.nr, "", count, what),
        row(f"{name}_samples", summary.samples, "control steps", count, what),
    ]
    if summary.reason == "nr":  # a target that was missed has no seconds
        rows.append(row(f"{name}_seconds", seconds, "s", count, what))
    return rows


def row(what: str, value: float, unit: str, worlds: int, setting: str = "") -> Row:
    """One figure, also printed."""
    print(f"{what:<18} {worlds:>6} worlds  {value:>14.6g} {unit:<16} {setting}", flush=True)
    out = {"device": NAME, "what": what, "worlds": worlds, "value": float(f"{value:.6g}"), "unit": unit}
    return out | ({"setting": setting} if setting else {})


def load(path: Path | None, name: str) -> Clip:
    """The given clip.npz, or the captured clip where the assets are."""
    if path is not None:
        return Clip.load(path)
    from sfv.assets import fetch
    from sfv.motion.deepmimic import read_deepmimic

    return read_deepmimic(fetch(f"humanoid3d_{name}"))


def main() -> int:
    """Measure everything, then write gpu.json and gpu.md; what was measured before an error is written too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in TARGETS:
        parser.add_argument(f"--{name}", type=Path, help=f"clip.npz of the {name}; fetched where left out")
    parser.add_argument("--out", type=Path, default=Path("docs/results"))
    parser.add_argument("--write-clips", type=Path, help="only write walk.npz and backflip.npz into this folder")
    parser.add_argument("--small", action="store_true", help="in miniature on the CPU")
    given = parser.parse_args()
    clips = {name: load(getattr(given, name), name) for name in TARGETS}
    if given.write_clips:
        given.write_clips.mkdir(parents=True, exist_ok=True)
        for name, clip in clips.items():
            clip.save(given.write_clips / f"{name}.npz")
        return 0
    sizes = SMALL if given.small else FULL
    if not given.small and not torch.cuda.is_available():
        print("gpu_check: error: torch finds no CUDA GPU; give --small to try the code on the CPU", file=sys.stderr)
        return 1
    global NAME
    NAME = "cpu" if given.small else torch.cuda.get_device_name()
    begin, rows = time.perf_counter(), []
    try:
        for character in CHARACTERS:
            rows += parity(character, sizes)
        for count in sizes.worlds:
            rows += speeds(clips["walk"], sizes, count)
        for seed in range(sizes.seeds):
            for name, clip in clips.items():
                if time.perf_counter() - begin < sizes.deadline:
                    rows += skill(name, clip, sizes, seed, cold=seed == 0)
    finally:
        given.out.mkdir(parents=True, exist_ok=True)
        write_results("gpu", "python scripts/gpu_check.py" + (" --small" if given.small else ""), rows, given.out, TEXT)
        print(f"{time.perf_counter() - begin:.0f} s in all; wrote {given.out / 'gpu.json'}")
    return 0


NAME = ""

if __name__ == "__main__":
    sys.exit(main())
