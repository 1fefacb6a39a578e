"""Protocol ``parameters``, version 1: how far body, motors, senses and ground may differ from those that the skill was trained on.

One setting at a time is changed, all others are nominal. Every level, 32 trials each, runs side by side.

1. The run's own policy plays NR's task in its own environment and physics, with NR's start noise: 6 s of a cyclic clip from random
   phases, others from their first frame to their end. The starts are the same in every level.
2. Completed: no failure until the end by NR's own rules (a fall, or further than the run's termination distance from the
   reference). NR: rewards until the failure over the control steps there are.
3. friction: factor on that of the ground. mass: factor on mass and inertia of every body. load: kilograms at the root body's centre of
   mass. load_hand: the same in one hand (the first that character.toml names). strength: factor on all torque limits. gain: factor on
   stiffness and damping of all servos. gravity: factor. delay_seconds: from the action to the servos, in whole physics steps.
   sensor_noise: standard deviation of normal noise on every observed number of the body and of the reference offset (rad, m, m/s and
   rad/s alike), new at every control step.
4. The range of a setting: from the nominal value outwards as long as at least 90 % of the trials are completed at every level.
   Completion has Wilson's interval, NR the normal one of a mean, both 95 %.
"""

from dataclasses import dataclass, fields
from typing import Annotated

import torch

from sfv.evaluate.protocols.protocol import Plot, Protocol
from sfv.evaluate.protocols.result import Progress, Result, part, quiet
from sfv.evaluate.protocols.subject import Subject, start_frames, with_load_on
from sfv.evaluate.protocols.sweep import Level, Sweep
from sfv.evaluate.protocols.trials import Played, play_trials
from sfv.imitate.config import NrConfig
from sfv.ranges import Checked, NotNegative, Positive, Range, Seed
from sfv.system.threads import one_torch_thread

NAME, VERSION = "parameters", 1
"""Results of one version can be compared; any change to what is done above raises it."""


@dataclass(frozen=True)
class Levels(Checked):
    """Levels of each setting; an empty list leaves it out. The nominal one is always played and need not be named."""

    friction: tuple[Positive, ...] = (0.1, 0.2, 0.3, 0.5, 0.7, 1.5, 2.0)
    """Factor."""
    mass: tuple[Positive, ...] = (0.5, 0.7, 0.85, 1.15, 1.3, 1.6, 2.0)
    """Factor."""
    load: tuple[NotNegative, ...] = (2.5, 5.0, 10.0, 15.0, 20.0)
    """Kilograms at the root."""
    load_hand: tuple[NotNegative, ...] = (1.0, 2.0, 4.0, 8.0)
    """Kilograms in one hand."""
    strength: tuple[Positive, ...] = (0.3, 0.5, 0.7, 0.85)
    """Factor."""
    gain: tuple[Positive, ...] = (0.3, 0.5, 0.7, 0.85, 1.2, 1.5, 2.0)
    """Factor."""
    gravity: tuple[NotNegative, ...] = (0.3, 0.6, 0.8, 1.2, 1.5)
    """Factor."""
    delay_seconds: tuple[Annotated[float, Range(0, 10)], ...] = (1 / 120, 2 / 120, 3 / 120, 4 / 120)
    """Seconds."""
    sensor_noise: tuple[NotNegative, ...] = (0.01, 0.02, 0.05, 0.1, 0.2)
    """Standard deviation."""


@dataclass(frozen=True)
class ParametersConfig(Checked):
    """Numbers of the protocol; version 1 means the defaults of all but the levels and ``trials``."""

    levels: Levels = Levels()
    """What is tried."""
    trials: Annotated[int, Range(1, 1_000_000)] = 32
    """Of each level."""
    seconds: Annotated[float, Range(0.01, 3600)] = 6.0
    """Length of a trial of a cyclic clip."""
    pose_noise: NotNegative = 0.02
    """As in ``NrConfig``."""
    velocity_noise: NotNegative = 0.1
    """As in ``NrConfig``."""
    seed: Seed = 1000
    """Seed of the starts and of the noise."""


_NOMINAL = {"load": 0.0, "load_hand": 0.0, "delay_seconds": 0.0, "sensor_noise": 0.0}
"""All others are factors."""
_IN_HAND = "load_hand"


@one_torch_thread()
def run_parameters(subject: Subject, config: ParametersConfig | None = None, progress: Progress = quiet) -> Result:
    """Measure the subject's policy.

    Raises SfvError for a policy that does not belong to character, clip and settings.
    """
    config = config or ParametersConfig()
    tell, out, hands = progress, Result(), subject.character.hands
    grid: dict[str, tuple[float, ...]] = {item.name: getattr(config.levels, item.name) for item in fields(Levels)}
    if grid[_IN_HAND] and not hands:
        out.notes.append(f"{NAME}: {_IN_HAND} is left out: character.toml of '{subject.character.name}' names no hands")
        grid[_IN_HAND] = ()
    sweeps = {name: Sweep(NAME, name) for name, values in grid.items() if values}
    held = [_level(name, value) for name in sweeps if name == _IN_HAND for value in grid[name]]
    others = [_level(name, value) for name in sweeps if name != _IN_HAND for value in grid[name]]
    plain = Level("", 1.0, "nothing changed", nominal=True)
    width = len(others) + 1
    played = _play(subject, config, [plain, *others], None, part(tell, 0, width + len(held), width))
    out.control_steps += played.cost
    for name, sweep in sweeps.items():
        nominal = Level(name, _NOMINAL.get(name, 1.0), plain.setting, nominal=True)
        sweep.enter(nominal, played, slice(0, config.trials))
    _enter(sweeps, others, played, config.trials, 1)
    if held:
        played = _play(subject, config, held, hands[0], part(tell, width, width + len(held), len(held)))
        out.control_steps += played.cost
        _enter(sweeps, held, played, config.trials, 0)
    for sweep in sweeps.values():
        out.add(sweep.result())
    return out


def _level(name: str, value: float) -> Level:
    return Level(name, value, f"{name} {value:.3g}")


def _play(
    subject: Subject, config: ParametersConfig, levels: list[Level], carrier: str | None, progress: Progress
) -> Played:
    """All levels side by side; loads are on body ``carrier`` (None: the root)."""
    nr = NrConfig(
        seconds=config.seconds, pose_noise=config.pose_noise, velocity_noise=config.velocity_noise, seed=config.seed
    )
    place = subject.environment if carrier is None else with_load_on(subject.environment, carrier)
    core = subject.worlds(len(levels) * config.trials, nr, environment=place)
    observation = core.reset(start=start_frames(core, config.trials, len(levels), config.seed))
    for name in {level.sweep for level in levels if not level.nominal}:
        values = [level.value if level.sweep == name else _NOMINAL.get(name, 1.0) for level in levels]
        every = torch.tensor(values).repeat_interleave(config.trials)
        core.disturbances.set("load" if name == _IN_HAND else name, every)
    return play_trials(core, subject.policy.act, observation, progress=progress)


def _enter(sweeps: dict[str, Sweep], levels: list[Level], played: Played, trials: int, first: int) -> None:
    for number, level in enumerate(levels, start=first):
        sweeps[level.sweep].enter(level, played, slice(number * trials, (number + 1) * trials))


PROTOCOL = Protocol(
    NAME,
    VERSION,
    run_parameters,
    ParametersConfig(),
    title="Body, motors, senses",
    quick=ParametersConfig(
        Levels(
            friction=(0.2, 0.5),
            mass=(0.7, 1.3),
            load=(10.0,),
            load_hand=(4.0,),
            strength=(0.5,),
            gain=(0.5, 1.5),
            gravity=(0.6, 1.2),
            delay_seconds=(1 / 60, 1 / 30),
            sensor_noise=(0.02, 0.1),
        ),
        trials=8,
    ),
    weight=30.0,
    units={
        "friction": "times the friction", "mass": "times the mass", "load": "kg at the root", "load_hand": "kg in a hand",
        "strength": "times the torque limits", "gain": "times the servos' gains", "gravity": "times gravity",
        "delay_seconds": "s of delay", "sensor_noise": "noise on what it sees",
    },
    of_what="of body, motors and senses",
    plot=Plot("parameters.png"),
)  # fmt: skip
