"""A character: an MJCF model and a table of what each of its bodies means."""

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import mujoco
import numpy as np

from sfv.character.hints import TrainingHints
from sfv.errors import InputWarning
from sfv.mjcf import compile_spec, load_spec
from sfv.mjcf.robot import keep_robot, name_all


@dataclass(frozen=True)
class Character:
    """What ``character.toml`` says; every name is checked against the MJCF when it is loaded."""

    name: str
    folder: Path
    mjcf: Path
    description: str
    licence: str
    root: str
    """Body that carries the free joint."""
    feet: tuple[str, ...]
    """Bodies that stand on the ground."""
    end_effectors: tuple[str, ...]
    """Bodies of the end-effector reward."""
    fall_bodies: tuple[str, ...]
    """Bodies whose contact with the ground ends the episode."""
    body_map: dict[str, str]
    """Body of the character -> SMPL joint that moves it."""
    t_pose: dict[str, tuple[float, ...]]
    """Joint -> rotation vector (ball) or angle (hinge) in SMPL's T-pose; zero where not named."""
    joint_weights: dict[str, float]
    """Joint (or the root) -> weight in the pose and velocity reward. Every hinge of a chain has the chain's weight, and a chain
    counts once in the sum of one: small angles of hinges add up to the squared angle of the ball joint that they stand for."""
    sources: dict[str, str]
    """Where each figure comes from."""
    chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Name -> hinges that together make one joint of a person (hip, back, shoulder)."""
    hands: tuple[str, ...] = ()
    """Bodies that may carry weight besides the feet (cartwheel, crawl)."""
    training: TrainingHints = field(default_factory=TrainingHints)
    """Settings that suit this character."""

    def spec(self) -> mujoco.MjSpec:
        """A fresh, editable copy of the robot alone: a ground, lights, keyframes or other bodies of its file are left out, and an
        InputWarning says so. Bodies, joints and actuators without a name get one.

        Raises FileFormatError for a description that is damaged, hostile or names files outside of the character's folder.
        """
        inside = self.mjcf.resolve().is_relative_to(self.folder.resolve())
        spec = load_spec(self.mjcf, self.folder if inside else self.mjcf.parent)
        root = spec.body(self.root)
        if root is not None and root.parent == spec.worldbody:
            dropped = keep_robot(spec, root)
            if dropped:
                text = f"{self.mjcf}: left out what is no part of the robot: {', '.join(dropped)}; the world is the environment's"
                warnings.warn(text, InputWarning, stacklevel=2)
        name_all(spec)
        return spec

    def model(self) -> mujoco.MjModel:
        """The robot alone, compiled. Raises FileFormatError as ``spec``, and for what MuJoCo does not compile."""
        return compile_spec(self.spec(), self.mjcf)

    def t_pose_qpos(self, model: mujoco.MjModel) -> np.ndarray:
        """SMPL's T-pose on a compiled ``model`` of this character, root as in the file. Shape (nq,)."""
        qpos = model.qpos0.copy()
        for joint, value in self.t_pose.items():
            start = model.joint(joint).qposadr[0]
            if len(value) == 3:
                angle = float(np.linalg.norm(value))
                mujoco.mju_axisAngle2Quat(qpos[start : start + 4], np.array(value) / max(angle, 1e-12), angle)
            else:
                qpos[start] = value[0]
        return qpos
