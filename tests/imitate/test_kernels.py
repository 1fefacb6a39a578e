"""The kernels against the plain formulas, on random states: equal but for rounding."""

import math

import pytest
import torch

from sfv.imitate.config import ImitationConfig
from sfv.imitate.observations import deepmimic as observation
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.reference.table import ClipTable, _moved
from sfv.imitate.rewards import deepmimic as reward
from sfv.imitate.state.heading import end_effectors_in_heading, heading, to_heading
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.targets import nearest_rotvec, servo_targets
from sfv.motion.rotations import (
    normalize_quat,
    quat_angle,
    quat_conjugate,
    quat_multiply,
    quat_rotate,
    quat_to_rotmat,
    quat_to_rotvec,
    rotmat_to_rot6d,
)

WORLDS = 40


@pytest.fixture(scope="module")
def skeleton(flat_model, humanoid):
    return ModelLayout.build(flat_model, humanoid)


@pytest.fixture
def random():
    generator = torch.Generator().manual_seed(5)
    return lambda *shape: torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.fixture
def poses(random, skeleton, flat_model):
    """Random unit quaternions everywhere, half of them with the other sign. Shape (N, nq)."""

    def build():
        qpos = random(WORLDS, flat_model.nq)
        columns = torch.cat((torch.arange(3, 7)[None], skeleton.ball_qpos))
        qpos[:, columns] = normalize_quat(qpos[:, columns])
        return qpos

    return build


def test_heading_frame(random):
    quat, vector = normalize_quat(random(WORLDS, 4)), random(WORLDS, 3)
    cos, sin = heading(quat)
    x, y, z = vector.unbind(-1)
    turned = torch.stack((cos * x + sin * y, cos * y - sin * x, z), dim=-1)
    torch.testing.assert_close(turned, quat_rotate(to_heading(quat), vector))
    positions = random(WORLDS, 4, 3)
    offset = positions - vector[:, None]
    offset[..., 2] = positions[..., 2]
    expected = quat_rotate(to_heading(quat)[:, None].expand(-1, 4, -1), offset)
    torch.testing.assert_close(end_effectors_in_heading(positions, vector, heading(quat)), expected)


def test_body_state(random):
    xpos, cvel, com = random(WORLDS, 6, 3), random(WORLDS, 6, 6), random(WORLDS, 3)
    xquat = normalize_quat(random(WORLDS, 6, 4))
    turn = to_heading(xquat[:, 2])[:, None].expand(-1, 5, -1)
    spin = cvel[:, 1:, :3]
    linear = cvel[:, 1:, 3:] + torch.linalg.cross(spin, xpos[:, 1:] - com[:, None])
    parts = (
        quat_rotate(turn, xpos[:, 1:] - xpos[:, 2:3]),
        rotmat_to_rot6d(quat_to_rotmat(quat_multiply(turn, xquat[:, 1:]))),
        quat_rotate(turn, linear),
        quat_rotate(turn, spin),
    )
    expected = torch.cat((xpos[:, 2, 2:], torch.cat(parts, dim=-1).flatten(1)), dim=1)
    torch.testing.assert_close(observation.body_state(xpos, xquat, cvel, com, 2, heading(xquat[:, 2])), expected)
    single = [x.float() for x in (xpos, xquat, cvel, com)]
    torch.testing.assert_close(
        observation.body_state(*single, 2, heading(single[1][:, 2])), expected.float(), atol=1e-5, rtol=1e-5
    )


def test_reference_offset(random):
    root, goal = random(WORLDS, 3), random(WORLDS, 3)
    quat, wanted = normalize_quat(random(WORLDS, 4)), normalize_quat(random(WORLDS, 4))
    turn = to_heading(quat)
    rotation = quat_to_rotvec(quat_multiply(wanted, quat_conjugate(quat)))
    expected = torch.cat((quat_rotate(turn, goal - root), quat_rotate(turn, rotation)), dim=-1)
    torch.testing.assert_close(observation.reference_offset(root, quat, goal, wanted, heading(quat)), expected)


def test_pose_and_velocity_errors(random, poses, skeleton, flat_model):
    mine, theirs = poses().float(), poses().float()
    angle = quat_angle(mine[:, skeleton.ball_qpos], theirs[:, skeleton.ball_qpos])
    hinge = (mine - theirs)[:, skeleton.hinge_qpos]
    expected = skeleton.root_weight * quat_angle(mine[:, 3:7], theirs[:, 3:7]) ** 2
    expected = expected + (angle**2) @ skeleton.ball_weight + (hinge**2) @ skeleton.hinge_weight
    torch.testing.assert_close(reward.pose_error(mine, theirs, skeleton), expected, atol=1e-5, rtol=1e-5)
    speeds, others = random(WORLDS, flat_model.nv).float(), random(WORLDS, flat_model.nv).float()
    square = (speeds - others) ** 2
    expected = skeleton.root_weight * square[:, 3:6].sum(-1)
    expected = expected + square[:, skeleton.ball_dof].sum(-1) @ skeleton.ball_weight
    expected = expected + square[:, skeleton.hinge_dof] @ skeleton.hinge_weight
    torch.testing.assert_close(reward.velocity_error(speeds, others, skeleton), expected, atol=1e-5, rtol=1e-5)


def test_servo_targets(random, poses, skeleton, flat_model):
    qpos = poses()
    current = skeleton.coordinates(qpos)
    torch.testing.assert_close(skeleton.ball_rotvecs(qpos).flatten(1), current[:, skeleton.ball_columns])
    expected = torch.zeros(WORLDS, flat_model.nv - 6, dtype=torch.float64)
    expected[:, skeleton.ball_dof - 6] = quat_to_rotvec(qpos[:, skeleton.ball_qpos])
    expected[:, skeleton.hinge_dof - 6] = qpos[:, skeleton.hinge_qpos]
    torch.testing.assert_close(current, expected)
    base, action = skeleton.coordinates(poses()).float(), random(WORLDS, flat_model.nu).float()
    near = base.clone()
    ball = skeleton.ball_dof - 6
    near[:, ball] = nearest_rotvec(base[:, ball], current.float()[:, ball])
    wanted = near @ skeleton.gear.T + 0.5 * skeleton.gear.norm(dim=-1) * action
    torch.testing.assert_close(servo_targets(action, base, qpos.float(), 0.5, skeleton), wanted)


def test_the_nearer_of_two_rotation_vectors(random):
    rotvec, current = (3.0 * x / x.norm(dim=-1, keepdim=True) for x in (random(400, 3), random(400, 3)))
    other = rotvec * (1 - 2 * math.pi / 3.0)
    closer = (other - current).norm(dim=-1) < (rotvec - current).norm(dim=-1)
    assert 0 < int(closer.sum()) < 400
    torch.testing.assert_close(nearest_rotvec(rotvec, current), torch.where(closer[:, None], other, rotvec))


@pytest.mark.parametrize("clip", ["turning_clip", "walk_clip"])
def test_later_cycles_are_the_first_one_moved(clip, skeleton, flat_model, request):
    reference = MotionLibrary([ClipTable(request.getfixturevalue(clip), flat_model, skeleton, 30.0, ImitationConfig())])
    row = torch.arange(0, reference.rows, 13)
    first = reference.frame(reference.moments(row))
    for cycle in (1, 4):
        later = reference.frame(reference.moments(row + cycle * reference.rows))
        moved = [
            _moved(pose, reference.clips[0]._turn, reference.clips[0]._shift, cycle)
            for pose in first.qpos.double().numpy()
        ]
        expected = torch.stack([torch.from_numpy(pose) for pose in moved]).float()
        torch.testing.assert_close(later.qpos, expected, atol=1e-5, rtol=0)
        turn = expected.new_tensor(
            [math.cos(cycle * reference.clips[0]._turn / 2), 0, 0, math.sin(cycle * reference.clips[0]._turn / 2)]
        )
        torch.testing.assert_close(later.qvel[:, :3], quat_rotate(turn.expand(len(row), 4), first.qvel[:, :3]))
        torch.testing.assert_close(later.qvel[:, 3:], first.qvel[:, 3:])
        ahead = later.com - later.qpos[:, :3]  # the root carries the centre of mass with it
        before = quat_rotate(turn.expand(len(row), 4), first.com - first.qpos[:, :3])
        torch.testing.assert_close(ahead, before, atol=1e-5, rtol=0)
