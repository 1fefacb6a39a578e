from dataclasses import replace

import mujoco
import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.state.heading import end_effectors_in_heading, heading
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.motion.rotations import quat_angle
from sfv.physics.config import PhysicsConfig

BEGIN = torch.zeros(1, 2, dtype=torch.long)


@pytest.fixture(scope="module")
def make(flat_model, humanoid):
    skeleton = ModelLayout.build(flat_model, humanoid)
    return lambda clip, hz=240.0, lead=True: MotionLibrary(
        [ClipTable(clip, flat_model, skeleton, 30.0, ImitationConfig(table_hz=hz, lead_servos=lead))]
    )


def differences(model, reference, index):
    """What mj_differentiatePos says between table frames, as velocities. Shape (K - 1, nv)."""
    poses = reference.frame(reference.moments(index)).qpos.double().numpy()
    out = np.zeros((len(poses) - 1, model.nv))
    for k in range(len(out)):
        mujoco.mj_differentiatePos(model, out[k], 1.0 / reference.hz, poses[k], poses[k + 1])
    return out


@pytest.mark.parametrize("clip", ["turning_clip", "walk_clip"])
def test_cycles_go_on_without_a_seam(clip, make, flat_model, request):
    """Across three seams, position and velocity steps are no larger than inside of a cycle."""
    reference = make(request.getfixturevalue(clip))
    inside = differences(flat_model, reference, torch.arange(5, reference.rows - 5))
    across = differences(flat_model, reference, torch.arange(3 * reference.rows + 20))
    # float32 positions 240 times a second: 1e-7 m is 1e-4 m/s, angles near 0 a little more
    assert np.abs(across).max() < np.abs(inside).max() + 0.1
    speeds = reference.frame(reference.moments(torch.arange(3 * reference.rows + 20))).qvel
    jumps = (speeds[1:] - speeds[:-1]).abs()
    assert jumps.max() < 1.05 * jumps[: reference.rows - 5].max() + 1e-3


def test_position_and_heading_accumulate(make, turning_clip):
    """On a circle: after n periods the heading is n turns further and the root is where the circle says."""
    reference = make(turning_clip)
    radius = 0.5 / 0.4
    for cycles in (0, 1, 3, 7):
        frame = reference.frame(reference.moments(torch.tensor([cycles * reference.rows])))
        angle = 0.4 * cycles
        expected = torch.tensor([[radius * np.sin(angle), radius * (1 - np.cos(angle))]], dtype=torch.float32)
        torch.testing.assert_close(frame.qpos[:, :2], expected, atol=1e-4, rtol=0)
        yaw = torch.tensor([[np.cos(angle / 2), 0, 0, np.sin(angle / 2)]], dtype=torch.float32)
        assert float(quat_angle(frame.qpos[:, 3:7], yaw)[0]) < 1e-3
        forward = torch.tensor([[np.cos(angle), np.sin(angle)]], dtype=torch.float32)
        speed = frame.qvel[:, :2]
        torch.testing.assert_close(speed / speed.norm(), forward, atol=1e-2, rtol=0)


def test_table_agrees_with_the_model(make, turning_clip, flat_model, humanoid):
    """Centre of mass and end effectors of a later cycle are those of its pose."""
    reference, skeleton = make(turning_clip), ModelLayout.build(flat_model, humanoid)
    frame = reference.frame(reference.moments(torch.tensor([2 * reference.rows + 100])))
    data = mujoco.MjData(flat_model)
    data.qpos[:] = frame.qpos[0].numpy()
    mujoco.mj_forward(flat_model, data)
    np.testing.assert_allclose(frame.com[0].numpy(), data.subtree_com[1], atol=1e-5)
    xpos = torch.from_numpy(data.xpos).float()[None, skeleton.end_effectors]
    ends = end_effectors_in_heading(xpos, frame.qpos[:, :3], heading(frame.qpos[:, 3:7]))
    torch.testing.assert_close(frame.end_effectors, ends, atol=1e-5, rtol=0)


def test_velocities_are_the_motions_own(make, turning_clip):
    """Forward speed of the arc, and the turning rate about the vertical, everywhere, seam included."""
    reference = make(turning_clip)
    frame = reference.frame(reference.moments(torch.arange(reference.rows)))
    torch.testing.assert_close(
        frame.qvel[:, :2].norm(dim=-1), torch.full((reference.rows,), 0.5 / turning_clip.seconds), atol=2e-3, rtol=0
    )
    torch.testing.assert_close(
        frame.qvel[:, 5], torch.full((reference.rows,), 0.4 / turning_clip.seconds), atol=2e-3, rtol=0
    )


def test_clip_that_ends_stays_at_its_end(make, short_clip):
    reference = make(short_clip)
    assert reference.rows == int(short_clip.seconds * 240 + 1e-6) + 1
    end, later = (
        reference.frame(reference.moments(torch.tensor([reference.rows - 1]))),
        reference.frame(reference.moments(torch.tensor([10**6]))),
    )
    assert torch.equal(end.qpos, later.qpos)
    assert float(end.phase[0]) == 1.0
    np.testing.assert_allclose(end.qpos[0].numpy(), short_clip.qpos[-1], atol=1e-5)
    assert end.qvel[0, 0] > 0.5  # still walking: an end repeated in the difference would halve it


def test_end_velocity_is_not_halved(make, walk_clip, short_clip):
    cyclic, ending = make(walk_clip), make(short_clip)
    torch.testing.assert_close(ending.frame(BEGIN).qvel[0, 0], cyclic.frame(BEGIN).qvel[0, 0], atol=0.1, rtol=0)


def test_refuses_a_cycle_that_does_not_close(make, walk_clip):
    qpos = walk_clip.qpos.copy()
    qpos[-1, 2] += 0.2
    with pytest.raises(SfvError, match="cyclic"):
        make(replace(walk_clip, qpos=qpos))


def test_sign_of_the_last_quaternion_does_not_matter(make, walk_clip):
    qpos = walk_clip.qpos.copy()
    qpos[-1, 7:11] *= -1
    qpos[10, 3:7] *= -1
    same, flipped = make(walk_clip), make(replace(walk_clip, qpos=qpos))
    moments = same.moments(torch.arange(0, 700, 7))
    torch.testing.assert_close(same.frame(moments).qvel, flipped.frame(moments).qvel)
    torch.testing.assert_close(same.frame(moments).servo, flipped.frame(moments).servo)


def test_refuses_too_short_and_wrong_rate(make, short_clip):
    with pytest.raises(SfvError, match="two control steps"):
        make(replace(short_clip, qpos=short_clip.qpos[:2]))
    with pytest.raises(SfvError, match="multiple"):
        make(short_clip, hz=100.0)


def test_servos_are_led_by_their_lag(make, turning_clip, flat_model, humanoid):
    """Without lead the servo target is the pose at the end of the step; with it, the pose kv/kp = 0.1 s after its beginning."""
    skeleton = ModelLayout.build(flat_model, humanoid)
    torch.testing.assert_close(skeleton.lag, torch.full((28,), 0.1))
    index = torch.arange(0, 500, 11)
    plain, led = make(turning_clip, lead=False), make(turning_clip)
    moments = plain.moments(index)
    pose = plain.frame(moments).qpos.double()
    torch.testing.assert_close(plain.frame(moments).servo.double(), skeleton.coordinates(pose), atol=1e-5, rtol=0)
    torch.testing.assert_close(led.frame(moments).servo, plain.frame(plain.moments(index - 8 + 24)).servo)


def test_lead_follows_the_walk_better(walk_clip, humanoid, flat):
    """With no action at all, half a second after the start: smaller velocity and end-effector errors."""
    terms = []
    for lead in (False, True):
        core = make_imitation_worlds(
            walk_clip, humanoid, flat, PhysicsConfig(), ImitationConfig(lead_servos=lead), 32, 2, auto_reset=False
        )
        core.reset(start=torch.arange(32) * 9)
        terms.append(torch.stack([core.step(torch.zeros(32, 28)).terms for _ in range(15)]).mean((0, 1)))
    assert terms[1][1] > terms[0][1] + 0.05
    assert terms[1][2] > terms[0][2] + 0.05
