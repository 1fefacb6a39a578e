"""A character: an MJCF model and a table of what each of its bodies means, read from characters/<name>/."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mujoco

from sfv.errors import FileFormatError
from sfv.finder import find_data, list_data

_MARKER = "character.toml"
_REQUIRED = ("mjcf", "root", "feet", "end_effectors", "fall_bodies", "body_map", "joint_weights")


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
    """Joint (or the root) -> weight in the pose and velocity reward, summing to one."""
    sources: dict[str, str]
    """Where each figure comes from."""

    def spec(self) -> mujoco.MjSpec:
        """A fresh, editable copy of the model, without a ground."""
        return mujoco.MjSpec.from_file(str(self.mjcf))


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
    weights = {joint: float(weight) for joint, weight in table["joint_weights"].items()}
    total = sum(weights.values())
    if total <= 0:
        raise FileFormatError(f"{path}: joint_weights must have a positive sum")
    character = Character(
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
        joint_weights={joint: weight / total for joint, weight in weights.items()},
        sources=dict(table.get("sources", {})),
    )
    _check_names(character, path)
    return character


def _check_names(character: Character, path: Path) -> None:
    """Refuse a table that names bodies or joints which the MJCF does not have."""
    try:
        spec = character.spec()
    except ValueError as error:
        raise FileFormatError(f"{character.mjcf} cannot be loaded by MuJoCo: {str(error).splitlines()[0]}") from error
    bodies = {body.name for body in spec.bodies}
    joints = {joint.name for joint in spec.joints}
    named = {character.root, *character.feet, *character.end_effectors, *character.fall_bodies, *character.body_map}
    for kind, wrong, known in (
        ("body", named - bodies, bodies),
        ("joint", (set(character.t_pose) | set(character.joint_weights)) - joints, joints),
    ):
        if wrong:
            raise FileFormatError(
                f"{path} names the unknown {kind} {', '.join(sorted(wrong))}; {character.mjcf.name} has {', '.join(sorted(known))}"
            )
