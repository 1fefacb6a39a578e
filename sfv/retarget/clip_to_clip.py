"""Retargeting of clips: what one character does, another one does, with a report on what is wrong with it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.plausible import believe, check_clip
from sfv.physics.model import joint_layout
from sfv.retarget.config import RetargetConfig
from sfv.retarget.refine import refine
from sfv.retarget.report import RetargetReport, make_report
from sfv.retarget.retarget import FEWEST_FRAMES
from sfv.retarget.robot.anatomy import Anatomy, build_anatomy
from sfv.retarget.targets.clip_targets import clip_targets
from sfv.retarget.targets.start import first_guess
from sfv.retarget.targets.targets import Targets
from sfv.system.threads import one_torch_thread


@one_torch_thread()
def retarget_clip(
    clip: Clip,
    source: Character,
    character: Character,
    config: RetargetConfig | None = None,
    report: Callable[[str], None] | None = None,
    trust: bool = False,
) -> tuple[Clip, RetargetReport]:
    """Make ``character`` do what ``source`` does in ``clip``.

    World orientations of the source's bodies are copied through both body maps, positions scaled by leg length, hands, feet and
    backs that touch the ground brought to it; then the whole clip is optimised (``refine``). A cyclic clip stays cyclic and
    goes where it went. ``report`` is called with a line for each step. A clip that cannot be what it says is refused unless the
    caller trusts it; doubts are in the report and in the clip's notes. Raises SfvError.
    """
    config, log = config or RetargetConfig(), report or (lambda line: None)
    doubts = believe(check_clip(clip, source), f"the clip {clip.name}", trust)
    targets, skeleton = _prepared(clip, source, character, config)
    log(f"optimising {len(targets)} frames")
    qpos = refine(first_guess(targets, skeleton, clip.cyclic), targets, skeleton, config, clip.cyclic)
    made, found = _finished(qpos, clip, targets, skeleton, config)
    found = replace(found, doubts=doubts)
    return replace(made, notes=(*made.notes, *doubts), report=found.as_dict()), found


@one_torch_thread()
def retarget_by_frame(
    clip: Clip, source: Character, character: Character, config: RetargetConfig | None = None
) -> tuple[Clip, RetargetReport]:
    """The same without the optimisation: joint angles of every frame by itself, as they follow from the orientations."""
    config = config or RetargetConfig()
    targets, skeleton = _prepared(clip, source, character, config)
    return _finished(first_guess(targets, skeleton, clip.cyclic), clip, targets, skeleton, config)


@one_torch_thread()
def report_clip(clip: Clip, character: Character, config: RetargetConfig | None = None) -> RetargetReport:
    """What is wrong with a clip as it is; contacts are those that it remembers, or else of its own geometry. Raises SfvError."""
    config = config or RetargetConfig()
    targets, skeleton = _prepared(clip, character, character, config)
    return make_report(clip, targets.contacts, skeleton, config)


def _prepared(clip: Clip, source: Character, character: Character, config: RetargetConfig) -> tuple[Targets, Anatomy]:
    if len(clip) < FEWEST_FRAMES:
        raise SfvError(f"the clip has {len(clip)} frames; at least {FEWEST_FRAMES} are needed")
    theirs, skeleton = build_anatomy(source), build_anatomy(character)
    clip.check_character(source.name, joint_layout(theirs.model)[0])
    return clip_targets(clip, theirs, skeleton, config), skeleton


def _finished(
    qpos: np.ndarray, clip: Clip, targets: Targets, skeleton: Anatomy, config: RetargetConfig
) -> tuple[Clip, RetargetReport]:
    names, widths = joint_layout(skeleton.model)
    made = replace(
        clip,
        qpos=qpos,
        character=skeleton.character.name,
        joints=names,
        widths=widths,
        source=f"{clip.source}; retargeted from {clip.character}",
        contacts=np.clip(targets.contacts, 0.0, 1.0),
        report=None,
    )
    found = make_report(made, targets.contacts, skeleton, config)
    return replace(made, report=found.as_dict()), found
