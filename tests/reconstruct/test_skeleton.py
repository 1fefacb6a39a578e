"""The skeleton of the fit is SMPL's: same joints as the body model, the same skin points, mirror symmetric."""

import numpy as np
import pytest
import torch

from sfv.motion.rotations import rotmat_to_rotvec
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.model.limits import limits, usual_pose
from sfv.reconstruct.model.skeleton import (
    BALLS,
    DOFS,
    HINGES,
    LANDMARK_NAMES,
    LANDMARKS,
    LAYOUT,
    MIRROR,
    USUAL_OFFSETS,
    Skeleton,
)

IDENTITY = torch.tensor([1.0, 0, 0, 0, 1, 0])


@pytest.fixture(scope="module")
def skeleton(body):
    return Skeleton(body)


@pytest.fixture
def random_pose():
    torch.manual_seed(1)
    return 0.4 * torch.randn(6, DOFS), 0.7 * torch.randn(10)


def test_joints_are_the_body_models(skeleton, body, random_pose):
    dofs, betas = random_pose
    poses = rotmat_to_rotvec(skeleton.local_rotations(dofs).double()).numpy()
    trans = dofs[:, :3].double().numpy() - body.rest_joints(betas.double().numpy())[0]
    posed = skeleton.pose(dofs, betas)
    np.testing.assert_allclose(posed.joints, body.joints(poses, betas.double().numpy(), trans), atol=2e-6)


def test_rigidly_skinned_points_are_the_meshs(skeleton, body, random_pose):
    dofs, betas = random_pose
    dofs[:, LAYOUT["neck"]] = 0
    poses = rotmat_to_rotvec(skeleton.local_rotations(dofs).double()).numpy()
    trans = dofs[:, :3].double().numpy() - body.rest_joints(betas.double().numpy())[0]
    mesh = body.vertices(poses, betas.double().numpy(), trans)
    for name in ("nose", "left_ear", "right_heel", "left_foot_index"):
        vertex = body.landmark_vertices[LANDMARKS[name][1]]
        assert body.skin_weights[vertex].max() > 0.95
        point = skeleton.pose(dofs, betas).landmarks[:, LANDMARK_NAMES.index(name)]
        np.testing.assert_allclose(point, mesh[:, vertex], atol=0.01)


def test_layout_covers_every_number_once():
    covered = np.concatenate([np.arange(DOFS)[part] for part in LAYOUT.values()])
    assert sorted(covered) == list(range(DOFS))
    assert set(LAYOUT) == {"trans", "root", *BALLS, *HINGES}


@pytest.mark.parametrize(
    ("hinge", "joint", "towards"),
    [
        ("left_knee", "left_ankle", (0, 0, -1)),  # heel to the buttocks
        ("right_knee", "right_ankle", (0, 0, -1)),
        ("left_elbow", "left_wrist", (0, 0, 1)),  # forearm forward in the T-pose
        ("right_elbow", "right_wrist", (0, 0, 1)),
    ],
)
def test_positive_hinge_angles_bend(skeleton, hinge, joint, towards):
    dofs = torch.zeros(2, DOFS)
    dofs[:, LAYOUT["root"]] = IDENTITY
    dofs[1, LAYOUT[hinge]] = 0.5
    joints = skeleton.pose(dofs, torch.zeros(10)).joints[:, SMPL_JOINTS.index(joint)]
    assert (joints[1] - joints[0]) @ torch.tensor(towards, dtype=torch.float32) > 0.08


def test_toes_bend_up(skeleton):
    dofs = torch.zeros(2, DOFS)
    dofs[:, LAYOUT["root"]] = IDENTITY
    dofs[1, LAYOUT["left_foot"]] = 0.5
    toe = skeleton.pose(dofs, torch.zeros(10)).landmarks[:, LANDMARK_NAMES.index("left_foot_index")]
    assert toe[1, 1] > toe[0, 1] + 0.01


def test_gradients_are_finite_in_the_rest_pose(skeleton):
    dofs = torch.zeros(3, DOFS)
    dofs[:, LAYOUT["root"]] = IDENTITY
    dofs.requires_grad_()
    betas = torch.zeros(10, requires_grad=True)
    posed = skeleton.pose(dofs, betas)
    (posed.landmarks.square().sum() + posed.soles.square().sum()).backward()
    assert torch.isfinite(dofs.grad).all()
    assert torch.isfinite(betas.grad).all()
    assert dofs.grad[:, LAYOUT["left_knee"]].abs().min() > 0


def test_mirror_and_habits_are_symmetric():
    assert [MIRROR[k] for k in MIRROR] == list(range(19))
    habits = np.array(USUAL_OFFSETS)
    np.testing.assert_allclose(habits[list(MIRROR)] * [-1, 1, 1], habits)


def test_limits_and_usual_poses_are_symmetric_and_agree():
    low, high = limits()
    mean, deviation = usual_pose()
    assert torch.all(low < high)
    assert torch.all((mean > low) & (mean < high))
    assert torch.all(torch.isinf(deviation[: LAYOUT["root"].stop]))
    for name in ("left_hip", "left_shoulder", "left_ankle", "left_collar"):
        left, right = LAYOUT[name], LAYOUT[name.replace("left", "right")]
        signs = torch.tensor([1.0, -1, -1])
        torch.testing.assert_close(mean[left] * signs, mean[right])
        torch.testing.assert_close(torch.minimum(low[left] * signs, high[left] * signs), low[right])


def test_the_usual_pose_stands_with_arms_down(skeleton):
    dofs = usual_pose()[0][None].clone()
    dofs[:, LAYOUT["root"]] = IDENTITY
    joints = skeleton.pose(dofs, torch.zeros(10)).joints[0]

    def at(name):
        return joints[SMPL_JOINTS.index(name)]

    assert at("left_wrist")[1] < at("left_elbow")[1] < at("left_shoulder")[1] - 0.1
    assert at("left_ankle")[0] > 0 > at("right_ankle")[0]
    assert at("left_ankle")[1] < at("pelvis")[1] - 0.6
