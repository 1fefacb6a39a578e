"""BVH of any skeleton: the same person in whatever names, axes, units and link frames gives the same motion."""

import lzma

import numpy as np
import pytest
from made_up import DAZ, MIXAMO, dance, write_bvh

import sfv
from sfv.errors import FileFormatError
from sfv.motion.mocap.bvh import read_bvh_links
from sfv.motion.mocap.captured import kind_of_capture, read_captured
from sfv.motion.mocap.roles import side_of

LIMBS = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")


@pytest.fixture(scope="module")
def truth():
    return dance()


def limb_directions(joints):
    """Unit vectors along thighs, shins, upper and lower arms. Shape (T, 8, 3)."""
    found = []
    for side in ("left", "right"):
        for a, b in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
            bone = joints[f"{side}_{b}"] - joints[f"{side}_{a}"]
            found.append(bone / np.linalg.norm(bone, axis=-1, keepdims=True))
    return np.stack(found, 1)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"names": DAZ, "unit": 0.0254, "order": "XYZ"},
        {"unit": 1.0, "y_up": False, "order": "ZYX"},
        {"frames_seed": 3},
        {"frames_seed": 4, "six": True, "order": "YXZ", "unit": 0.001},
        {"names": {joint: f"mixamorig:{name}" for joint, name in MIXAMO.items()}},
    ],
    ids=["plain", "daz, inches", "metres, z up", "no T-pose", "six channels, millimetres", "prefixed"],
)
def test_the_motion_comes_back(truth, how, tmp_path, joints_of):
    poses, place = truth
    motion, facts = read_captured(write_bvh(tmp_path / "take.bvh", poses, place, **how))
    wanted = joints_of(sfv.BodyMotion(poses, place - joints_of.rest, np.zeros(10), 30.0))
    found = joints_of(motion)
    away = np.degrees(np.arccos((limb_directions(found) * limb_directions(wanted)).sum(-1).clip(-1, 1)))
    assert away.max() < 0.5
    path, true_path = (joints["pelvis"][:, :2] - joints["pelvis"][:1, :2] for joints in (found, wanted))
    np.testing.assert_allclose(path, true_path, atol=0.03)
    assert (motion.fps, len(motion)) == (pytest.approx(30.0, abs=1e-3), 90)
    unit = how.get("unit", 0.01)
    assert facts.unit == {0.01: "centimetres", 0.0254: "inches", 1.0: "metres", 0.001: "millimetres"}[unit]
    assert facts.up == ("y" if how.get("y_up", True) else "z")
    assert facts.worst[1] < 25, facts.errors


def test_knees_and_elbows_bend_the_right_way(truth, tmp_path):
    """Hinges: no twist along the shin or the forearm, and no knee that bends forward."""
    from sfv.motion.smpl import SMPL_JOINTS

    poses, place = truth
    motion, _ = read_captured(write_bvh(tmp_path / "take.bvh", poses, place, frames_seed=7))
    for joint, axis in (("left_knee", 0), ("right_knee", 0), ("left_elbow", 1), ("right_elbow", 1)):
        found, wanted = motion.poses[:, SMPL_JOINTS.index(joint)], poses[:, SMPL_JOINTS.index(joint)]
        np.testing.assert_allclose(found[:, axis], wanted[:, axis], atol=0.1)
        assert np.abs(np.delete(found, axis, 1)).max() < 0.12


def test_a_fast_compressed_file_is_thinned_and_everybody_takes_it(truth, tmp_path):
    poses, place = dance(240, 120.0)
    plain = write_bvh(tmp_path / "take.bvh", poses, place, fps=120.0)
    packed = tmp_path / "take.bvh.xz"
    packed.write_bytes(lzma.compress(plain.read_bytes()))
    assert kind_of_capture(packed) == kind_of_capture(plain) == "bvh"
    motion = sfv.load(packed)
    assert motion.fps == pytest.approx(30.0, abs=1e-3)
    assert len(motion) == 60
    clip = sfv.retarget(plain, "humanoid", log=lambda line: None)
    assert clip.character == "humanoid"
    assert clip.seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("LeftHand", "LeftPaw"), "left hand or wrist"),
        (lambda text: text.replace("Head", "Nut"), "a head"),
        (lambda text: text[: len(text) // 2], "MOTION section|cut short"),
        (lambda text: text[:-400], "cut short"),
        (lambda text: text.replace("Frame Time: 0.0333333", "Frame Time: 0"), "Frame Time"),
        (lambda text: text.replace("Zrotation", "Wrotation"), "no channel"),
        (lambda text: text.replace("}\r\nMOTION", "\r\nMOTION"), "brace"),
        (lambda text: text.replace("Left", "Tmp").replace("Right", "Left").replace("Tmp", "Right"), "exchanged|backwards"),
    ],
    ids=["no hand", "no head", "half", "cut short", "no time", "odd channel", "brace", "sides exchanged"],
)  # fmt: skip
def test_bad_files_say_what_is_wrong(truth, tmp_path, change, said):
    path = write_bvh(tmp_path / "take.bvh", *truth)
    path.write_bytes(change(path.read_bytes().decode()).encode())
    with pytest.raises(FileFormatError, match=said):
        read_captured(path)


def test_a_machine_is_refused(truth, tmp_path):
    """Named like a person, but its arm swings on the chest without being carried by it."""
    poses, place = truth
    path = write_bvh(tmp_path / "take.bvh", poses, place, six=True)
    head, _, tail = path.read_bytes().decode().partition("MOTION")
    rows = [row.split() for row in tail.split("\r\n")[3:]]
    names = [line.split()[1] for line in head.split("\r\n") if line.strip().startswith(("ROOT", "JOINT"))]
    column = 6 * names.index("LeftArm")
    for number, row in enumerate(rows):
        row[column : column + 3] = [f"{80 * np.sin(number / 5):.3f}", f"{80 * np.cos(number / 3):.3f}", "10"]
    kept = tail.split("\r\n")[:3]
    path.write_bytes((head + "MOTION" + "\r\n".join([*kept, *(" ".join(row) for row in rows)])).encode())
    with pytest.raises(FileFormatError, match=r"mm off on average"):
        read_captured(path)


@pytest.mark.parametrize(
    ("name", "side"),
    [("LeftUpLeg", "left"), ("lfemur", "left"), ("R_Thigh", "right"), ("hand.R", "right"), ("mixamorig:RightArm", "right"),
     ("rShldr", "right"), ("LHipJoint", "left"), ("LowerBack", ""), ("Root", ""), ("ribcage", ""), ("root", "")],
)  # fmt: skip
def test_sides_of_names(name, side):
    assert side_of(name) == side


def test_channels_as_written(tmp_path):
    """The first rotation written is the outermost, a position stands for the offset."""
    text = (
        "HIERARCHY\nROOT a\n{\nOFFSET 9 9 9\nCHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation\n"
        "JOINT b\n{\nOFFSET 1 0 0\nCHANNELS 3 Zrotation Xrotation Yrotation\nEnd Site\n{\nOFFSET 0 2 0\n}\n}\n}\n"
        "MOTION\nFrames: 1\nFrame Time: 0.5\n1 2 3 90 90 0 0 0 0\n"
    )
    (tmp_path / "a.bvh").write_text(text)
    links = read_bvh_links(tmp_path / "a.bvh")
    assert (links.names, links.parents, links.fps) == (("a", "b"), (-1, 0), 2.0)
    np.testing.assert_allclose(links.places[0], [[1, 2, 3], [1, 3, 3]], atol=1e-9)
    np.testing.assert_allclose(links.rotations[0, 0] @ [0, 1, 0], [0, 0, 1], atol=1e-9)
    np.testing.assert_allclose(links.ends[1], [0, 2, 0])
