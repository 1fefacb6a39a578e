"""Protocol ``starts``, version 1: whether the skill finds back to its motion from states that it never saw.

1. The run's own policy plays its own task in its own environment and physics: 6 s of a cyclic clip from random phases, others
   from their first frame to their end. 32 trials a level, the same phases in every level, all levels side by side. Nothing is disturbed but
   the start.
2. pose: noise on every joint angle and on the root's rotation, as a multiple of NR's (0.02 rad). velocity: noise on every velocity, as
   a multiple of NR's (0.1 m/s and rad/s). displaced: root moved so many metres in a random horizontal direction, reference and
   velocities as they were. turned: body and velocity turned about the vertical at the root by so many degrees, to either side at
   random. Who would be in the ground is lifted out of it.
3. completion: share of the trials without a fall until the end. Fall: a body touches the ground that must not, by the run's own rule (where
   any may, by what the reference brings near the ground), or the physics breaks down. Straying is none, and the reference waits
   for nobody. Wilson's interval, 95 %.
4. recovery_seconds: time until the reward, averaged over 0.5 s, stays for good above 0.95 of what the same start earns undisturbed at the
   same time. Median; low and high are the quartiles, n the trials that recovered. recovered: their share of all.
   A start that falls without any disturbance is not counted in either.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from torch import Tensor

from sfv.evaluate.protocols.protocol import Plot, Protocol
from sfv.evaluate.protocols.result import Progress, Result, Row, quiet, share_row
from sfv.evaluate.protocols.subject import Subject, start_frames
from sfv.evaluate.protocols.sweep import Level, Sweep
from sfv.evaluate.protocols.trials import Played, play_trials
from sfv.imitate.config import NrConfig
from sfv.imitate.starts import reset
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.motion.rotations import quat_multiply
from sfv.ranges import Checked, Degrees, NotNegative, PositiveSeconds, Range, Seed
from sfv.system.threads import one_torch_thread

NAME, VERSION = "starts", 1
"""Results of one version can be compared; any change to what is done above raises it."""


@dataclass(frozen=True)
class StartsConfig(Checked):
    """Numbers of the protocol; version 1 means the defaults of all but the levels and ``trials``."""

    pose: tuple[NotNegative, ...] = (1.0, 2.0, 4.0, 8.0)
    """Times ``pose_noise``."""
    velocity: tuple[NotNegative, ...] = (1.0, 4.0, 10.0, 20.0)
    """Times ``velocity_noise``."""
    displaced: tuple[NotNegative, ...] = (0.2, 0.4, 0.6, 0.8)
    """Metres."""
    turned: tuple[Degrees, ...] = (10.0, 20.0, 30.0, 45.0)
    """Degrees."""
    trials: Annotated[int, Range(1, 1_000_000)] = 32
    """Of each level."""
    seconds: Annotated[float, Range(0.01, 3600)] = 6.0
    """Length of a trial of a cyclic clip."""
    pose_noise: NotNegative = 0.02
    """Radians: NR's."""
    velocity_noise: NotNegative = 0.1
    """m/s and rad/s: NR's."""
    window_seconds: PositiveSeconds = 0.5
    """Rewards are averaged over so long."""
    recovered_share: Annotated[float, Range(0, 1, open_low=True)] = 0.95
    """Of the undisturbed reward. With 0.9 who is a metre away from the reference would count as recovered: the place has a tenth
    of the reward."""
    seed: Seed = 1000
    """Seed of starts and disturbances."""


_WORDS = {
    "pose": "pose noise x{:g}", "velocity": "velocity noise x{:g}", "displaced": "root displaced by {:g} m",
    "turned": "heading turned by {:g} degrees",
}  # fmt: skip


@one_torch_thread()
def run_starts(subject: Subject, config: StartsConfig | None = None, progress: Progress = quiet) -> Result:
    """Measure the subject's policy.

    Raises SfvError for a policy that does not belong to character, clip and settings.
    """
    config = config or StartsConfig()
    levels = [
        Level(name, value, words.format(value)) for name, words in _WORDS.items() for value in getattr(config, name)
    ]
    nr = NrConfig(seconds=config.seconds, pose_noise=0.0, velocity_noise=0.0, seed=config.seed)
    core = subject.worlds((len(levels) + 1) * config.trials, nr, falls_only=True)
    core.reset(start=start_frames(core, config.trials, len(levels) + 1, config.seed))
    observation = _disturb(core, levels, config)
    played = play_trials(core, subject.policy.act, observation, progress=progress)
    out = Result(control_steps=played.cost)
    plain = slice(0, config.trials)
    for name in _WORDS:
        sweep = Sweep(NAME, name)
        sweep.enter(Level(name, 0.0, "undisturbed", nominal=True), played, plain)
        for number, level in enumerate(levels, start=1):
            if level.sweep == name:
                rows = slice(number * config.trials, (number + 1) * config.trials)
                sweep.enter(level, played, rows)
                out.rows += _recovery_rows(level, played, rows, plain, config)
        if getattr(config, name):
            out.add(sweep.result())
    return out


def _disturb(core: ImitationWorlds, levels: list[Level], config: StartsConfig) -> Tensor:
    """Change the starts of all worlds but the first ``trials``; what is seen then."""
    random = torch.Generator().manual_seed(config.seed)
    qpos, qvel = core.worlds.qpos.clone(), core.worlds.qvel.clone()
    for number, level in enumerate(levels, start=1):
        rows = slice(number * config.trials, (number + 1) * config.trials)
        if level.sweep == "pose":
            qpos[rows] = reset.add_pose_noise(qpos[rows], level.value * config.pose_noise, core.skeleton, random)
        elif level.sweep == "velocity":
            qvel[rows] = reset.add_velocity_noise(qvel[rows], level.value * config.velocity_noise, random)
        elif level.sweep == "displaced":
            angle = 2.0 * math.pi * torch.rand(config.trials, generator=random).to(qpos)
            qpos[rows, :2] += level.value * torch.stack((angle.cos(), angle.sin()), dim=1)
        else:
            sign = 2.0 * torch.randint(0, 2, (config.trials,), generator=random).to(qpos) - 1.0
            qpos[rows], qvel[rows] = turned(qpos[rows], qvel[rows], math.radians(level.value) * sign)
    reset.place(core.worlds, torch.arange(core.num_worlds), qpos, qvel)
    return core.observer.observe(core.worlds, core.frame)


def turned(qpos: Tensor, qvel: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """States turned about the vertical through the root. Shapes (N, nq), (N, nv), (N,) radians."""
    qpos, qvel = qpos.clone(), qvel.clone()
    half, zero = 0.5 * angle, torch.zeros_like(angle)
    qpos[:, 3:7] = quat_multiply(torch.stack((half.cos(), zero, zero, half.sin()), dim=1), qpos[:, 3:7])
    cos, sin = angle.cos(), angle.sin()
    x, y = qvel[:, 0].clone(), qvel[:, 1].clone()
    # the root's spin is in its own frame and turns with it
    qvel[:, 0], qvel[:, 1] = cos * x - sin * y, sin * x + cos * y
    return qpos, qvel


def _recovery_rows(level: Level, played: Played, rows: slice, plain: slice, config: StartsConfig) -> list[Row]:
    """How soon, and how many of those whose undisturbed start does not fall. None where all of these fall."""
    sound = played.survived[plain].numpy()
    if not sound.any():
        return []
    window = max(round(config.window_seconds * played.falls.hz), 1)
    times = recovery_times(
        played.rewards[rows].numpy()[sound], played.rewards[plain].numpy()[sound], played.deadline[plain].numpy()[sound], window,
        config.recovered_share,
    ) / played.falls.hz  # fmt: skip
    back = times[np.isfinite(times)]
    where = level.sweep, level.value
    out = [share_row(NAME, level.setting, "recovered", len(back), len(times), *where)]
    if len(back):
        low, middle, high = np.percentile(back, (25, 50, 75)).tolist()
        out.append(Row(NAME, level.setting, "recovery_seconds", middle, low, high, len(back), *where))
    return out


def recovery_times(
    rewards: np.ndarray, undisturbed: np.ndarray, deadline: np.ndarray, window: int, share: float
) -> np.ndarray:
    """Control steps until averages over ``window`` steps stay above ``share`` of the undisturbed ones; infinity where they never do.

    Shapes (K, T), (K, T), (K,) -> (K,).
    """
    out = np.full(len(rewards), np.inf)
    for k, (mine, theirs, last) in enumerate(zip(rewards, undisturbed, deadline.tolist())):
        width = min(window, last)
        kernel = np.ones(width) / width
        low = np.convolve(mine[:last], kernel, "valid") < share * np.convolve(theirs[:last], kernel, "valid")
        first = int(np.flatnonzero(low)[-1]) + 1 if low.any() else 0
        if first < len(low):
            out[k] = first
    return out


PROTOCOL = Protocol(
    NAME,
    VERSION,
    run_starts,
    StartsConfig(),
    title="Other starts",
    quick=StartsConfig(pose=(2.0, 4.0), velocity=(4.0, 10.0), displaced=(0.4, 0.8), turned=(20.0, 45.0), trials=8),
    weight=10.0,
    units={
        "pose": "times NR's pose noise", "velocity": "times NR's velocity noise", "displaced": "m from its place",
        "turned": "degrees turned",
    },
    of_what="of the start",
    plot=Plot("starts.png"),
)  # fmt: skip
