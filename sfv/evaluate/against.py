"""A policy measured against another clip than the one it learned from: what recovering a motion from video costs in the end."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from sfv.character import Character, load_character
from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.playback import make_nr_worlds
from sfv.imitate.reference.library import MotionLibrary, ReferenceFrame
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.rewards import deepmimic as reward
from sfv.imitate.state.heading import heading
from sfv.imitate.term_names import DEEPMIMIC
from sfv.imitate.terminations.early import fallen, strayed
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import policy_for
from sfv.motion.clip import Clip
from sfv.motion.cycle import heading_of, yawed
from sfv.motion.resample import sample_frames
from sfv.physics.config import PhysicsConfig
from sfv.system.threads import one_torch_thread

_LEAST_STEPS = 2
"""Control steps that two clips must have in common to be compared."""


@dataclass(frozen=True)
class TrueResult:
    """A policy, or its reference, by the reward of another clip. Numbers as in ``NrResult``."""

    nr: float
    per_start: np.ndarray
    """Shape (starts,)."""
    terms: dict[str, float]
    finished: int
    """Starts that came to the end without a failure by the other clip's rules."""
    reference: float
    """What the policy's own reference earns when it is followed exactly, falls left out: the loss of the recovery alone."""
    covered: float
    """Share of the other clip's duration that the policy's own clip covers; only that part is measured."""


def aligned(clip: Clip, onto: Clip, offset_seconds: float) -> Clip:
    """``clip`` from ``offset_seconds`` on, turned about the vertical and moved in the plane so that its root has the place
    and the heading of ``onto``'s first frame. Heights stay.

    Raises SfvError where less than two control frames are left or the characters differ.
    """
    onto.check_character(clip.character, clip.joints)
    frames = np.arange(int((clip.seconds - offset_seconds) * clip.fps + 1e-6) + 1) + offset_seconds * clip.fps
    if offset_seconds < 0 or len(frames) < _LEAST_STEPS:
        raise SfvError(
            f"an offset of {offset_seconds:.3f} s leaves nothing of a clip of {clip.seconds:.3f} s; "
            "give the true clip, and the time of it at which the run's clip begins"
        )
    qpos = sample_frames(clip.qpos, clip.widths, frames)
    turn = heading_of(onto.qpos[0, 3:7]) - heading_of(qpos[0, 3:7])
    c, s = np.cos(turn), np.sin(turn)
    out = qpos.copy()
    out[:, :2] = (qpos[:, :2] - qpos[0, :2]) @ np.array([[c, s], [-s, c]]) + onto.qpos[0, :2]
    out[:, 3:7] = yawed(qpos[:, 3:7], turn)
    return replace(clip, qpos=out, first_frame=0, contacts=None, report=None)


@one_torch_thread()
def evaluate_against(
    run_dir: Path | str,
    clip: Clip,
    offset_seconds: float = 0.0,
    config: NrConfig | None = None,
    physics: PhysicsConfig | None = None,
    threads: int = 0,
) -> TrueResult:
    """NR of a run folder's policy by the reward, the falls and the limits of ``clip``, which it has never seen.

    The policy plays as ever: it starts in its own reference, observes its phase and its distance from that, and its servos
    are led by it. Only what it does is judged by ``clip``: the time of the run's clip plus ``offset_seconds`` is the time in
    ``clip``, and ``clip`` is laid onto the run's clip by one turn about the vertical and one move in the plane at the start
    (``aligned``). Raises SfvError for clips of different characters, cyclic ones, or without a common time; FileFormatError
    for what is no run folder.
    """
    run, own = read_run(run_dir)
    if own.cyclic or clip.cyclic:
        raise SfvError("only clips that are not cyclic can be compared in time; retarget the motion with --cyclic no")
    config, physics = config or NrConfig(), physics or run.physics
    character = load_character(run.character)
    core = make_nr_worlds(
        own, character, load_environment(run.env).undisturbed(), physics, run.imitation, config, threads
    )
    truth = aligned(clip, own, offset_seconds)
    task = core.config
    true = MotionLibrary([ClipTable(truth, core.worlds.model, core.skeleton, core.control_hz, task)])
    steps = (min(core.library.rows, true.rows) - 1) // true.stride
    if steps < _LEAST_STEPS:
        raise SfvError(f"the clips have only {steps} control steps in common; give the true clip of this motion")
    act = policy_for(run_dir, core).act
    observation = core.reset()
    alive = torch.ones(core.num_worlds, dtype=torch.bool)
    terms = torch.zeros(core.num_worlds, len(DEEPMIMIC))
    for step in range(1, steps + 1):
        done = core.step(act(observation))
        observation = done.observation
        now = true.frame(true.moments(torch.full((core.num_worlds,), step * true.stride)))
        alive &= ~(done.diverged | _failed(core, now))
        terms += _terms(core, now) * alive[:, None]
        if not alive.any():
            break
    per_start = reward.total_reward(terms, task.reward) / steps
    return TrueResult(
        nr=float(per_start.mean()),
        per_start=per_start.numpy(),
        terms=dict(zip(DEEPMIMIC, (terms.mean(0) / steps).tolist())),
        finished=int(alive.sum()),
        reference=reference_against(own, clip, offset_seconds, character, run.imitation, physics),
        covered=steps / core.control_hz / clip.seconds,
    )


def reference_against(
    own: Clip,
    clip: Clip,
    offset_seconds: float,
    character: Character,
    imitation: ImitationConfig,
    physics: PhysicsConfig,
) -> float:
    """Mean reward by ``clip`` of a body that follows ``own`` exactly, frame by frame, without physics."""
    worlds = make_nr_worlds(own, character, load_environment("flat"), physics, imitation, NrConfig(starts=1), threads=1)
    truth = aligned(clip, own, offset_seconds)
    true = MotionLibrary([ClipTable(truth, worlds.worlds.model, worlds.skeleton, worlds.control_hz, worlds.config)])
    moments = true.moments(torch.arange(true.stride, min(worlds.library.rows, true.rows), true.stride))
    mine, theirs = worlds.library.frame(moments), true.frame(moments)
    terms = reward.reward_terms(
        reward.pose_error(mine.qpos, theirs.qpos, worlds.skeleton),
        reward.velocity_error(mine.qvel, theirs.qvel, worlds.skeleton),
        reward.end_effector_error(mine.end_effectors, theirs.end_effectors),
        reward.com_error(mine.com, theirs.com),
        worlds.config.reward,
    )
    return float(reward.total_reward(terms, worlds.config.reward).mean())


def _failed(core: ImitationWorlds, frame: ReferenceFrame) -> torch.Tensor:
    """The task's own rules with another reference. Shape (N,), bool."""
    root = core.skeleton.root
    far = strayed(
        core.worlds.xpos[:, root],
        core.worlds.subtree_com[:, root],
        frame.qpos[:, :3],
        frame.com,
        core.config.termination_distance,
    )
    return far | fallen(core.worlds.ground_contact, frame.may_touch)


def _terms(core: ImitationWorlds, frame: ReferenceFrame) -> torch.Tensor:
    """The task's own reward terms with another reference. Shape (N, 4)."""
    worlds, root = core.worlds, core.skeleton.root
    return core.reward_terms(frame, worlds.subtree_com[:, root], heading(worlds.xquat[:, root]))
