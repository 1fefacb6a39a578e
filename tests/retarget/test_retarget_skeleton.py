"""What is measured of a character."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.motion.smpl import SMPL_JOINTS
from sfv.retarget.robot.anatomy import build_anatomy


def test_humanoid_is_measured_as_its_file_says(skeleton):
    assert skeleton.leg_length == pytest.approx(0.421546 + 0.40987, abs=1e-6)
    assert skeleton.ankle_height == pytest.approx(0.05, abs=1e-6)
    assert skeleton.bodies[0] == skeleton.model.body("root").id


def test_limbs_point_along_the_legs_and_only_where_there_is_one_child(skeleton):
    names = [skeleton.model.body(body).name for body in skeleton.bodies]
    row = names.index("right_hip")
    np.testing.assert_allclose(skeleton.limb[row], [0, 0, -1], atol=1e-9)
    assert SMPL_JOINTS[skeleton.limb_child[row]] == "right_knee"
    for name in ("root", "chest", "neck", "left_ankle"):
        assert skeleton.limb_child[names.index(name)] == -1


def test_soles_have_rear_and_front_points_on_the_right_side(skeleton):
    left_heel, left_toe, right_heel, right_toe = skeleton.contact_points
    for heel, toe, body in ((left_heel, left_toe, "left_ankle"), (right_heel, right_toe, "right_ankle")):
        assert (skeleton.point_bodies[[*heel, *toe]] == skeleton.model.body(body).id).all()
        assert skeleton.points[heel, 0].max() < 0 < skeleton.points[toe, 0].min()
        np.testing.assert_allclose(skeleton.points[[*heel, *toe], 2], -0.05, atol=1e-9)


@pytest.mark.parametrize(("joint", "words"), [("left_hipp", "left_hipp"), ("head", "lacks left_hip")])
def test_body_maps_that_do_not_fit_are_refused(humanoid, joint, words):
    wrong = replace(humanoid, body_map={**humanoid.body_map, "left_hip": joint})
    with pytest.raises(SfvError, match=words):
        build_anatomy(wrong)
