"""A character: an MJCF model and a table of what each of its bodies means, read from characters/<name>/."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mujoco
import numpy as np

from sfv.config_file import from_table
from sfv.errors import FileFormatError
from sfv.finder import find_data, list_data

_MARKER = "character.toml"
_REQUIRED = ("mjcf", "root", "feet", "end_effectors", "fall_bodies", "body_map", "joint_weights")


@dataclass(frozen=True)
class TrainingHints:
    """Settings of physics and actions that suit this character; the defaults are the humanoid's."""

    armature: float | None = 0.05
    """Rotor inertia of every joint while training, kg m^2; None (in the file: "none") keeps the MJCF's own."""
    fine_armature: float | None = 0.01
    """The same for measurements at 1/600 s."""
    substeps_cyclic: int = 4
    """Physics steps in a control step of 1/30 s for cyclic clips."""
    substeps_acyclic: int = 8
    """The same for clips that are not cyclic."""
    action_scale: float = 0.5
    """Radians of servo target for an action of one, residual targets."""
    learning_rate: float = 8e-4
    """Adam's step size at the start of a training."""
    log_std_final: float = -2.7
    """Logarithm of the action noise's standard deviation at the end of a training."""
    start_pose_noise: float = 0.02
    """Disturbance of every joint's angle at the start of an episode, radians."""
    start_velocity_noise: float = 0.1
    """Disturbance of every velocity at the start, rad/s and m/s."""
    samples_cyclic: int = 2_500_000
    """Control steps that a training of a cyclic clip takes."""
    samples_acyclic: int = 4_000_000
    """The same for clips that are not cyclic: every moment is visited once an episode."""


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
        """A fresh, editable copy of the model, without a ground."""
        return mujoco.MjSpec.from_file(str(self.mjcf))

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


def list_characters() -> dict[str, Path]:
    """Every character that is found, by name."""
    return list_data("characters", _MARKER)


def load_character(name: str) -> Character:
    """Load a character by name or by the path of its folder.

    Raises UnknownNameError for an unknown name, FileFormatError for a file that is incomplete or names what the MJCF lacks.
    """
    folder = find_data("characters", name, _MARKER)
    path = folder / _MARKER
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileFormatError(f"{path} is not valid TOML: {error}") from error
    missing = [key for key in _REQUIRED if key not in table]
    if missing:
        raise FileFormatError(f"{path} lacks {', '.join(missing)}; characters/humanoid/character.toml shows every key")
    try:
        character = _from_table(folder, table)
    except (AttributeError, TypeError, ValueError) as error:
        raise FileFormatError(
            f"{path} has a value of the wrong kind ({error}); compare it with the humanoid's"
        ) from error
    _check_names(character, path)
    return character


def _from_table(folder: Path, table: dict[str, Any]) -> Character:
    path = folder / _MARKER
    chains = {name: tuple(joints) for name, joints in table.get("chains", {}).items()}
    return Character(
        name=folder.name,
        folder=folder,
        mjcf=folder / table["mjcf"],
        description=str(table.get("description", "")),
        licence=str(table.get("licence", "not stated")),
        root=table["root"],
        feet=tuple(table["feet"]),
        end_effectors=tuple(table["end_effectors"]),
        fall_bodies=tuple(table["fall_bodies"]),
        body_map=dict(table["body_map"]),
        t_pose={
            joint: tuple(value) if isinstance(value, list) else (float(value),)
            for joint, value in table.get("t_pose", {}).items()
        },
        joint_weights=_joint_weights(table["joint_weights"], chains, path),
        sources={name: str(text) for name, text in table.get("sources", {}).items()},
        chains=chains,
        hands=tuple(table.get("hands", ())),
        training=from_table(TrainingHints, table.get("training", {}), f"{path} [training]"),
    )


def _joint_weights(table: dict[str, Any], chains: dict[str, tuple[str, ...]], path: Path) -> dict[str, float]:
    """Weight of every joint; what is given for a chain holds for each of its hinges, and is counted once."""
    total = sum(float(weight) for weight in table.values())
    if total <= 0:
        raise FileFormatError(f"{path}: joint_weights must have a positive sum")
    out: dict[str, float] = {}
    for name, weight in table.items():
        for joint in chains.get(name, (name,)):
            if joint in out:
                raise FileFormatError(f"{path}: joint_weights counts {joint} twice; give the weight of its chain only")
            out[joint] = float(weight) / total
    return out


def _check_names(character: Character, path: Path) -> None:
    """Refuse a table that names bodies or joints which the MJCF does not have."""
    try:
        spec = character.spec()
    except ValueError as error:
        raise FileFormatError(f"{character.mjcf} cannot be loaded by MuJoCo: {str(error).splitlines()[0]}") from error
    bodies = {body.name for body in spec.bodies}
    joints = {joint.name for joint in spec.joints}
    named = {character.root, *character.feet, *character.end_effectors, *character.fall_bodies, *character.body_map}
    hinges = {joint for chain in character.chains.values() for joint in chain}
    for kind, wrong, known in (
        ("body", (named | set(character.hands)) - bodies, bodies),
        ("joint", (hinges | set(character.t_pose) | set(character.joint_weights)) - joints, joints),
    ):
        if wrong:
            raise FileFormatError(
                f"{path} names the unknown {kind} {', '.join(sorted(wrong))}; {character.mjcf.name} has {', '.join(sorted(known))}"
            )
    width = {joint.name: 3 if joint.type == mujoco.mjtJoint.mjJNT_BALL else 1 for joint in spec.joints}
    for joint, value in character.t_pose.items():
        if len(value) != width[joint]:
            raise FileFormatError(
                f"{path}: [t_pose] {joint} has {len(value)} numbers; a rotation vector of a ball joint has 3, an angle 1"
            )
