"""MimicKit's pickles of its humanoid and its SMPL body, and Acclaim with bones of other names."""

import pickle

import numpy as np
import pytest
from made_up import TO_ZUP, dance, world
from scipy.spatial.transform import Rotation

from sfv.errors import FileFormatError
from sfv.motion.mocap.captured import read_captured
from sfv.motion.mocap.folder import read_mocap
from sfv.motion.smpl import SMPL_JOINTS


def pickled(path, frames, fps=30):
    path.write_bytes(pickle.dumps({"loop_mode": 0, "fps": fps, "frames": np.asarray(frames).tolist()}))
    return path


def humanoid(frames=40):
    """Standing straight with arms out sideways, but for the left knee and the right elbow, and turning to its left."""
    values = np.zeros((frames, 34))
    values[:, :3], values[:, 5] = [1.0, 2.0, 0.9], np.linspace(0, 1, frames)
    values[:, 15] = np.linspace(0.2, 1.4, frames)  # right elbow, about its z
    values[:, 30] = np.linspace(0.2, 1.2, frames)  # left knee
    values[:, 19] = -0.3  # left elbow
    values[:, 23] = 0.2  # right knee
    return values


def test_humanoid(tmp_path, joints_of):
    motion, facts = read_captured(pickled(tmp_path / "a.pkl", humanoid()))
    assert (facts.unit, facts.up) == ("metres", "z")
    assert facts.worst[1] < 5
    at = joints_of(motion)
    for joint, axis, size in (
        ("left_knee", 0, 1.2),
        ("right_elbow", 1, 1.4),
        ("right_knee", 0, 0.2),
        ("left_elbow", 1, -0.3),
    ):
        bent = 0.16 if "knee" in joint else 0.0  # the open body's legs in its T-pose are
        assert motion.poses[-1, SMPL_JOINTS.index(joint), axis] == pytest.approx(size - bent, abs=0.05), joint
    across = at["left_hip"] - at["right_hip"]
    np.testing.assert_allclose(across[0] / np.linalg.norm(across[0]), [0, 1, 0], atol=0.02)
    np.testing.assert_allclose(across[-1] / np.linalg.norm(across[-1]), [-np.sin(1), np.cos(1), 0], atol=0.02)


def test_smpl_body(tmp_path, joints_of):
    """Its joints in MimicKit's order and axes: every limb points where it pointed."""
    poses, place = dance(60)
    order = ["pelvis", *(f"{side}_{part}" for side in ("left", "right") for part in ("hip", "knee", "ankle", "foot")), "spine1", "spine2",
             "spine3", "neck", "head", *(f"{side}_{part}" for side in ("left", "right") for part in (
                 "collar", "shoulder", "elbow", "wrist", "hand"))]  # fmt: skip
    turned = {name: Rotation.from_rotvec(poses[:, index]).as_matrix() for index, name in enumerate(SMPL_JOINTS)}
    root = turned["pelvis"] @ TO_ZUP.T  # SMPL's axes and the body's, x ahead, y left, z up
    columns = [place, Rotation.from_matrix(root).as_rotvec()]
    columns += [Rotation.from_matrix(TO_ZUP @ turned[name] @ TO_ZUP.T).as_rotvec() for name in order[1:]]
    motion, facts = read_captured(pickled(tmp_path / "a.pkl", np.concatenate(columns, 1)))
    assert facts.worst[1] < 25
    found, (wanted, _) = joints_of(motion), world(poses, place)
    for side in ("left", "right"):
        for a, b in (("hip", "knee"), ("shoulder", "elbow"), ("elbow", "wrist")):
            bone = found[f"{side}_{b}"] - found[f"{side}_{a}"]
            true = wanted[:, SMPL_JOINTS.index(f"{side}_{b}")] - wanted[:, SMPL_JOINTS.index(f"{side}_{a}")]
            cosine = (bone * true).sum(-1) / np.linalg.norm(bone, axis=-1) / np.linalg.norm(true, axis=-1)
            assert np.degrees(np.arccos(cosine.clip(-1, 1))).max() < 12  # that body's rest pose is not quite straight


@pytest.mark.parametrize(
    ("change", "said"),
    [(lambda v: v[:, :30], "34 numbers"), (lambda v: np.where(np.arange(34) == 9, np.nan, v), "NaN")],
)
def test_others_are_refused(tmp_path, change, said):
    with pytest.raises(FileFormatError, match=said):
        read_captured(pickled(tmp_path / "a.pkl", change(humanoid())))
    pickled(tmp_path / "whole.pkl", humanoid())
    told = []
    assert list(read_mocap(tmp_path, told.append)) == ["whole"]
    assert len(told) == 1


def test_acclaim_of_other_names_units_and_rate(write_acclaim, joints_of):
    """The same file under other names gives the same limbs; its rate is the one it says."""
    amc, asf = write_acclaim(lradius="60", rradius="60", ltibia="50", rtibia="20")
    known = joints_of(read_captured(amc)[0])
    hands = "".join(
        f" begin\n id {90 + k}\n name {side}hand\n direction {sign} 0 0\n length 1\n axis 0 0 0 XYZ\n end\n"
        for k, (side, sign) in enumerate((("l", 1), ("r", -1)))
    )
    text = asf.read_text().replace(":hierarchy", f"{hands}:hierarchy")
    head, _, tree = text.partition(":hierarchy")
    tree = tree.replace(" begin\n", " begin\n  lradius lhand\n  rradius rhand\n", 1)
    asf.write_text(f"{head}:hierarchy{tree}")
    names = {"femur": "_Thigh", "tibia": "_Calf", "foot": "_Foot", "toes": "_Toe0", "clavicle": "_Clavicle", "humerus": "_UpperArm",
             "radius": "_Forearm", "wrist": "_Wrist", "hand": "_Hand", "hipjoint": "_ThighDummy"}  # fmt: skip
    for path in (amc, asf):
        text = path.read_text()
        for side in "lr":
            for old, new in names.items():
                text = text.replace(f"{side}{old}", f"{side.upper()}{new}")
        path.write_text(
            text.replace(":DEGREES", ":SAMPLES-PER-SECOND 30\n:DEGREES").replace("length 0.45", "length 1.0")
        )
    motion, facts = read_captured(amc)
    assert motion.fps == 30.0
    assert facts is not None
    other = joints_of(motion)
    for side in ("left", "right"):
        for a, b in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            one, two = (at[f"{side}_{b}"][0] - at[f"{side}_{a}"][0] for at in (known, other))
            assert one @ two > 0.99 * np.linalg.norm(one) * np.linalg.norm(two), (side, a)
