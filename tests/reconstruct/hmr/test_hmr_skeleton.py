import numpy as np
import torch

from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.hmr.smpl import SmplSkeleton
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES


def test_joints_and_landmarks_are_the_bodys(body):
    rng = np.random.default_rng(0)
    poses, betas = 0.7 * rng.normal(size=(5, 24, 3)), 0.7 * rng.normal(size=body.num_betas)
    skeleton = SmplSkeleton(body)
    rest = skeleton.rest(torch.as_tensor(betas, dtype=torch.float32)).expand(5, -1, -1)
    joints, landmarks = skeleton.pose(rotvec_to_rotmat(torch.as_tensor(poses, dtype=torch.float32)), rest)
    truth = body.joints(poses, betas, np.zeros((5, 3)))
    np.testing.assert_allclose(joints, truth - truth[:, :1], atol=1e-5)
    nose = body.vertices(poses, betas, np.zeros((5, 3)))[:, body.landmark_vertices["nose"]] - truth[:, 0]
    np.testing.assert_allclose(landmarks[:, LANDMARK_NAMES.index("nose")], nose, atol=1e-3)  # one joint moves it: rigid
    elbow = LANDMARK_NAMES.index("left_elbow")
    np.testing.assert_allclose(landmarks[:, elbow], joints[:, 18], atol=1e-6)
