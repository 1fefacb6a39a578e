"""characters/<name>/: how a character is found, read, and held against its MJCF."""

import os
from pathlib import Path
from typing import Any

import mujoco

from sfv.character.character import Character
from sfv.character.hints import TrainingHints
from sfv.character.table import Table
from sfv.config_file import from_table, read_toml
from sfv.errors import FileFormatError
from sfv.finder import find_data, list_data

_MARKER = "character.toml"
_REQUIRED = ("mjcf", "root", "feet", "end_effectors", "fall_bodies", "body_map", "joint_weights")
_SHOWN = 60
"""Names that a message lists."""


def list_characters() -> dict[str, Path]:
    """Folder of every character that is found, by name; whether it can be used is told by loading it."""
    return list_data("characters", _MARKER)


def load_character(name: str) -> Character:
    """Load a character by name or by the path of its folder.

    Raises UnknownNameError for an unknown name, FileFormatError for files that are incomplete, damaged or hostile, or that name
    what the MJCF lacks, SettingError for numbers out of their range.
    """
    folder = find_data("characters", name, _MARKER)
    path = folder / _MARKER
    table = read_toml(path)
    missing = [key for key in _REQUIRED if key not in table]
    if missing:
        raise FileFormatError(f"{path} lacks {', '.join(missing)}; characters/humanoid/character.toml shows every key")
    character = _from_table(folder, Table(path, table), table.get("training", {}))
    _check_names(character, path)
    return character


def _from_table(folder: Path, table: Table, training: Any) -> Character:
    chains = table.names_of("chains")
    return Character(
        name=folder.name,
        folder=folder,
        mjcf=_mjcf(folder, table.text("mjcf"), table.path),
        description=table.line("description", ""),
        licence=table.line("licence", "not stated"),
        root=table.text("root"),
        feet=table.some_names("feet"),
        end_effectors=table.some_names("end_effectors"),
        fall_bodies=table.names("fall_bodies"),
        body_map=table.texts("body_map"),
        t_pose=table.angles("t_pose"),
        joint_weights=_joint_weights(table.numbers("joint_weights"), chains, table.path),
        sources=table.lines("sources"),
        chains=chains,
        hands=table.names("hands"),
        training=from_table(TrainingHints, training, f"{table.path} [training]"),
    )


def _mjcf(folder: Path, name: str, path: Path) -> Path:
    """The MJCF beside character.toml, or below it."""
    file = folder / name
    try:
        outside = os.path.isabs(name) or not file.resolve().is_relative_to(folder.resolve())  # noqa: PTH117
        there = outside or file.exists()
    except (OSError, RuntimeError, ValueError):  # a name that no file can have
        outside = there = False
    if outside:
        raise FileFormatError(
            f"{path} names mjcf = '{name[:80]}', which lies outside of its folder; copy the MJCF and its meshes into {folder}"
        )
    if not there:
        raise FileFormatError(f"{path} names mjcf = '{name[:80]}', which is not there")
    return file


def _joint_weights(table: dict[str, float], chains: dict[str, tuple[str, ...]], path: Path) -> dict[str, float]:
    """Weight of every joint; what is given for a chain holds for each of its hinges, and is counted once."""
    total = sum(table.values())
    if total <= 0 or min(table.values()) < 0:
        raise FileFormatError(f"{path}: joint_weights must not be negative, and have a positive sum")
    out: dict[str, float] = {}
    for name, weight in table.items():
        for joint in chains.get(name, (name,)):
            if joint in out:
                raise FileFormatError(f"{path}: joint_weights counts {joint} twice; give the weight of its chain only")
            out[joint] = weight / total
    return out


def _check_names(character: Character, path: Path) -> None:
    """Refuse a table that names bodies or joints which the MJCF does not have, or another root than the one that moves freely."""
    spec = character.spec()
    bodies = {body.name for body in spec.bodies}
    joints = {joint.name for joint in spec.joints}
    named = {character.root, *character.feet, *character.end_effectors, *character.fall_bodies, *character.body_map}
    hinges = {joint for chain in character.chains.values() for joint in chain}
    for kind, wrong, known in (
        ("body", (named | set(character.hands)) - bodies, bodies - {"world"}),
        ("joint", (hinges | set(character.t_pose) | set(character.joint_weights)) - joints, joints),
    ):
        if wrong:
            raise FileFormatError(
                f"{path} names the unknown {kind} {_list(wrong)}; {character.mjcf.name} has {_list(known) or 'none'}"
            )
    if "world" in named:
        raise FileFormatError(f"{path} names the body world, which is no part of the robot")
    width = {joint.name: 3 if joint.type == mujoco.mjtJoint.mjJNT_BALL else 1 for joint in spec.joints}
    for joint, value in character.t_pose.items():
        if len(value) != width[joint]:
            raise FileFormatError(
                f"{path}: [t_pose] {joint} has {len(value)} numbers; a rotation vector of a ball joint has 3, an angle 1"
            )
    _check_root(character, spec, path)


def _check_root(character: Character, spec: mujoco.MjSpec, path: Path) -> None:
    """The root's first joint is the model's first and a free one."""
    first = next(iter(spec.body(character.root).joints), None)
    free = [joint for joint in spec.joints if joint.type == mujoco.mjtJoint.mjJNT_FREE]
    if first is not None and first.type == mujoco.mjtJoint.mjJNT_FREE:
        return
    if free:
        raise FileFormatError(
            f"{path} names the root '{character.root}', but the free joint of {character.mjcf.name} is in body '{free[0].parent.name}'; "
            f"name that one"
        )
    raise FileFormatError(
        f"character '{character.name}' must have a free joint first; add <freejoint/> to body '{character.root}' of "
        f"{character.mjcf} in place of the joints that move it"
    )


def _list(names: set[str]) -> str:
    shown = [name[:_SHOWN] for name in sorted(names)[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(names) > _SHOWN else "")
