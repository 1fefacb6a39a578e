"""Retargeting: BodyMotion + character -> Clip, with a report on what is wrong with it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sfv.body.model import Body, load_body
from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.cycle import heading_of
from sfv.motion.ground import LIFT_QUANTILE, lowest_points
from sfv.motion.plausible import believe, check_motion
from sfv.physics.model import joint_layout
from sfv.retarget.config import RetargetConfig
from sfv.retarget.gait.balance import balance_sideways
from sfv.retarget.gait.cyclic import cycle_targets, find_cycle, wants_cycle
from sfv.retarget.gait.level import level, mean_leans
from sfv.retarget.refine import refine
from sfv.retarget.report import RetargetReport, make_report
from sfv.retarget.robot.anatomy import Anatomy, build_anatomy
from sfv.retarget.targets.mesh_contacts import mesh_contacts
from sfv.retarget.targets.start import first_guess, guess_contacts
from sfv.retarget.targets.targets import Targets, make_targets
from sfv.system.threads import one_torch_thread

_STRAIGHT = 1e-3
"""Radians of turn in a cycle that was made to go straight."""
_WORTH_SAYING = np.radians(5.0)
"""Lean, radians, from which the clip's notes mention that it was taken out."""
FEWEST_FRAMES = 5
"""Second differences, on which smoothness rests, mean nothing in fewer."""


@one_torch_thread()
def retarget(
    motion: BodyMotion,
    character: Character,
    config: RetargetConfig | None = None,
    body: Body | None = None,
    name: str = "clip",
    report: Callable[[str], None] | None = None,
    trust: bool = False,
) -> tuple[Clip, RetargetReport]:
    """Make ``character`` do what the person did.

    World orientations of SMPL's joints are copied onto the character's bodies, positions scaled by leg length; a cycle is
    cut out and averaged where there is one; then the whole clip is optimised (``refine``). ``body`` None loads the body
    model that the motion names; ``report`` is called with a line for each step. A motion that cannot be what it says (another unit,
    another axis up, joined takes: ``sfv.motion.plausible``) is refused unless the caller trusts it; doubts are in the report and in
    the clip's notes. Raises SfvError.
    """
    config = config or RetargetConfig()
    if len(motion) < FEWEST_FRAMES:
        raise SfvError(f"the motion has {len(motion)} frames; at least {FEWEST_FRAMES} are needed")
    log = report or (lambda line: None)
    doubts = believe(check_motion(motion), "the motion", trust)
    skeleton = build_anatomy(character)
    body = body or load_body(name=motion.body)
    targets = _with_ground(make_targets(motion, skeleton, body), motion, body, skeleton, config)
    cycle = find_cycle(targets, config)
    cyclic = wants_cycle(cycle, config)
    first_frame, cycles, notes = motion.first_frame, 0, (*motion.notes, *doubts)
    if cyclic and cycle is not None:
        cycles = len(cycle.bounds) - 1
        first_frame += round(float(cycle.bounds[0]))
        log(f"{cycles} cycles of {cycle.frames / motion.fps:.2f} s, mismatch {cycle.mismatch:.2f}")
        targets = cycle_targets(targets, cycle, config)
        targets, taken_out = _upright(targets, skeleton, config)
        notes = (*notes, *taken_out)
    log(f"optimising {len(targets)} frames")
    qpos = refine(first_guess(targets, skeleton), targets, skeleton, config, cyclic)
    names, widths = joint_layout(skeleton.model)
    clip = Clip(
        qpos=qpos,
        fps=targets.fps,
        character=character.name,
        joints=names,
        widths=widths,
        cyclic=cyclic,
        name=name,
        source=f"retargeted from a motion of {len(motion)} frames at {motion.fps:g} Hz",
        first_frame=first_frame,
        notes=notes,
        contacts=np.clip(targets.contacts, 0.0, 1.0),
    )
    found = make_report(clip, targets.contacts, skeleton, config, None if cycle is None else cycle.mismatch, cycles)
    found = replace(found, doubts=doubts)
    return replace(clip, report=found.as_dict()), found


def _upright(targets: Targets, skeleton: Anatomy, config: RetargetConfig) -> tuple[Targets, tuple[str, ...]]:
    """Take the mean sideways lean and imbalance out of a straight cycle, and say so where it was more than an error of measurement."""
    if abs(heading_of(targets.root[-1]) - heading_of(targets.root[0])) > _STRAIGHT:
        return targets, ()  # who walks a curve leans into it
    notes: tuple[str, ...] = ()
    if config.level:
        worst = float(np.abs(mean_leans(targets, skeleton)).max())
        if worst > _WORTH_SAYING:
            notes = (
                f"a mean sideways lean of up to {np.degrees(worst):.0f} degrees was taken out (--no-level keeps it)",
            )
        targets = level(targets, skeleton)
    if config.balance:
        targets = balance_sideways(targets, skeleton, config.balance_rounds)
    return targets, notes


def _with_ground(
    targets: Targets, motion: BodyMotion, body: Body, skeleton: Anatomy, config: RetargetConfig
) -> Targets:
    """Contacts: the soles' where the motion has none, other bodies' where it knows its height above the ground, else that height."""
    guess = first_guess(targets, skeleton)
    if not motion.grounded:
        lift = -float(np.quantile(lowest_points(skeleton.model, guess).min(1), LIFT_QUANTILE))
        targets = replace(targets, hips=targets.hips + np.array([0.0, 0.0, lift]))
        guess[:, 2] += lift
    if motion.contacts is None:
        targets = replace(targets, contacts=guess_contacts(guess, targets.fps, skeleton, config))
    if motion.grounded:
        touch, hold, airborne = mesh_contacts(motion, body, targets.contacts, config)
        targets = replace(targets, touch=touch, hold=hold, airborne=airborne)
    return targets
