"""A pose is found in its clip wherever it stands and faces."""

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.nearest import about_vertical, nearest_moment, turn_onto
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.cycle import yawed
from sfv.motion.rotations import quat_angle, quat_multiply, rotvec_to_quat

HZ = 30.0


@pytest.fixture(scope="module")
def skeleton(flat_model, humanoid):
    return ModelLayout.build(flat_model, humanoid)


@pytest.fixture(scope="module")
def walk(walk_clip, flat_model, skeleton):
    return MotionLibrary([ClipTable(walk_clip, flat_model, skeleton, HZ, ImitationConfig())])


@pytest.fixture(scope="module")
def short(short_clip, flat_model, skeleton):
    return MotionLibrary([ClipTable(short_clip, flat_model, skeleton, HZ, ImitationConfig())])


@pytest.mark.parametrize("share", [0.0, 0.2, 0.47, 0.8, 0.99])
@pytest.mark.parametrize("yaw", [0.0, 1.1, -2.9])
def test_the_references_own_pose_is_found_at_its_frame(walk, skeleton, share, yaw):
    frame = int(share * walk.rows)
    pose = walk.clips[0].qpos[frame].numpy().copy()
    pose[:3] += [3.0, -2.0, 0.4]
    pose[3:7] = yawed(pose[None, 3:7], yaw)[0]
    found = nearest_moment(walk, skeleton, pose, 0.5)
    assert found.frame == frame
    assert found.seconds == pytest.approx(frame / walk.hz)
    assert found.phase == pytest.approx(frame / walk.rows, abs=1e-6)
    assert found.distance < 1e-3
    assert np.cos(found.turn + yaw) == pytest.approx(1.0, abs=1e-6)  # turned back


def test_the_distance_is_the_rewards(walk, skeleton):
    """The root leans by 0.3 rad more than anywhere in the walk: its weight of the mean square is what is measured."""
    frame, angle = 40, 0.3
    pose = walk.clips[0].qpos[frame].numpy().copy()
    lean = rotvec_to_quat(torch.tensor([angle, 0.0, 0.0], dtype=torch.float64))
    pose[3:7] = quat_multiply(walk.clips[0].qpos[frame, 3:7], lean).numpy()
    found = nearest_moment(walk, skeleton, pose, 0.5)
    assert 0.5 * angle * skeleton.root_weight**0.5 < found.distance <= angle * skeleton.root_weight**0.5 + 1e-4


def test_the_end_of_a_clip_is_left_out(short, skeleton):
    late, least = short.rows - 40, 0.4
    pose = short.clips[0].qpos[late].numpy()
    assert nearest_moment(short, skeleton, pose, 0.0).frame == late
    assert nearest_moment(short, skeleton, pose, least).frame <= short.rows - 1 - least * short.hz
    assert nearest_moment(short, skeleton, pose, 99.0).frame == 0


@pytest.mark.parametrize("lean", [0.2, 1.57, 3.0])
def test_the_turn_leaves_the_least_angle_also_upside_down(lean):
    goal = rotvec_to_quat(torch.tensor([0.0, lean, 0.0], dtype=torch.float64))
    mine = quat_multiply(about_vertical(torch.tensor(2.0, dtype=torch.float64)), goal)
    mine = quat_multiply(mine, rotvec_to_quat(torch.tensor([0.2, -0.1, 0.1], dtype=torch.float64)))
    tried = torch.linspace(-torch.pi, torch.pi, 2001, dtype=torch.float64)
    best = quat_angle(quat_multiply(about_vertical(tried), mine.expand(2001, 4)), goal.expand(2001, 4)).min()
    turned = quat_multiply(about_vertical(turn_onto(mine, goal)), mine)
    assert float(quat_angle(turned, goal)) <= float(best) + 1e-9


def test_a_pose_of_another_character_is_refused(walk, skeleton):
    with pytest.raises(SfvError, match="does not belong to the character"):
        nearest_moment(walk, skeleton, np.zeros(12), 0.5)
