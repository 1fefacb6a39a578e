"""Protocol ``simulator``, version 1: whether the skill leans on how its own physics was computed.

1. The run's own policy plays NR's task in its own environment, with NR's start noise: 32 trials each, 6 s of a cyclic clip from random
   phases, others from their first frame to their end. The starts are the same each time.
2. Settings, each changed by itself, all else as in training: the step of the physics 1/120, 1/240 and 1/600 s; light joints (the
   character's ``fine_armature``) at 1/600 s, which is NR's "finer physics"; an elliptic friction cone; 3 and 1 iterations of the constraint
   solver (MuJoCo's own limit is 100).
3. Completed: no failure until the end by NR's own rules. NR as ever. Completion has Wilson's interval, NR the normal one of a mean.
4. ``other_backend``: MuJoCo Warp on the CPU beside MuJoCo itself, the same undisturbed starts, each played by the policy from what it sees
   there: NR on both over the first second, and how far apart the root bodies are at its end (mean, metres). Left out where
   mujoco_warp is not installed; it takes minutes, because Warp compiles first and is slow on a CPU.
"""

import importlib.util
from dataclasses import dataclass, replace
from typing import Annotated

from sfv.evaluate.nr import fine_physics
from sfv.evaluate.protocols.protocol import Compared, Protocol
from sfv.evaluate.protocols.result import Progress, Result, mean_row, part, quiet
from sfv.evaluate.protocols.subject import Subject, start_frames
from sfv.evaluate.protocols.sweep import Level, level_rows
from sfv.evaluate.protocols.trials import play_trials
from sfv.imitate.config import NrConfig
from sfv.physics.config import PhysicsConfig
from sfv.ranges import Checked, NotNegative, Range, Seed
from sfv.system.threads import one_torch_thread

NAME, VERSION = "simulator", 1
"""Results of one version can be compared; any change to what is done above raises it."""


@dataclass(frozen=True)
class SimulatorConfig(Checked):
    """Numbers of the protocol; version 1 means the defaults of all but ``trials``, ``other_backend`` and what follows that."""

    steps: tuple[Annotated[int, Range(1, 1000)], ...] = (4, 8, 20)
    """Physics steps in a control step of 1/30 s."""
    iterations: tuple[Annotated[int, Range(1, 100_000)], ...] = (3, 1)
    """Limits of the solver's iterations."""
    trials: Annotated[int, Range(1, 1_000_000)] = 32
    """Of each setting."""
    seconds: Annotated[float, Range(0.01, 3600)] = 6.0
    """Length of a trial of a cyclic clip."""
    pose_noise: NotNegative = 0.02
    """As in ``NrConfig``."""
    velocity_noise: NotNegative = 0.1
    """As in ``NrConfig``."""
    seed: Seed = 1000
    """Seed of the starts."""
    other_backend: bool = False
    """Compare with MuJoCo Warp."""
    backend_trials: Annotated[int, Range(1, 100_000)] = 4
    """Starts of that comparison."""
    backend_seconds: Annotated[float, Range(0.01, 3600)] = 1.0
    """Its length."""


@one_torch_thread()
def run_simulator(subject: Subject, config: SimulatorConfig | None = None, progress: Progress = quiet) -> Result:
    """Measure the subject's policy.

    Raises SfvError for a policy that does not belong to character, clip and settings.
    """
    config = config or SimulatorConfig()
    tell, out = progress, Result()
    nr = NrConfig(
        seconds=config.seconds, pose_noise=config.pose_noise, velocity_noise=config.velocity_noise, seed=config.seed
    )
    variants = _variants(subject, config)
    total = len(variants) + config.other_backend
    for number, (words, physics) in enumerate(variants.items()):
        core = subject.worlds(config.trials, nr, physics=physics)
        observation = core.reset(start=start_frames(core, config.trials, 1, config.seed))
        played = play_trials(core, subject.policy.act, observation, progress=part(tell, number, total))
        rows = slice(0, config.trials)
        out.rows += level_rows(NAME, Level("", 0.0, words), played, rows)
        failure = played.falls.failure(rows, NAME, words, words)
        out.failures += [failure] if failure is not None else []
        out.control_steps += played.cost
    if config.other_backend:
        out.add(_other_backend(subject, config, part(tell, len(variants), total)))
    return out


def _variants(subject: Subject, config: SimulatorConfig) -> dict[str, PhysicsConfig]:
    """Physics by what is changed in it."""
    own = subject.run.physics
    out = {"as trained": own}
    for steps in config.steps:
        out[f"1/{steps * own.control_hz:g} s"] = replace(own, substeps=steps)
    fine = fine_physics(subject.run.character)
    out[f"1/{fine.substeps * fine.control_hz:g} s, light joints"] = fine
    out["elliptic cone"] = replace(own, cone="elliptic")
    for count in config.iterations:
        out[f"{count} solver iteration{'s' if count > 1 else ''}"] = replace(own, iterations=count)
    return out


def _other_backend(subject: Subject, config: SimulatorConfig, progress: Progress) -> Result:
    """Both backends from the same starts, each by itself."""
    if importlib.util.find_spec("mujoco_warp") is None:
        return Result(notes=[f"{NAME}: the other backend is left out: mujoco-warp is not installed"])
    nr = NrConfig(seconds=config.backend_seconds, pose_noise=0.0, velocity_noise=0.0, seed=config.seed)
    out, places = Result(), []
    for number, (words, device) in enumerate({"MuJoCo": "cpu", "MuJoCo Warp": "warp:cpu"}.items()):
        core = subject.worlds(config.backend_trials, nr, device=device)
        observation = core.reset(start=start_frames(core, config.backend_trials, 1, config.seed))
        deadline = core.clip_steps(core.start).clamp_max(round(config.backend_seconds * core.control_hz))
        played = play_trials(core, subject.policy.act, observation, deadline, progress=part(progress, number, 2))
        out.control_steps += played.cost
        out.rows.append(mean_row(NAME, f"{words}, {config.backend_seconds:g} s", "nr", played.nr))
        places.append(core.worlds.xpos[:, core.skeleton.root].clone())
    apart = (places[0] - places[1]).norm(dim=1).numpy()
    out.rows.append(mean_row(NAME, f"MuJoCo Warp, {config.backend_seconds:g} s", "root_apart", apart))
    return out


PROTOCOL = Protocol(
    NAME,
    VERSION,
    run_simulator,
    SimulatorConfig(),
    title="Other simulation",
    quick=SimulatorConfig(steps=(8,), iterations=(3,), trials=8),
    weight=8.0,
    summary=lambda rows, env: [],
    compared=(Compared("1/600 s, light joints", "nr", "NR on finer physics"),),
)
