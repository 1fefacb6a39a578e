import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from sfv.body import load_body

IDENTITY = [1.0, 0.0, 0.0, 0.0]
DEEPMIMIC_ORDER = ("chest", "neck", "right_hip", "right_knee", "right_ankle", "right_shoulder", "right_elbow",
                   "left_hip", "left_knee", "left_ankle", "left_shoulder", "left_elbow")  # fmt: skip


@pytest.fixture(scope="session")
def body():
    return load_body(name="open")


@pytest.fixture(scope="session")
def joints_of(body):
    """Joints of a motion by name, world."""
    from sfv.motion.smpl import SMPL_JOINTS

    def named(motion):
        places = body.joints(motion.poses, motion.betas, motion.trans)
        return {name: places[:, index] for index, name in enumerate(SMPL_JOINTS)}

    named.rest = body.joints(np.zeros((1, 24, 3)), np.zeros(10), np.zeros((1, 3)))[0, 0]
    return named


@pytest.fixture
def write_deepmimic(tmp_path):
    """A clip that holds one pose: joints by name, quaternions y-up or angles."""

    def write(name="humanoid3d_made_up.txt", root=(0.0, 0.9, 0.0), **joints):
        frame = [1 / 30, *root, *IDENTITY]
        for joint in DEEPMIMIC_ORDER:
            hinge = joint.endswith(("knee", "elbow"))
            frame += [joints.get(joint, 0.0)] if hinge else list(joints.get(joint, IDENTITY))
        text = json.dumps({"Loop": "none", "Frames": [frame] * 4})
        path = tmp_path / name
        path.write_bytes(lzma.compress(text.encode()) if name.endswith(".xz") else text.encode())
        return path

    return write


NODES = ["pelvis", "torso", "head", "right_upper_arm", "right_lower_arm", "right_hand", "left_upper_arm", "left_lower_arm",
         "left_hand", "right_thigh", "right_shin", "right_foot", "left_thigh", "left_shin", "left_foot"]  # fmt: skip


@pytest.fixture
def write_amp(tmp_path):
    def write(name="amp_humanoid_made_up.npz", frames=4, **turns):
        rotations = np.zeros((frames, len(NODES), 4), np.float32)
        rotations[..., 3] = 1.0
        for node, xyzw in turns.items():
            rotations[:, NODES.index(node)] = xyzw
        arrays = {
            "rotation_xyzw": rotations,
            "root_translation": np.tile([0.0, 0.0, 0.9], (frames, 1)),
            "node_names": NODES,
            "fps": 60.0,
        }
        np.savez(tmp_path / name, **arrays)
        return tmp_path / name

    return write


def _bone(name: str, direction: str, length: float, axis: str, dof: str = "") -> str:
    dofs = f"\n    dof {dof}" if dof else ""
    return f"  begin\n    id 1\n    name {name}\n    direction {direction}\n    length {length}\n    axis {axis} XYZ{dofs}\n  end\n"


def _made_up_asf() -> str:
    """A skeleton like CMU's: legs 20 degrees apart, elbows that bend about axes 30 degrees off the vertical."""
    bones, hierarchy = "", ["root lhipjoint rhipjoint lowerback", "lowerback thorax", "thorax head lclavicle rclavicle"]
    for side, sign in (("l", 1), ("r", -1)):
        leg, arm = f"{sign * 0.34202} -0.939693 0", f"{sign} 0 0"
        bones += _bone(f"{side}hipjoint", f"{sign * 0.6} -0.8 0", 2.0, "0 0 0")
        bones += _bone(f"{side}femur", leg, 7.0, f"0 0 {sign * 20}", "rx ry rz") + _bone(
            f"{side}tibia", leg, 7.0, f"0 0 {sign * 20}", "rx"
        )
        bones += _bone(f"{side}foot", f"{sign * 0.0666} -0.183 0.981", 2.0, f"-90 0 {sign * 20}", "rx rz")
        bones += _bone(f"{side}toes", "0 0 1", 1.0, f"-90 0 {sign * 20}", "rx")
        bones += _bone(f"{side}clavicle", f"{sign * 0.94} 0.34 0", 3.5, "0 0 0", "ry rz")
        bones += _bone(f"{side}humerus", arm, 5.0, f"180 {-30 * sign} {-90 * sign}", "rx ry rz")
        bones += _bone(f"{side}radius", arm, 3.5, f"180 {-30 * sign} {-90 * sign}", "rx")
        hierarchy += [f"{side}hipjoint {side}femur", f"{side}femur {side}tibia", f"{side}tibia {side}foot", f"{side}foot {side}toes",
                      f"{side}clavicle {side}humerus", f"{side}humerus {side}radius"]  # fmt: skip
    for name in ("lowerback", "thorax", "head"):
        bones += _bone(name, "0 1 0", 2.0, "0 0 0", "rx ry rz")
    lines = "\n".join(f"    {line}" for line in hierarchy)
    return (
        "# made up\n:version 1.10\n:units\n  mass 1.0\n  length 0.45\n  angle deg\n:root\n   order TX TY TZ RX RY RZ\n   axis XYZ\n"
        f"   position 0 0 0\n   orientation 0 0 0\n:bonedata\n{bones}:hierarchy\n  begin\n{lines}\n  end\n"
    )


@pytest.fixture
def write_acclaim(tmp_path):
    """A skeleton and a motion that holds one pose for 8 frames; returns both paths."""

    def write(name="07_01.amc", root="0 16 0 0 0 0", **angles):
        asf: Path = tmp_path / "07.asf"
        asf.write_text(_made_up_asf())
        bones = "".join(f"{bone} {values}\n" for bone, values in angles.items())
        frames = "".join(f"{frame}\nroot {root}\n{bones}" for frame in range(1, 9))
        amc = tmp_path / name
        amc.write_text(f"#!OML:ASF made up\n:FULLY-SPECIFIED\n:DEGREES\n{frames}")
        return amc, asf

    return write
