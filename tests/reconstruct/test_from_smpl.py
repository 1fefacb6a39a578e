"""SMPL's rotations to the fit's numbers and back."""

import pytest
import torch

from sfv.body import load_body
from sfv.motion.rotations import rotmat_to_rot6d, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS
from sfv.reconstruct.model.from_smpl import POSE_NUMBERS, skeleton_dofs, skeleton_numbers
from sfv.reconstruct.model.limits import limits
from sfv.reconstruct.model.skeleton import DOFS, LAYOUT, Skeleton

FRAMES = 200


@pytest.fixture(scope="module")
def skeleton():
    return Skeleton(load_body(name="open"))


def drawn(seed=0, share=0.9):
    """Poses within the limits of the joints, pelvis upright at the origin. Shape (FRAMES, DOFS)."""
    low, high = (limit[LAYOUT["spine"].start :] for limit in limits())
    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    generator = torch.Generator().manual_seed(seed)
    dofs = torch.zeros(FRAMES, DOFS)
    dofs[:, LAYOUT["root"]] = torch.tensor([1.0, 0, 0, 0, 1, 0])
    dofs[:, LAYOUT["spine"].start :] = middle + share * half * (
        2 * torch.rand(FRAMES, POSE_NUMBERS, generator=generator) - 1
    )
    return dofs


def positions(rotations):
    """Joints of SMPL's mean open body under local rotations (T, 24, 3, 3), pelvis at the origin, and their rotations."""
    body = load_body(name="open")
    rest = torch.as_tensor(body.joint_regressor @ body.v_template).to(rotations)
    turned, placed = [rotations[:, 0]], [torch.zeros(len(rotations), 3).to(rotations)]
    for joint in range(1, 24):
        parent = SMPL_PARENTS[joint]
        placed.append(placed[parent] + turned[parent] @ (rest[joint] - rest[parent]))
        turned.append(turned[parent] @ rotations[:, joint])
    return torch.stack(placed, 1), torch.stack(turned, 1)


def test_poses_of_the_fit_come_back(skeleton):
    dofs = drawn()
    rotations = skeleton.local_rotations(dofs)
    again = dofs.clone()
    again[:, LAYOUT["spine"].start :] = skeleton_numbers(rotations)
    assert (skeleton.local_rotations(again) - rotations).abs().max() < 2e-3


def test_hinges_keep_their_angles(skeleton):
    dofs = drawn(1)
    back = skeleton_numbers(skeleton.local_rotations(dofs).double())
    wanted = dofs[:, LAYOUT["left_elbow"].start :].double()
    # within 0.1 rad of a straight limb a bend either way is the same to the eye
    bent = wanted.abs() > 0.2
    assert (back[:, -6:] - wanted).abs()[bent].max() < 1e-3


def test_free_elbows_and_knees_leave_limbs_where_they_are(skeleton):
    dofs = drawn(2, 0.6)
    free = skeleton.local_rotations(dofs).double()
    generator = torch.Generator().manual_seed(3)
    for joint in ("left_elbow", "right_elbow", "left_knee", "right_knee"):
        extra = 0.5 * torch.randn(FRAMES, 3, generator=generator, dtype=torch.float64)
        free[:, SMPL_JOINTS.index(joint)] = free[:, SMPL_JOINTS.index(joint)] @ rotvec_to_rotmat(extra)
    for joint in ("left_foot", "right_foot", "left_wrist", "left_hand"):
        free[:, SMPL_JOINTS.index(joint)] = torch.eye(3, dtype=torch.float64)
    hinged = skeleton.local_rotations(skeleton_dofs(free, torch.zeros(FRAMES, 3)).float()).double()
    (before, turned_before), (after, turned_after) = positions(free), positions(hinged)
    limbs = [
        SMPL_JOINTS.index(f"{side}_{end}")
        for side in ("left", "right")
        for end in ("elbow", "wrist", "knee", "ankle", "foot")
    ]
    gap = (before - after).norm(dim=-1)[:, limbs]
    assert gap.median() < 1e-3
    assert gap.quantile(0.95) < 0.02
    ankles = [SMPL_JOINTS.index("left_ankle"), SMPL_JOINTS.index("right_ankle")]
    assert (turned_before - turned_after)[:, ankles].abs().max() < 1e-3


def test_a_bent_spine_keeps_the_chest(skeleton):
    rotations = torch.eye(3).repeat(1, 24, 1, 1)
    for joint, vector in (("spine1", (0.3, 0.0, 0.1)), ("spine2", (0.1, 0.4, 0.0)), ("spine3", (0.0, 0.0, 0.2))):
        rotations[:, SMPL_JOINTS.index(joint)] = rotvec_to_rotmat(torch.tensor([vector]))
    dofs = torch.zeros(1, DOFS)
    dofs[:, LAYOUT["root"]] = rotmat_to_rot6d(rotations[:, 0])
    dofs[:, LAYOUT["spine"].start :] = skeleton_numbers(rotations)
    chest = SMPL_JOINTS.index("spine3")
    assert torch.allclose(
        positions(rotations)[1][:, chest], positions(skeleton.local_rotations(dofs))[1][:, chest], atol=1e-5
    )


def test_vectors_are_near_the_usual_pose():
    """An arm hanging down and turned inward: of two equal vectors the one that the limits know."""
    vector = torch.tensor([0.0, -0.5, -1.2])
    around = vector * (1 - 2 * torch.pi / vector.norm())
    rotations = torch.eye(3).repeat(1, 24, 1, 1)
    rotations[:, SMPL_JOINTS.index("left_shoulder")] = rotvec_to_rotmat(around)
    found = skeleton_numbers(rotations)[0, LAYOUT["left_shoulder"].start - 9 : LAYOUT["left_shoulder"].stop - 9]
    assert torch.allclose(found, vector, atol=1e-4)
