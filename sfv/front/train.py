"""``sfv.train``: one or several clips become a policy in a run folder."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfv.errors import SfvError
from sfv.front.outputs import path_of
from sfv.front.settings import Log, quiet, with_settings
from sfv.imitate.config import ImitationConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.names import as_clip, as_run, character_name, check_names, environment_name, find_clip_file
from sfv.storage.outputs import writable_folder

if TYPE_CHECKING:
    from sfv.character import Character
    from sfv.environment import Environment
    from sfv.learn.run.policy import Policy
    from sfv.motion.clip import Clip
    from sfv.names.skill import Skill


def train(
    clip: "Clip | str | Path | Sequence[Clip | str | Path]",
    out: str | Path | None = None,
    *,
    character: "Character | str | Path | None" = None,
    env: "Environment | str | Path | None" = None,
    start_from: "Policy | Skill | str | Path | None" = None,
    restart: bool = False,
    trust: bool = False,
    config: RunConfig | None = None,
    log: Log = quiet,
    **settings: Any,
) -> "Policy":
    """Train a policy that imitates a clip. The same call goes on with a training that was interrupted; with more ``total_samples`` it goes
    on with one that is finished.

    Settings that are not given follow the clip and its character, as on the command line.

    Args:
        clip: A clip, the path of a clip.npz, or the name of a motion-capture clip (``humanoid3d_walk``); several for one policy that
            does all of them.
        out: Run folder; None is runs/<clip>_<character>_<environment>, with a number behind it where that holds another training.
        character: Name of the character, the path of its folder, or the character; None is the (first) clip's own. Clips of other
            characters are carried over to it.
        env: Environment, by name (``slope:angle_deg=20``), by path or as it is; None is level ground.
        start_from: Policy to begin with: a policy, the name of a skill, or a run folder; None begins from nothing.
        restart: Train anew: what the run folder holds is kept beside it under a dated name.
        trust: Train on a clip that cannot be what it says all the same, with a warning.
        config: Every setting of the run; None is what suits the clip.
        log: Called with a line about how the training ended.
        settings: Single fields of ``RunConfig`` and of the configs in it (``total_samples=100_000, worlds=64, learner__seed=1``), which
            win over ``config``.

    Returns:
        The best policy by NR, of several clips the first one's; ``policy.folder`` is its run folder.

    Raises:
        UnknownNameError: There is no such clip, character, environment, skill or setting.
        SfvError: The clip cannot be what it says, or the folder holds another training.
        KeyboardInterrupt: It was stopped; a checkpoint is written, and the same call goes on.
    """
    given = list(clip) if isinstance(clip, Sequence) and not isinstance(clip, str) else [clip]
    check_clips(given)
    whose = _character(given, character, config)
    base = config or RunConfig()
    run = replace(
        base,
        character=whose,
        env=base.env if env is None else environment_name(env),
        start_from=base.start_from if start_from is None else str(as_run(start_from, whose)),
    )
    check_names(run.character, run.env)
    asked = with_settings(run, settings)
    if config is None:
        asked = with_settings(suited(given, asked, trust), settings)
    return trained(given, path_of(out), asked, restart, trust, log)


def check_clips(clips: "Sequence[Clip | str | Path]") -> None:
    """See that every clip is there, before anything heavy is loaded. Raises SfvError."""
    if not clips:
        raise SfvError(
            "nothing to imitate; give a clip.npz, or the name of a motion-capture clip (`sfv list` prints them)"
        )
    for one in clips:
        if isinstance(one, (str, Path)):
            find_clip_file(one)


def _character(
    clips: "Sequence[Clip | str | Path]", character: "Character | str | Path | None", config: RunConfig | None
) -> str:
    """Whose policy it is to be."""
    if character is not None:
        return character_name(character)
    return config.character if config is not None else as_clip(clips[0]).character


def suited(clips: "Sequence[Clip | str | Path]", run: RunConfig, trust: bool = False) -> RunConfig:
    """The settings that suit the clips on ``run.character`` in ``run.env``, from the policy ``run.start_from``.

    Of ``run``'s other settings only those count on which these depend: the device, and whether episodes start with a push.
    Raises SfvError.
    """
    check_clips(clips)
    check_names(run.character, run.env)
    from sfv.learn.defaults import defaults_for

    known = RunConfig(
        character=run.character,
        env=run.env,
        start_from=str(as_run(run.start_from, run.character)) if run.start_from else "",
        imitation=ImitationConfig(start_push_speed=run.imitation.start_push_speed),
        learner=TrainConfig(device=run.learner.device),
    )
    return defaults_for([as_clip(one, run.character, trust=trust) for one in clips], known)


def trained(
    clips: "Sequence[Clip | str | Path]", out: Path | None, run: RunConfig, restart: bool, trust: bool, log: Log
) -> "Policy":
    """Train with exactly the settings of ``run``, and say how it ended. Raises SfvError, KeyboardInterrupt."""
    check_clips(clips)
    check_names(run.character, run.env)
    if run.start_from:
        run = replace(run, start_from=str(as_run(run.start_from, run.character)))
    made = [as_clip(one, run.character, trust=trust) for one in clips]
    from sfv.learn.run.folder import own_runs
    from sfv.learn.run.policy import load_policy
    from sfv.learn.watched import watched_training

    folder = writable_folder(out or _free_folder(made, run, restart))
    summary = watched_training(run, made, folder, "restart" if restart else "refuse", trust)
    own = own_runs(folder, made)
    runs = ", ".join(map(str, own))
    where = (
        f"policy in {runs}" if len(made) == 1 else f"the policy, with each clip as a run folder of its own, in {runs}"
    )
    log(f"NR {summary.nr:.3f} after {summary.nr_samples:,} samples, {summary.minutes:.1f} minutes in all; {where}")
    return load_policy(own[0])


def _free_folder(clips: "list[Clip]", run: RunConfig, restart: bool) -> Path:
    """Default run folder: the first of runs/NAME, runs/NAME_2 ... that is free or holds this very run."""
    from sfv.learn.begin import another_run
    from sfv.storage.safe_names import run_name
    from sfv.system.progress import console

    plain = Path("runs") / run_name([clip.name for clip in clips], run.character, run.env)
    folder, number = plain, 1
    while not restart and (reason := another_run(folder, run, clips)) is not None:
        number += 1
        following = plain.with_name(f"{plain.name}_{number}")
        console.print(f"{folder} holds {reason}; looking at {following}", soft_wrap=True)
        folder = following
    return folder
