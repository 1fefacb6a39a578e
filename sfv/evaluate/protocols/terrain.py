"""Protocol ``terrain``, version 2: the same policy on ground that it was not trained on, more difficult step by step.

1. The run's own policy, unchanged, plays NR's task in its own physics, with NR's start noise: 32 trials a level, 10 s of a cyclic
   clip from random phases, others from their first frame to their end. Nothing else is disturbed. The clip is laid along the
   ground's x axis, its reference rides on the ground, and heights are measured from the ground below (sfv.imitate.reference.ground).
   Nobody starts with a standing hand or foot over a gap (version 1 let them).
2. Completed: no failure until the end by NR's own rules (a body touches the ground that must not, or further than the run's
   termination distance from the reference; so falling into a gap or standing still before a step is a failure).
3. Kinds of ground: slope_up, slope_down and slope_side (rising to the left), degrees; rough, centimetres between the lowest and the
   highest point, wavelength 1 m; gaps, centimetres, 1.2 m of ground between them; stairs_up and stairs_down, centimetres a step of
   30 cm depth; soft, seconds (MuJoCo's solref, 0.02 is hard); slippery, sliding friction; gravity, m/s^2.
   Level 0 of each is the level ground of the environment "flat".
4. Environments that the policy was trained on, or that were asked for, are measured too, if they are none of these.
5. Left out, with a reason: ground that nobody can stand on, ground whose first obstacle the clip does not reach, and all of it for
   clips that were recorded on ground of their own (``follow = false``).
6. The range of a kind: from level ground on, as long as at least 90 % of the trials are completed at every level. Completion has
   Wilson's interval, NR the normal one of a mean, both 95 %.
"""

from dataclasses import dataclass, fields, replace
from typing import Annotated

from sfv.environment import Environment, load_environment
from sfv.environment.stepped import Gaps, Stairs
from sfv.environment.terrain import Terrain
from sfv.errors import SfvError
from sfv.evaluate.protocols.protocol import Plot, Protocol
from sfv.evaluate.protocols.result import Progress, Result, part, quiet
from sfv.evaluate.protocols.subject import Subject, start_frames
from sfv.evaluate.protocols.sweep import Level, Sweep
from sfv.evaluate.protocols.trials import Played, play_trials
from sfv.imitate.config import NrConfig
from sfv.motion.clip import Clip
from sfv.motion.placing import along_x
from sfv.ranges import Checked, NotNegative, Positive, Range, Seed
from sfv.system.threads import one_torch_thread

NAME, VERSION = "terrain", 2
"""Results of one version can be compared; any change to what is done above raises it."""


@dataclass(frozen=True)
class Grounds(Checked):
    """Levels of each kind of ground; an empty list leaves it out."""

    slope_up: tuple[Annotated[float, Range(0, 89)], ...] = (5.0, 10.0, 15.0, 20.0)
    """Degrees."""
    slope_down: tuple[Annotated[float, Range(0, 89)], ...] = (5.0, 10.0, 15.0, 20.0)
    """Degrees."""
    slope_side: tuple[Annotated[float, Range(0, 89)], ...] = (5.0, 10.0, 15.0, 20.0)
    """Degrees."""
    rough: tuple[Annotated[float, Range(0, 10_000)], ...] = (2.0, 5.0, 10.0, 15.0, 20.0)
    """Centimetres."""
    gaps: tuple[Annotated[float, Range(0, 10_000)], ...] = (10.0, 20.0, 30.0, 40.0)
    """Centimetres."""
    stairs_up: tuple[Annotated[float, Range(0, 10_000)], ...] = (2.0, 5.0, 10.0, 15.0)
    """Centimetres."""
    stairs_down: tuple[Annotated[float, Range(0, 10_000)], ...] = (2.0, 5.0, 10.0, 15.0)
    """Centimetres."""
    soft: tuple[Annotated[float, Range(0, 1, open_low=True)], ...] = (0.05, 0.1, 0.2)
    """Seconds."""
    slippery: tuple[Positive, ...] = (0.6, 0.4, 0.3, 0.2, 0.1)
    """Friction."""
    gravity: tuple[NotNegative, ...] = (6.0, 3.7, 1.62)
    """m/s^2."""


_ENVIRONMENTS = {
    "slope_up": ("slope:angle_deg={:g},direction=up", 1.0, "{:g} degrees uphill"),
    "slope_down": ("slope:angle_deg={:g},direction=down", 1.0, "{:g} degrees downhill"),
    "slope_side": ("slope:angle_deg={:g},direction=left", 1.0, "{:g} degrees across"),
    "rough": ("rough:height={:g}", 0.01, "uneven by {:g} cm"),
    "gaps": ("gaps:width={:g}", 0.01, "gaps of {:g} cm"),
    "stairs_up": ("stairs:rise={:g}", 0.01, "steps of {:g} cm up"),
    "stairs_down": ("stairs:rise={:g}", -0.01, "steps of {:g} cm down"),
    "soft": ("flat:softness_seconds={:g}", 1.0, "soft ground, {:g} s"),
    "slippery": ("flat:friction={:g}", 1.0, "friction {:g}"),
    "gravity": ("flat:gravity={:g}", 1.0, "gravity {:g} m/s^2"),
}
"""Name of the environment, its unit over the level's, and the level in words."""
_LEVEL_GROUND = {"soft": 0.02, "slippery": 1.0, "gravity": 9.81}
"""Level of the environment "flat"; all others have 0."""


@dataclass(frozen=True)
class TerrainConfig(Checked):
    """Numbers of the protocol; version 1 means the defaults of all but the levels and ``trials``."""

    grounds: Grounds = Grounds()
    """What is tried."""
    trials: Annotated[int, Range(1, 1_000_000)] = 32
    """Of each level."""
    seconds: Annotated[float, Range(0.01, 3600)] = 10.0
    """Length of a trial of a cyclic clip."""
    pose_noise: NotNegative = 0.02
    """As in ``NrConfig``."""
    velocity_noise: NotNegative = 0.1
    """As in ``NrConfig``."""
    seed: Seed = 1000
    """Seed of the starts."""


@one_torch_thread()
def run_terrain(subject: Subject, config: TerrainConfig | None = None, progress: Progress = quiet) -> Result:
    """Measure the subject's policy.

    Raises SfvError for a policy that does not belong to character, clip and settings.
    """
    config = config or TerrainConfig()
    tell, out = progress, Result()
    own = _own(subject)
    grid = {item.name: getattr(config.grounds, item.name) for item in fields(Grounds)}
    if reason := _bound(load_environment(subject.run.env)):
        out.notes.append(f"{NAME}: only '{subject.run.env}': {reason}")
        grid = {}
    levels = [
        (Level(name, value, _ENVIRONMENTS[name][2].format(value)), _ground(name, value))
        for name, values in grid.items()
        for value in values
    ]
    total = len(levels) + len(own) + 1
    sweeps: dict[str, Sweep] = {}
    flat = None
    if grid:
        flat = _play(subject, config, load_environment("flat"), part(tell, 0, total))
        out.control_steps += flat.cost
    for number, environment in enumerate(own, start=1):
        sweep, played = Sweep(NAME, environment.name), _play(subject, config, environment, part(tell, number, total))
        out.control_steps += played.cost
        sweep.enter(
            Level(environment.name, 0.0, environment.name, nominal=True, env=environment.name),
            played,
            slice(0, config.trials),
        )
        out.add(sweep.result())
    for number, (level, name) in enumerate(levels, start=1 + len(own)):
        try:
            environment = load_environment(name)
            _check_reach(subject.clip, environment.terrain, config.seconds)
        except SfvError as error:
            out.notes.append(f"{NAME}: {level.setting} is left out: {error}")
            continue
        if level.sweep not in sweeps:
            sweeps[level.sweep] = Sweep(NAME, level.sweep)
            assert flat is not None
            nominal = Level(level.sweep, _LEVEL_GROUND.get(level.sweep, 0.0), "level ground", nominal=True, env="flat")
            sweeps[level.sweep].enter(nominal, flat, slice(0, config.trials))
        played = _play(subject, config, environment, part(tell, number, total))
        out.control_steps += played.cost
        sweeps[level.sweep].enter(replace(level, env=environment.name), played, slice(0, config.trials))
    for sweep in sweeps.values():
        out.add(sweep.result())
    return out


def _ground(name: str, value: float) -> str:
    template, unit, _ = _ENVIRONMENTS[name]
    return template.format(value * unit)


def _bound(trained: Environment) -> str:
    """Why a policy can be nowhere else than where it was trained; empty where it can."""
    if not trained.terrain.follow:
        return "the clip was recorded on this very ground"
    return "the policy needs its objects" if trained.objects or trained.task is not None else ""


def _own(subject: Subject) -> list[Environment]:
    """Environments other than level ground that it was trained on or that were asked for."""
    trained = load_environment(subject.run.env).undisturbed()
    found = {environment.name: environment for environment in (trained, subject.environment)}
    return [environment for name, environment in found.items() if name != "flat"]


def _play(subject: Subject, config: TerrainConfig, environment: Environment, progress: Progress) -> Played:
    nr = NrConfig(
        seconds=config.seconds, pose_noise=config.pose_noise, velocity_noise=config.velocity_noise, seed=config.seed
    )
    core = subject.worlds(config.trials, nr, environment=environment)
    observation = core.reset(start=start_frames(core, config.trials, 1, config.seed))
    return play_trials(core, subject.policy.act, observation, progress=progress)


def _check_reach(clip: Clip, terrain: Terrain, seconds: float) -> None:
    """Raise SfvError for a clip that ends before the ground begins to differ from level ground."""
    x = along_x(clip).qpos[:, 0]
    reach = float(x[-1]) * seconds / clip.seconds if clip.cyclic else float(x.max())
    first = terrain.start if isinstance(terrain, Stairs) else terrain.deck / 2 if isinstance(terrain, Gaps) else 0.0
    if reach < first:
        raise SfvError(f"the clip goes {max(reach, 0.0):.1f} m, the first obstacle is {first:.1f} m away")


PROTOCOL = Protocol(
    NAME,
    VERSION,
    run_terrain,
    TerrainConfig(),
    title="Other ground",
    quick=TerrainConfig(
        Grounds(
            slope_up=(10.0,),
            slope_down=(10.0,),
            slope_side=(10.0,),
            rough=(5.0, 10.0),
            gaps=(30.0,),
            stairs_up=(5.0,),
            stairs_down=(5.0,),
            soft=(0.1,),
            slippery=(0.3,),
            gravity=(3.7,),
        ),
        trials=8,
    ),
    weight=30.0,
    units={
        "slope_up": "degrees uphill", "slope_down": "degrees downhill", "slope_side": "degrees across",
        "rough": "cm of unevenness", "gaps": "cm of gap", "stairs_up": "cm a step up", "stairs_down": "cm a step down",
        "soft": "s of softness", "slippery": "of friction", "gravity": "m/s^2 of gravity",
    },
    of_what="of the ground",
    plot=Plot("terrain.png"),
)  # fmt: skip
