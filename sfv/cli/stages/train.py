"""``sfv train``: clip.npz -> run folder."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.learn.config import RunConfig, TrainConfig

if TYPE_CHECKING:
    from sfv.motion.clip import Clip


COMMON = (
    "character",
    "env",
    "from",
    "physics.substeps",
    "learner.total_samples",
    "learner.worlds",
    "learner.hidden",
    "learner.seed",
    "learner.device",
    "learner.physics_threads",
)
"""Settings that the short help shows too."""


@dataclass(frozen=True)
class TrainArguments:
    """Train a policy that imitates a clip. The same command goes on with a run that was interrupted; with more samples
    (--learner.total-samples) it goes on with one that is finished.

    Settings that are not given follow the clip: what is not cyclic gets physics at 1/240 s and more samples; a GPU gets more worlds.
    """

    clip: Annotated[tuple[str, ...], tyro.conf.Positional]
    """A clip.npz, or a motion-capture clip among the assets (humanoid3d_walk ...); several make one policy that does
    all of them (--imitation.failure-weight 0.5 draws those more often that fail)."""
    out: Path | None = None
    """Run folder; runs/<clip>_<character>_<environment> by default, with a number behind it where that holds another training."""
    restart: bool = False
    """Train anew: what the run folder holds is kept beside it under a dated name."""
    trust: bool = False
    """Train on a clip that cannot be what it says (quaternions in another order, another unit, jumps) all the same, with a warning."""
    config: Path | None = None
    """The config.toml of a run folder: its settings become the defaults."""
    run: Annotated[RunConfig, tyro.conf.arg(name="")] = field(default_factory=RunConfig)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    from sfv.cli.support.parse import parse_twice

    default = TrainArguments(clip=tyro.MISSING)
    train(parse_twice(TrainArguments, arguments, "sfv train", default, _better, COMMON))


def _better(given: TrainArguments) -> TrainArguments:
    """Defaults from --config, or else from the kind of clip."""
    from sfv.config_file import read_settings
    from sfv.names import check_names

    if given.config is not None:
        run = read_settings(RunConfig, given.config, "run")
    else:
        _files(given)
        check_names(given.run.character, given.run.env)
        from sfv.learn.defaults import defaults_for

        run = defaults_for(_clips(given), _known(_found(given.run)))
    return replace(given, run=run)


def _found(run: RunConfig) -> RunConfig:
    """``run`` with the folder of the skill or run that it starts from."""
    from sfv.skills.skill import find_playable

    return replace(run, start_from=str(find_playable(run.start_from, run.character))) if run.start_from else run


def _clips(given: TrainArguments) -> "list[Clip]":
    from sfv.names import check_names, find_clip

    _files(given)
    check_names(given.run.character, given.run.env)
    return [find_clip(one, given.run.character, trust=given.trust) for one in given.clip]


def _files(given: TrainArguments) -> None:
    """See that every clip is there. Raises SfvError."""
    from sfv.names import find_clip_file

    if not given.clip:
        raise SfvError(
            "nothing to imitate; give a clip.npz, or the name of a motion-capture clip (`sfv list` prints them)"
        )
    for one in given.clip:
        find_clip_file(one)


def _known(run: RunConfig) -> RunConfig:
    """What the defaults depend on beside the clip."""
    return RunConfig(
        character=run.character,
        env=run.env,
        start_from=run.start_from,
        imitation=ImitationConfig(start_shove=run.imitation.start_shove),
        learner=TrainConfig(device=run.learner.device),
    )


def train(given: TrainArguments) -> None:
    """Train and say what came out."""
    from sfv.learn.run.folder import own_runs
    from sfv.outputs import writable_folder

    clips, run = _clips(given), _found(given.run)
    from sfv.learn.watched import watched_training

    folder = writable_folder(given.out or _free_folder(clips, run, given.restart))
    summary = watched_training(run, clips, folder, "restart" if given.restart else "refuse", given.trust)
    runs = ", ".join(str(path) for path in own_runs(folder, clips))
    where = (
        f"policy in {runs}" if len(clips) == 1 else f"the policy, with each clip as a run folder of its own, in {runs}"
    )
    print(f"NR {summary.nr:.3f} after {summary.nr_samples:,} samples, {summary.minutes:.1f} minutes in all; {where}")


def _free_folder(clips: "list[Clip]", run: RunConfig, restart: bool) -> Path:
    """Default run folder: the first of runs/NAME, runs/NAME_2 ... that is free or holds this very run."""
    from sfv.learn.begin import another_run
    from sfv.progress import console
    from sfv.safe_names import run_name

    plain = Path("runs") / run_name([clip.name for clip in clips], run.character, run.env)
    folder, number = plain, 1
    while not restart and (reason := another_run(folder, run, clips)) is not None:
        number += 1
        following = plain.with_name(f"{plain.name}_{number}")
        console.print(f"{folder} holds {reason}; looking at {following}", soft_wrap=True)
        folder = following
    return folder
