import numpy as np
import pytest

from sfv.errors import FileFormatError
from sfv.motion.mocap.cmu_amp import read_cmu_amp
from sfv.motion.mocap.deepmimic import read_deepmimic_body

QUARTER = np.sqrt(0.5)


def test_the_same_pose_as_in_deepmimics_file(write_amp, write_deepmimic):
    # the elbow of this file turns about y the other way, and its knee's angle is positive
    amp = read_cmu_amp(write_amp(right_lower_arm=[0, -QUARTER, 0, QUARTER], left_shin=[0, QUARTER, 0, QUARTER]))
    other = read_deepmimic_body(write_deepmimic(right_elbow=np.pi / 2, left_knee=-np.pi / 2))
    assert amp.fps == 60.0
    np.testing.assert_allclose(amp.poses[0], other.poses[0], atol=1e-6)
    np.testing.assert_allclose(amp.trans[0, 2], other.trans[0, 2], atol=1e-6)


def test_another_npz_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", poses=np.zeros(3))
    with pytest.raises(FileFormatError, match="rotation_xyzw"):
        read_cmu_amp(tmp_path / "a.npz")


def test_missing_nodes_are_named(tmp_path):
    arrays = {
        "rotation_xyzw": np.ones((2, 1, 4)),
        "root_translation": np.zeros((2, 3)),
        "node_names": ["pelvis"],
        "fps": 30.0,
    }
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(FileFormatError, match="left_shin"):
        read_cmu_amp(tmp_path / "a.npz")
