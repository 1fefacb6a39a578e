"""Normalised return (NR) of a trained run, and one of its episodes as poses."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from sfv.character import load_character
from sfv.environment import Environment, load_environment
from sfv.imitate.config import NrConfig
from sfv.imitate.playback import make_nr_worlds, play
from sfv.imitate.term_names import DEEPMIMIC
from sfv.learn.config import RunConfig
from sfv.learn.run.folder import read_run
from sfv.learn.run.policy import policy_for
from sfv.names.runs import PolicyOfFile, run_of
from sfv.physics.config import PhysicsConfig
from sfv.physics.contacts import Acting, ContactProbe
from sfv.system.threads import one_torch_thread


def fine_physics(character: str) -> PhysicsConfig:
    """1/600 s and the rotor inertias that the robot has (its MJCF's own, or what character.toml gives as ``fine_armature``; damping
    and frictionloss are always its own): what a policy is worth that was trained on coarser physics."""
    return PhysicsConfig(substeps=20, armature=load_character(character).training.fine_armature)


def measured_on(run: RunConfig, env: str | None) -> Environment:
    """The environment named ``env`` as it is; None: the ground that the run was trained on, without disturbances."""
    return load_environment(run.env).undisturbed() if env is None else load_environment(env)


@dataclass(frozen=True)
class NrResult:
    """NR = mean over starts of (sum of rewards over the whole clip, or 20 s of a cyclic one) / (number of control steps)."""

    nr: float
    per_start: np.ndarray
    """Shape (starts,)."""
    terms: dict[str, float]
    """The same mean for each unweighted reward term."""
    survival: float
    """Mean share of the clip that passed before a failure."""
    finished: int
    """Starts that came to the end."""
    seconds: np.ndarray
    """Time until the failure or the end of each start. Shape (starts,)."""
    diverged: int
    """Starts in which the physics broke down (counted as failures)."""


@dataclass(frozen=True)
class Rollout:
    """One episode beside its reference, in the same world."""

    qpos: np.ndarray
    """Shape (T + 1, nq): the start, then every control step."""
    reference: np.ndarray
    """The reference at the same times. Shape (T + 1, nq)."""
    reward: np.ndarray
    """Of each control step. Shape (T,)."""
    acting: list[Acting]
    """Contact forces, pushes and objects of each pose; no forces at the start, which no control has led to. Length T + 1."""
    environment: Environment
    """Where it happened."""
    fps: float
    failed: bool
    """The episode ended before its time."""


@one_torch_thread()
def evaluate_nr(
    run_dir: PolicyOfFile | Path | str,
    config: NrConfig | None = None,
    physics: PhysicsConfig | None = None,
    threads: int = 0,
    env: str | None = None,
) -> NrResult:
    """Measure NR of a run folder's policy; ``physics`` replaces the run's own (``fine_physics`` for the honest one), ``env`` the
    environment that it was trained on.

    Raises FileFormatError for what is no run folder, SfvError where the policy does not fit the task.
    """
    run_dir = run_of(run_dir)
    run, clip = read_run(run_dir)
    config = config or NrConfig()
    worlds = make_nr_worlds(
        clip,
        load_character(run.character),
        measured_on(run, env),
        physics or run.physics,
        run.imitation,
        config,
        threads,
    )
    played = play(worlds, policy_for(run_dir, worlds).act)
    return NrResult(
        nr=float(played.nr.mean()),
        per_start=played.nr.numpy(),
        terms=dict(zip(DEEPMIMIC, played.terms.mean(0).tolist())),
        survival=float((played.steps / played.whole).mean()),
        finished=int(played.finished.sum()),
        seconds=played.steps.numpy() / worlds.control_hz,
        diverged=int(played.diverged.sum()),
    )


@one_torch_thread()
def record_rollout(
    run_dir: PolicyOfFile | Path | str,
    seconds: float = 10.0,
    physics: PhysicsConfig | None = None,
    env: str | None = None,
) -> Rollout:
    """Play one undisturbed episode from the clip's first frame, up to ``seconds`` of a cyclic clip or to its end.

    ``env`` replaces the environment that the policy was trained on.
    """
    run_dir = run_of(run_dir)
    run, clip = read_run(run_dir)
    settings = NrConfig(starts=1, seconds=seconds, pose_noise=0.0, velocity_noise=0.0)
    places = load_character(run.character), measured_on(run, env)
    core = make_nr_worlds(clip, *places, physics or run.physics, run.imitation, settings, threads=1)
    policy = policy_for(run_dir, core)
    start = torch.zeros(1, dtype=torch.long)
    observation = core.reset(start=start)
    probe = ContactProbe.of(core.worlds)
    poses, acting = [core.worlds.qpos[0].numpy().copy()], [probe.at_start(core.worlds)]
    references, rewards, failed = [core.frame.qpos[0].numpy()], [], False
    for _ in range(int(core.clip_steps(start)[0])):
        step = core.step(policy.act(observation))
        observation = step.observation
        poses.append(core.worlds.qpos[0].numpy().copy())
        acting.append(probe.of_world(core.worlds))
        references.append(core.frame.qpos[0].numpy())
        rewards.append(float(step.reward[0]))
        failed = bool(step.failed[0])
        if failed:
            break
    return Rollout(
        np.stack(poses), np.stack(references), np.asarray(rewards), acting, places[1], core.control_hz, failed
    )
