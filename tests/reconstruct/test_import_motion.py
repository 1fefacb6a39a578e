"""Published results on a body that is there: limbs point as they did, feet on the ground, the right person."""

import pickle

import numpy as np
import pytest
import torch

from sfv.body import load_body
from sfv.body.model import OPEN_BODY
from sfv.errors import NoPersonError, SfvError
from sfv.motion.rest import REST_JOINTS
from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS
from sfv.reconstruct.import_motion import import_motion, lowest_points

FRAMES = 50
UP = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # SMPL's y-up rest pose upright in a z-up world


@pytest.fixture(autouse=True)
def no_body_of_the_user(monkeypatch, tmp_path):
    monkeypatch.delenv("SFV_BODY", raising=False)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_: str(tmp_path / "nowhere"))


def smooth_poses():
    """Upright, bending everywhere by some tens of degrees. Shape (FRAMES, 24, 3)."""
    waves = np.random.default_rng(1).normal(size=(2, 24, 3)) * 0.3
    t = np.linspace(0, 1, FRAMES)[:, None, None]
    poses = waves[0] * np.sin(4 * t) + waves[1] * np.sin(7 * t + 1)
    poses[:, 22:] = 0
    root = UP @ rotvec_to_rotmat(torch.as_tensor(0.2 * poses[:, 0])).numpy()
    poses[:, 0] = rotmat_to_rotvec(torch.as_tensor(root)).numpy()
    return poses


def write_amass(path, poses, height=0.95):
    place = np.stack((np.linspace(0, 2, FRAMES), np.zeros(FRAMES), np.full(FRAMES, height)), 1) - REST_JOINTS["smpl"][0]
    flat = np.hstack((poses[:, :22].reshape(FRAMES, 66), np.zeros((FRAMES, 90))))
    np.savez(path, poses=flat, trans=place, betas=np.linspace(0, 1, 16), gender="neutral", mocap_framerate=30.0)
    return path


def directions(rest, poses):
    """Unit directions of the limbs' bones. Shape (FRAMES, 8, 3)."""
    rotations = np.empty((FRAMES, 24, 3, 3))
    local = rotvec_to_rotmat(torch.as_tensor(poses)).numpy()
    for joint, parent in enumerate(SMPL_PARENTS):
        rotations[:, joint] = local[:, joint] if parent < 0 else rotations[:, parent] @ local[:, joint]
    bones = [(f"{side}_{a}", f"{side}_{b}") for side in ("left", "right")
             for a, b in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))]  # fmt: skip
    found = []
    for start, end in bones:
        a, b = SMPL_JOINTS.index(start), SMPL_JOINTS.index(end)
        arm = rotations[:, a] @ (rest[b] - rest[a])
        found.append(arm / np.linalg.norm(arm, axis=-1, keepdims=True))
    return np.stack(found, 1), rotations


def test_limbs_keep_their_directions_on_the_open_body(tmp_path):
    poses = smooth_poses()
    motion = import_motion(write_amass(tmp_path / "a.npz", poses))
    body = load_body(name="open")
    assert motion.body == "open"
    assert not motion.betas.any()
    wanted, turned = directions(REST_JOINTS["smpl"], poses)
    found, turned_open = directions(body.rest_joints(motion.betas), motion.poses)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    feet = [SMPL_JOINTS.index(name) for name in ("left_ankle", "right_foot", "left_wrist", "head", "spine3")]
    np.testing.assert_allclose(turned_open[:, feet], turned[:, feet], atol=1e-6)
    joints = body.joints(motion.poses, motion.betas, motion.trans)
    leg = 0.810 / 0.783  # thigh and shin of the two bodies
    np.testing.assert_allclose(np.ptp(joints[:, 0, 0]), 2 * leg, atol=0.03)
    assert "no SMPL file" in " ".join(motion.notes)


def test_feet_on_the_ground(tmp_path):
    for height in (0.7, 2.0):
        motion = import_motion(write_amass(tmp_path / "a.npz", smooth_poses(), height))
        assert motion.grounded
        body = load_body(name="open")
        lowest = lowest_points(motion, body)
        assert abs(np.quantile(lowest, 0.05)) < 1e-9
        skin = body.vertices(motion.poses, motion.betas, motion.trans)[..., 2].min(1)
        np.testing.assert_allclose(lowest, skin, atol=0.03)  # rigid points against the blended skin


def test_the_users_own_smpl_file_is_taken(tmp_path, monkeypatch):
    with np.load(OPEN_BODY) as data:
        np.savez(tmp_path / "SMPL_NEUTRAL.npz", **{name: data[name] for name in data.files if name != "body_name"})
    monkeypatch.setenv("SFV_BODY", str(tmp_path / "SMPL_NEUTRAL.npz"))
    poses = smooth_poses()
    motion = import_motion(write_amass(tmp_path / "a.npz", poses))
    assert motion.body == "smpl"
    np.testing.assert_allclose(motion.betas, np.linspace(0, 1, 16)[:10])
    np.testing.assert_allclose(motion.poses[:, 1:], poses[:, 1:], atol=1e-6)
    assert np.ptp(motion.trans[:, 0]) == pytest.approx(2.0, abs=1e-6)
    assert not any("no SMPL file" in note for note in motion.notes)
    asked = import_motion(tmp_path / "a.npz", body=load_body(name="open"))
    assert asked.body == "open"


def write_wham(path):
    """Three people: 5 in the middle and near, 8 at the left and long, 9 at the right and far."""
    results = {}
    for person, n, x, z in ((5, 30, 0.0, 3.0), (8, 50, -2.0, 5.0), (9, 40, 3.0, 6.0)):
        results[person] = {
            "pose": np.zeros((n, 72)), "trans": np.tile([x, 0.0, z], (n, 1)), "pose_world": np.zeros((n, 72)),
            "trans_world": np.zeros((n, 3)), "betas": np.zeros((n, 10)), "frame_ids": np.arange(n) + person,
        }  # fmt: skip
    path.write_bytes(pickle.dumps(results))
    return path


@pytest.mark.parametrize(
    ("person", "first"), [("longest", 8), ("nearest", 5), ("left", 8), ("right", 9), ("0", 5), ("2", 9), ("9", 9)]
)
def test_choice(tmp_path, person, first):
    motion = import_motion(write_wham(tmp_path / "wham_output.pkl"), 30.0, person)
    assert motion.first_frame == first
    assert "3 people are in the file" in motion.notes[1]


def test_bad_choices(tmp_path):
    path = write_wham(tmp_path / "wham_output.pkl")
    with pytest.raises(NoPersonError, match=r"no person '7'.*0: WHAM, person 5: 30 frames, 5 to 34; 1: WHAM, person 8"):
        import_motion(path, 30.0, "7")
    with pytest.raises(SfvError, match="--fps"):
        import_motion(path)
    for fps in (0.0, np.nan, -3.0):
        with pytest.raises(SfvError, match="no frame rate"):
            import_motion(path, fps)


def test_upright_at_rest_on_the_ground(tmp_path):
    """WHAM's y-up world becomes z-up: a body in rest pose stands upright, facing x, feet at 0."""
    motion = import_motion(write_wham(tmp_path / "wham_output.pkl"), 30.0)
    body = load_body(name="open")
    joints = body.joints(motion.poses, motion.betas, motion.trans)[0]
    head, ankle, foot = (joints[SMPL_JOINTS.index(name)] for name in ("head", "left_ankle", "left_foot"))
    assert head[2] > 1.3
    assert 0 < ankle[2] < 0.15
    assert foot[0] - ankle[0] > 0.08
    np.testing.assert_allclose(joints[0, :2], 0, atol=1e-9)
