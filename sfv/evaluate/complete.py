"""Physics-based completion of a single image (SfV, Peng et al. 2018): a trained policy goes on from the pose in a still."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.evaluate.completion_config import CompletionConfig
from sfv.imitate.config import NrConfig
from sfv.imitate.nearest import NearestMoment, about_vertical, nearest_moment
from sfv.imitate.playback import make_nr_worlds
from sfv.imitate.starts.reset import place
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import policy_for
from sfv.motion.contact import TOUCHES_NOT
from sfv.motion.ground import lowest_points
from sfv.motion.rotations import quat_conjugate, quat_multiply, quat_rotate
from sfv.names.runs import PolicyOfFile, run_of
from sfv.physics.config import PhysicsConfig
from sfv.physics.contacts import Acting, ContactProbe
from sfv.system.threads import one_torch_thread


@dataclass(frozen=True)
class Completion:
    """What became of a pose in simulation."""

    qpos: np.ndarray
    """The start, then every control step, also those after a fall. Shape (T + 1, nq)."""
    reference: np.ndarray
    """The reference at the same times. Shape (T + 1, nq)."""
    acting: list[Acting]
    """Contact forces at the same times; none at the start, which no control has led to. Length T + 1."""
    fps: float
    moment: NearestMoment
    """Where in the clip the pose was found."""
    fell_after: float | None
    """Seconds until a body touched the ground that must not, or the character was too far from the reference; None where it came to
    the end."""

    @property
    def fell(self) -> bool:
        """It did not come to the end."""
        return self.fell_after is not None


@one_torch_thread()
def find_moment(
    run_dir: PolicyOfFile | Path | str, qpos: np.ndarray, config: CompletionConfig | None = None
) -> NearestMoment:
    """Where in a run's clip the pose ``qpos`` (nq,) belongs. Raises FileFormatError, SfvError for a pose of another character."""
    return _find(_worlds(run_of(run_dir), config or CompletionConfig(), None), qpos, config or CompletionConfig())


@one_torch_thread()
def complete(
    run_dir: PolicyOfFile | Path | str,
    qpos: np.ndarray,
    config: CompletionConfig | None = None,
    physics: PhysicsConfig | None = None,
) -> Completion:
    """Put the pose ``qpos`` (nq,) into the physics of a run and let its policy go on from the nearest moment of its clip.

    The simulation starts in the pose itself, turned and moved in the plane to where the reference is, on the ground or as high as
    the reference where that flies, with the reference's velocity: a still shows none. ``physics`` replaces the run's own. Raises
    FileFormatError for what is no run folder, SfvError for a pose of another character.
    """
    config = config or CompletionConfig()
    run_dir = run_of(run_dir)
    core = _worlds(run_dir, config, physics)
    moment = _find(core, qpos, config)
    policy = policy_for(run_dir, core)
    start = torch.tensor([moment.frame])
    observation = _begin(core, start, *start_state(core, qpos, moment))
    probe = ContactProbe.of(core.worlds)
    poses, references, acting = [_pose(core)], [_reference(core)], [probe.at_start(core.worlds)]
    steps, fall_steps = int(core.clip_steps(start)[0]), round(config.fall_seconds * core.control_hz)
    fell_after, left = None, steps
    while left > 0:
        step = core.step(policy.act(observation))
        if bool(step.diverged[0]):
            fell_after = fell_after or len(poses) / core.control_hz
            break
        observation, left = step.observation, left - 1
        poses.append(_pose(core))
        references.append(_reference(core))
        acting.append(probe.of_world(core.worlds))
        if fell_after is None and bool(step.failed[0]):
            fell_after, left = (len(poses) - 1) / core.control_hz, fall_steps
    return Completion(np.stack(poses), np.stack(references), acting, core.control_hz, moment, fell_after)


def start_state(core: ImitationWorlds, qpos: np.ndarray, moment: NearestMoment) -> tuple[Tensor, Tensor]:
    """State in which the pose ``qpos`` (nq,) takes the reference's place. Shapes (1, nq), (1, nv).

    The root's angular velocity is the reference's in the world: the body would tumble about another axis if it were the
    reference's in the frame of a root that leans otherwise.
    """
    frame = core.library.frame(core.library.moments(torch.tensor([moment.frame])))
    model, goal = core.worlds.model, frame.qpos[0].double().numpy()
    pose = torch.from_numpy(qpos).clone()
    pose[3:7] = quat_multiply(about_vertical(torch.tensor(moment.turn, dtype=torch.float64)), pose[3:7])
    pose[:2] = torch.from_numpy(goal[:2])
    flies = float(lowest_points(model, goal[None]).min()) > TOUCHES_NOT
    pose[2] = goal[2] if flies else pose[2] - float(lowest_points(model, pose.numpy()[None]).min())
    qvel = frame.qvel.clone()
    between = quat_multiply(quat_conjugate(pose[3:7]).float(), frame.qpos[0, 3:7])
    qvel[0, 3:6] = quat_rotate(between, qvel[0, 3:6])
    return pose.float()[None], qvel


def _worlds(run_dir: Path, config: CompletionConfig, physics: PhysicsConfig | None) -> ImitationWorlds:
    """One world with the run's own task."""
    run, clip = read_run(run_dir)
    settings = NrConfig(starts=1, seconds=config.seconds, pose_noise=0.0, velocity_noise=0.0)
    environment = load_environment(run.env).undisturbed()
    if not environment.level:
        raise SfvError(
            f"{run_dir} was trained on '{run.env}'; a picture is completed on level ground: give a skill of that"
        )
    places = load_character(run.character), environment
    return make_nr_worlds(clip, *places, physics or run.physics, run.imitation, settings, threads=1)


def _find(core: ImitationWorlds, qpos: np.ndarray, config: CompletionConfig) -> NearestMoment:
    return nearest_moment(core.library, core.skeleton, qpos, config.least_seconds)


def _begin(core: ImitationWorlds, start: Tensor, qpos: Tensor, qvel: Tensor) -> Tensor:
    """Begin an episode at table frame ``start`` (1,) in a state of one's own. Returns the observation, (1, O)."""
    core.reset(start=start)
    world = torch.zeros(1, dtype=torch.long)
    place(core.worlds, world, qpos, qvel)
    return core.observer.observe(core.worlds, core.frame, world)


def _pose(core: ImitationWorlds) -> np.ndarray:
    return core.worlds.qpos[0].double().numpy().copy()


def _reference(core: ImitationWorlds) -> np.ndarray:
    return core.frame.qpos[0].double().numpy()
