"""A person's motion written as other programs write it: any joint names, axes, units, link frames and channel orders."""

import numpy as np
from scipy.spatial.transform import Rotation

from sfv.motion.mocap.rest import REST_JOINTS
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS

TO_ZUP = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
MIXAMO = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "neck": "Neck", "head": "Head",
    **{f"{side.lower()}_{joint}": f"{side}{name}" for side in ("Left", "Right") for joint, name in (
        ("hip", "UpLeg"), ("knee", "Leg"), ("ankle", "Foot"), ("foot", "ToeBase"), ("collar", "Shoulder"), ("shoulder", "Arm"),
        ("elbow", "ForeArm"), ("wrist", "Hand"), ("hand", "HandMiddle1"))},
}  # fmt: skip
DAZ = {
    "pelvis": "hip", "spine1": "abdomen", "spine2": "abdomen2", "spine3": "chest", "neck": "neck", "head": "head",
    **{f"{side}_{joint}": f"{side[0]}{name}" for side in ("left", "right") for joint, name in (
        ("hip", "Thigh"), ("knee", "Shin"), ("ankle", "Foot"), ("foot", "Toe"), ("collar", "Collar"), ("shoulder", "Shldr"),
        ("elbow", "ForeArm"), ("wrist", "Hand"), ("hand", "Mid1"))},
}  # fmt: skip


def dance(frames=90, fps=30.0):
    """Local rotation vectors (T, 24, 3) and pelvis places (T, 3) of somebody who bends everything, SMPL's conventions, z up."""
    time = np.arange(frames) / fps
    poses = np.zeros((frames, 24, 3))
    upright = np.array([1.2092, 1.2092, 1.2092])
    yaw = Rotation.from_rotvec(np.stack([0 * time, 0 * time, 0.7 * time], 1))
    lean = Rotation.from_rotvec(np.stack([0.2 * np.sin(3 * time), 0.15 * np.sin(2 * time), 0 * time], 1))
    poses[:, 0] = (yaw * lean * Rotation.from_rotvec(upright)).as_rotvec()
    for joint, axis, size, offset, pace in (
        ("left_hip", 0, 0.6, -0.4, 4.0), ("right_hip", 0, -0.6, -0.4, 4.0),
        ("left_knee", 0, 0.5, 0.6, 4.0), ("right_knee", 0, -0.5, 0.6, 4.0),
        ("left_hip", 2, 0.2, 0.1, 3.0), ("right_hip", 1, 0.3, 0.0, 3.0), ("left_ankle", 0, 0.3, 0.0, 4.0), ("spine2", 0, 0.1, 0.1, 2.0),
        ("spine1", 2, 0.1, 0.0, 2.5), ("neck", 0, 0.15, 0.0, 2.0),
        ("left_shoulder", 2, 0.6, -0.7, 3.0), ("right_shoulder", 2, 0.6, 0.7, 3.0),
        ("left_shoulder", 1, 0.5, -0.2, 2.0), ("left_elbow", 1, -0.6, -0.8, 5.0), ("right_elbow", 1, 0.6, 0.8, 4.0)):  # fmt: skip
        poses[:, SMPL_JOINTS.index(joint), axis] = offset + size * np.sin(pace * time + axis)
    place = np.stack([0.5 * time, 0.1 * np.sin(time), 0.95 + 0.05 * np.sin(4 * time)], 1)
    return poses, place


def world(poses, place):
    """Joints (T, 24, 3) and world rotations (T, 24, 3, 3), z up."""
    turned, placed = [], []
    for joint, parent in enumerate(SMPL_PARENTS):
        local = Rotation.from_rotvec(poses[:, joint]).as_matrix()
        turned.append(local if parent < 0 else turned[parent] @ local)
        offset = REST_JOINTS[joint] - REST_JOINTS[parent] if parent >= 0 else None
        placed.append(place if parent < 0 else placed[parent] + turned[parent] @ offset)
    return np.stack(placed, 1), np.stack(turned, 1)


def write_bvh(
    path, poses, place, names=MIXAMO, unit=0.01, order="ZXY", fps=30.0, y_up=True, frames_seed=None, six=False
):
    """Write the motion; ``frames_seed`` turns every link's own frame at random, so that no rest pose looks like a person."""
    places, rotations = world(poses, place)
    turn = TO_ZUP.T if y_up else np.eye(3)
    places, rotations = places @ turn.T / unit, turn @ rotations
    rng = np.random.default_rng(frames_seed)
    own = np.stack(
        [np.eye(3) if frames_seed is None else Rotation.random(random_state=rng).as_matrix() for _ in SMPL_JOINTS]
    )
    rotations = rotations @ own
    children = {joint: [k for k, parent in enumerate(SMPL_PARENTS) if parent == joint] for joint in range(24)}
    lines, values = ["HIERARCHY"], []
    turns = " ".join(f"{axis}rotation" for axis in order)

    def write(joint, depth):
        pad, parent = "  " * depth, SMPL_PARENTS[joint]
        offset = (
            np.zeros(3)
            if parent < 0
            else np.einsum("ji,j->i", own[parent], REST_JOINTS[joint] - REST_JOINTS[parent]) / unit
        )
        place_too = parent < 0 or six
        lines.append(f"{pad}{'ROOT' if parent < 0 else 'JOINT'} {names[SMPL_JOINTS[joint]]}\n{pad}{{")
        written = np.ones(3) if six and parent >= 0 else offset  # the positions of each frame count then
        lines.append(f"{pad}  OFFSET {' '.join(f'{v:.6f}' for v in written)}")
        positions = "Xposition Yposition Zposition " if place_too else ""
        lines.append(f"{pad}  CHANNELS {6 if place_too else 3} {positions}{turns}")
        local = rotations[:, joint] if parent < 0 else np.swapaxes(rotations[:, parent], 1, 2) @ rotations[:, joint]
        if place_too:
            values.append(places[:, 0] if parent < 0 else np.tile(offset, (len(places), 1)))
        values.append(Rotation.from_matrix(local).as_euler(order.upper(), degrees=True))
        for child in children[joint]:
            write(child, depth + 1)
        if not children[joint]:
            lines.append(f"{pad}  End Site\n{pad}  {{\n{pad}    OFFSET 0 0 0\n{pad}  }}")
        lines.append(f"{pad}}}")

    write(0, 0)
    rows = np.concatenate(values, 1)
    lines += ["MOTION", f"Frames: {len(rows)}", f"Frame Time: {1 / fps:.7f}"]
    lines += [" ".join(f"{v:.6f}" for v in row) for row in rows]
    path.write_bytes("\r\n".join(lines).encode())
    return path
