import numpy as np
import pytest

from sfv.errors import FileFormatError
from sfv.motion.mocap.acclaim import read_acclaim
from sfv.motion.mocap.acclaim_files import read_asf


def _unit(vector):
    return vector / np.linalg.norm(vector)


def test_the_rest_pose_has_its_arms_out_and_faces_x(write_acclaim, joints_of):
    motion = read_acclaim(*write_acclaim())[0]
    assert motion.fps == 30.0
    assert len(motion) == 2
    at = {name: places[0] for name, places in joints_of(motion).items()}
    np.testing.assert_allclose(_unit(at["left_wrist"] - at["left_shoulder"]), [0, 1, 0], atol=1e-3)
    np.testing.assert_allclose(_unit(at["right_elbow"] - at["right_shoulder"]), [0, -1, 0], atol=1e-3)
    np.testing.assert_allclose(_unit(at["left_knee"] - at["left_hip"]), [0, 0.342, -0.940], atol=3e-3)
    assert _unit(at["right_foot"] - at["right_ankle"])[0] > 0.9
    assert at["head"][2] > at["pelvis"][2] > at["left_knee"][2]


def test_elbows_and_knees_bend_about_the_axes_of_the_open_body(write_acclaim, joints_of):
    motion = read_acclaim(*write_acclaim(lradius="90", rradius="90", ltibia="90"))[0]
    np.testing.assert_allclose(motion.poses[0, 18], [0, -np.pi / 2, 0], atol=1e-6)
    np.testing.assert_allclose(motion.poses[0, 19], [0, np.pi / 2, 0], atol=1e-6)
    assert _unit(motion.poses[0, 4])[0] > 0.98
    assert np.linalg.norm(motion.poses[0, 4]) == pytest.approx(
        np.pi / 2 - 0.155, abs=1e-3
    )  # the open body rests on bent knees
    at = {name: places[0] for name, places in joints_of(motion).items()}
    assert _unit(at["left_ankle"] - at["left_knee"])[0] < -0.98
    # the elbow's axis lies 30 degrees off the vertical, so the forearm comes forward and up or down by as much
    assert _unit(at["left_wrist"] - at["left_elbow"])[0] == pytest.approx(np.cos(np.pi / 6), abs=1e-3)


def test_the_root_turns_about_the_vertical_of_the_file(write_acclaim, joints_of):
    at = {name: places[0] for name, places in joints_of(read_acclaim(*write_acclaim(root="0 16 0 0 90 0"))[0]).items()}
    # y-up: a quarter turn about y carries z, where it faced, to x, which is the world's y
    assert _unit(at["left_foot"] - at["left_ankle"])[1] > 0.9


def test_lengths_are_scaled_to_the_open_bodys_legs(write_acclaim):
    near = read_acclaim(*write_acclaim(root="0 16 0 0 0 0"))[0]
    far = read_acclaim(*write_acclaim(root="0 16 14 0 0 0"))[0]  # one leg's length further along the file's z
    from sfv.motion.mocap.rest import LEG_LENGTH

    np.testing.assert_allclose((far.trans - near.trans)[0], [LEG_LENGTH, 0, 0], atol=1e-6)


def test_what_is_wrong_is_said(write_acclaim, tmp_path):
    amc, asf = write_acclaim(lradius="90 3")
    with pytest.raises(FileFormatError, match="lradius"):
        read_acclaim(amc, asf)
    asf.write_text(asf.read_text().replace("name ltoes", "name other"))
    with pytest.raises(FileFormatError, match="other hang on nothing"):
        read_asf(asf)
    (tmp_path / "empty.asf").write_text("nothing")
    with pytest.raises(FileFormatError, match="not an Acclaim skeleton"):
        read_asf(tmp_path / "empty.asf")
    with pytest.raises(FileFormatError, match="does not exist"):
        read_asf(tmp_path / "none.asf")
