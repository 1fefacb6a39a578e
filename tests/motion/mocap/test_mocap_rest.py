import numpy as np

from sfv.motion.mocap.rest import BENDS, LEG_LENGTH, REST_JOINTS, SOLES, limb_frame, sole_heights
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.model.skeleton import CONTACTS, HINGES


def test_the_numbers_are_those_of_the_open_body(body):
    np.testing.assert_allclose(REST_JOINTS, body.rest_joints(np.zeros(10)), atol=1.5e-3)
    for joint, vertex in CONTACTS:
        np.testing.assert_allclose(SOLES[joint], body.v_template[body.landmark_vertices[vertex]], atol=1.5e-3)
    knee, ankle, hip = (REST_JOINTS[SMPL_JOINTS.index(f"right_{part}")] for part in ("knee", "ankle", "hip"))
    np.testing.assert_allclose(LEG_LENGTH, np.linalg.norm(hip - knee) + np.linalg.norm(knee - ankle), atol=1e-9)


def test_limbs_bend_as_in_the_fit():
    for joint in ("left_elbow", "right_elbow", "left_knee", "right_knee"):
        assert BENDS[joint] == HINGES[joint]
        frame = limb_frame(joint)
        np.testing.assert_allclose(frame.T @ frame, np.eye(3), atol=1e-12)
        assert frame[:, 1] @ BENDS[joint] > 0.98


def test_soles_of_the_standing_body_are_at_one_height():
    upright = np.broadcast_to(np.eye(3), (1, 24, 3, 3)).copy()
    upright[0, 0] = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    heights = sole_heights(upright, np.array([[0.0, 0.0, 2.0]]))
    np.testing.assert_allclose(heights, 2.0 - 0.819 - REST_JOINTS[0, 1], atol=1e-6)
