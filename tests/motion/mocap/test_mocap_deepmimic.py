import numpy as np
import pytest

from sfv.errors import FileFormatError
from sfv.motion.mocap.deepmimic import read_deepmimic_body
from sfv.motion.mocap.rest import sole_heights

QUARTER = np.sqrt(0.5)


def test_standing_with_arms_down_and_facing_x(write_deepmimic, joints_of):
    motion = read_deepmimic_body(write_deepmimic())
    at = {name: places[0] for name, places in joints_of(motion).items()}
    assert motion.fps == 30.0
    assert at["left_hip"][1] > at["right_hip"][1]  # x forward, so left is y
    assert at["left_foot"][0] > at["left_ankle"][0] + 0.1
    for side in ("left", "right"):
        arm = at[f"{side}_wrist"] - at[f"{side}_shoulder"]
        np.testing.assert_allclose(arm / np.linalg.norm(arm), [0, 0, -1], atol=1e-3)
        leg = at[f"{side}_ankle"] - at[f"{side}_hip"]
        np.testing.assert_allclose(leg / np.linalg.norm(leg), [0, 0, -1], atol=1e-2)


def test_feet_stand_on_the_ground(write_deepmimic):
    import torch

    from sfv.motion.mocap.rest import REST_JOINTS
    from sfv.motion.rotations import rotvec_to_rotmat

    motion = read_deepmimic_body(write_deepmimic(left_knee=-1.0))
    local = rotvec_to_rotmat(torch.from_numpy(motion.poses)).numpy()
    np.testing.assert_allclose(sole_heights(local, motion.trans + REST_JOINTS[0]).min(1), 0.0, atol=1e-6)


def test_elbows_bend_forward_and_knees_backward(write_deepmimic, joints_of):
    at = {name: places[0] for name, places in joints_of(
        read_deepmimic_body(write_deepmimic(right_elbow=np.pi / 2, left_knee=-np.pi / 2))).items()}  # fmt: skip
    forearm, shank = at["right_wrist"] - at["right_elbow"], at["left_ankle"] - at["left_knee"]
    np.testing.assert_allclose(forearm / np.linalg.norm(forearm), [1, 0, 0], atol=1e-3)
    assert shank[0] / np.linalg.norm(shank) < -0.98
    left_arm = at["left_wrist"] - at["left_elbow"]
    assert left_arm[2] / np.linalg.norm(left_arm) < -0.999


def test_a_hip_that_flexes_lifts_its_own_thigh(write_deepmimic, joints_of):
    # y-up: the thigh points down -y; turning it about +z by a quarter carries it to +x, forward
    at = {
        name: places[0]
        for name, places in joints_of(read_deepmimic_body(write_deepmimic(left_hip=[QUARTER, 0, 0, QUARTER]))).items()
    }
    thigh, other = at["left_knee"] - at["left_hip"], at["right_knee"] - at["right_hip"]
    assert thigh[0] / np.linalg.norm(thigh) > 0.98
    assert other[2] / np.linalg.norm(other) < -0.98


def test_a_turned_chest_is_shared_by_the_spine(write_deepmimic):
    motion = read_deepmimic_body(write_deepmimic(chest=[np.cos(0.3), 0, np.sin(0.3), 0]))  # 0.6 rad about the vertical
    np.testing.assert_allclose(motion.poses[0, [3, 6, 9]], np.tile([0, 0.2, 0], (3, 1)), atol=1e-6)


def test_xz_reads_the_same(write_deepmimic):
    plain = read_deepmimic_body(write_deepmimic("humanoid3d_a.txt", right_elbow=0.7))
    packed = read_deepmimic_body(write_deepmimic("humanoid3d_a.txt.xz", right_elbow=0.7))
    np.testing.assert_array_equal(plain.poses, packed.poses)


def test_another_json_is_refused(tmp_path):
    path = tmp_path / "humanoid3d_b.txt"
    path.write_text('{"Frames": [[1, 2]]}')
    with pytest.raises(FileFormatError, match="frames of shape"):
        read_deepmimic_body(path)
