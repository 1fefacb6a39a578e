"""Motions in Acclaim's format (CMU's database: asf and amc) as motions of the body."""

from pathlib import Path

import numpy as np
import torch

from sfv.motion.body_motion import BodyMotion
from sfv.motion.fields import fields_of
from sfv.motion.mocap.acclaim_files import CMU_HZ, ROOT_PATH, Asf, Bone, amc_rate, euler, read_amc, read_asf
from sfv.motion.mocap.convert import TO_ZUP, alignment, to_body_motion
from sfv.motion.mocap.geometry import TARGET_HZ, Facts, to_motion
from sfv.motion.mocap.links import Links
from sfv.motion.rotations import rotvec_to_rotmat

SMPL_OF = {
    "root": "pelvis", "thorax": "spine3", "head": "head",
    **{f"{short}{bone}": f"{side}_{joint}" for side, short in (("left", "l"), ("right", "r")) for bone, joint in (
        ("clavicle", "collar"), ("humerus", "shoulder"), ("radius", "elbow"), ("femur", "hip"), ("tibia", "knee"),
        ("foot", "ankle"), ("toes", "foot"))},
}  # fmt: skip
"""SMPL joint of each bone that is used; wrists and hands follow the forearm."""
_BEND_OF = {"hip": "tibia", "knee": "tibia", "shoulder": "radius", "elbow": "radius"}


def read_acclaim(amc: Path | str, asf: Path | str) -> tuple[BodyMotion, Facts | None]:
    """Read a motion and its skeleton; of another than CMU's what was found out about it.

    Raises FileFormatError for files that are none or do not belong together.
    """
    skeleton = read_asf(asf)
    values = read_amc(Path(amc), skeleton)
    with fields_of(amc, "Acclaim motion"):
        if skeleton.missing:
            return to_motion(acclaim_links(skeleton, values, amc_rate(Path(amc))), str(amc))
        return _motion(skeleton, values), None


def acclaim_links(skeleton: Asf, values: dict[str, np.ndarray], fps: float) -> Links:
    """The bones of any Acclaim skeleton as links: each begins where its parent ends."""
    root, order = values["root"], skeleton.bones["root"].dofs
    names = list(skeleton.bones)
    parents = [-1 if name == "root" else names.index(skeleton.parents[name]) for name in names]
    places = [np.stack([root[:, order.index(dof)] for dof in ROOT_PATH], axis=1)]
    rotations: list[np.ndarray] = []
    for index, (name, bone) in enumerate(skeleton.bones.items()):
        local = _turn(bone, values[name]) if name in values else np.broadcast_to(np.eye(3), (len(root), 3, 3))
        above = parents[index]
        if above < 0:
            rotations.append(local)
            continue
        parent = skeleton.bones[names[above]]
        places.append(places[above] + rotations[above] @ (parent.direction * parent.length))
        rotations.append(rotations[above] @ local)
    ends = {
        index: bone.direction * bone.length
        for index, bone in enumerate(skeleton.bones.values())
        if index not in parents
    }
    return Links(tuple(names), tuple(parents), np.stack(places, 1), np.stack(rotations, 1), ends, fps)


def _motion(skeleton: Asf, values: dict[str, np.ndarray]) -> BodyMotion:
    step = round(CMU_HZ / TARGET_HZ)
    values = {name: angles[::step] for name, angles in values.items()}
    root, order = values["root"], skeleton.bones["root"].dofs
    path = np.stack([root[:, order.index(dof)] for dof in ROOT_PATH], axis=1) * skeleton.metres
    world: dict[str, np.ndarray] = {}
    for name, bone in skeleton.bones.items():
        local = _turn(bone, values[name]) if name in values else np.broadcast_to(np.eye(3), (len(path), 3, 3))
        world[name] = local if name == "root" else world[skeleton.parents[name]] @ local
    zup = {name: TO_ZUP @ rotation @ TO_ZUP.T for name, rotation in world.items()}
    aligned = {joint: zup[name] @ _alignment(name, joint, skeleton) for name, joint in SMPL_OF.items()}
    left, right = (skeleton.bones[name] for name in ("lhipjoint", "rhipjoint"))
    middle = 0.5 * (left.direction * left.length + right.direction * right.length)
    hips = (path + world["root"] @ (middle * skeleton.metres)) @ TO_ZUP.T
    leg = sum(skeleton.bones[name].length for name in ("lfemur", "ltibia")) * skeleton.metres
    return to_body_motion(aligned, hips, leg, TARGET_HZ)


def _alignment(name: str, joint: str, skeleton: Asf) -> np.ndarray:
    """A of ``convert.alignment`` for limbs; feet are turned as their legs stand apart in the rest pose."""
    part = joint.rpartition("_")[2]
    if part in _BEND_OF:
        bend = skeleton.bones[name[0] + _BEND_OF[part]].axes[:, 0]
        return alignment(joint, TO_ZUP @ skeleton.bones[name].direction, TO_ZUP @ bend)
    if part in ("ankle", "foot"):
        down, leg = np.array([0.0, 0.0, -1.0]), TO_ZUP @ skeleton.bones[f"{name[0]}tibia"].direction
        axis = np.cross(down, leg)
        sine = np.linalg.norm(axis)
        turn = axis / max(float(sine), 1e-9) * np.arctan2(sine, down @ leg)
        return rotvec_to_rotmat(torch.from_numpy(turn)).numpy()
    return np.eye(3)


def _turn(bone: Bone, values: np.ndarray) -> np.ndarray:
    angles = np.zeros((len(values), 3))
    for column, dof in enumerate(bone.dofs):
        if dof.startswith("r"):
            angles[:, "xyz".index(dof[1])] = values[:, column]
    return bone.axes @ euler(angles) @ bone.axes.T
