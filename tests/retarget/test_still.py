"""One pose of a body on a character."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.rewards.deepmimic import pose_error
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.ground import lowest_points
from sfv.motion.rotations import quat_multiply, rotmat_to_rotvec, rotvec_to_quat, rotvec_to_rotmat
from sfv.retarget.still import retarget_still


def _distance(pose, reference, model, humanoid):
    """The reward's, radians."""
    both = torch.from_numpy(np.stack([pose, reference])).float()
    return float(pose_error(both[:1], both[1:], ModelLayout.build(model, humanoid)).sqrt())


def test_a_frame_of_the_walk_comes_back(walk_motion, walk_clip, humanoid, flat_model, body):
    pose = retarget_still(walk_motion.slice(8, 9), humanoid, body=body)
    assert _distance(pose, walk_clip.qpos[8], flat_model, humanoid) < 0.05
    assert lowest_points(flat_model, pose[None]).min() == pytest.approx(0.0, abs=0.01)


def test_upside_down_nothing_is_pulled_to_the_ground(walk_motion, walk_clip, humanoid, flat_model, body):
    """The same limbs with the head down: the soles, though the lowest of the soles, are far above the ground and stay there."""
    still = walk_motion.slice(8, 9)
    over = torch.tensor([3.1, 0.0, 0.0], dtype=torch.float64)
    poses = still.poses.copy()
    poses[0, 0] = rotmat_to_rotvec(rotvec_to_rotmat(over) @ rotvec_to_rotmat(torch.from_numpy(poses[0, 0]))).numpy()
    pose = retarget_still(replace(still, poses=poses), humanoid, body=body)
    wanted = walk_clip.qpos[8].copy()
    wanted[3:7] = quat_multiply(rotvec_to_quat(over), torch.from_numpy(wanted[3:7])).numpy()
    assert _distance(pose, wanted, flat_model, humanoid) < 0.08
    assert lowest_points(flat_model, pose[None]).min() == pytest.approx(0.0, abs=0.01)


def test_a_motion_of_several_frames_is_refused(walk_motion, humanoid):
    with pytest.raises(SfvError, match="the motion has 3 frames"):
        retarget_still(walk_motion.slice(0, 3), humanoid)
