from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.hmr.config import SpinConfig
from sfv.reconstruct.hmr.infer import landmarks_of, regress
from sfv.reconstruct.hmr.training.spin import spin
from sfv.reconstruct.hmr.weights import load_weights

SHORT = SpinConfig(steps=12, batch=6, learning_rate=3e-4)


NECK, HEAD = SMPL_JOINTS.index("neck"), SMPL_JOINTS.index("head")


def error(weights, keypoints, motion):
    """Mean angle of the spine's, neck's and head's rotations from the motion's, radians."""
    found = regress(
        *landmarks_of(keypoints), 30.0, motion.camera.image_size, motion.camera.focal_px, network=weights.regressor
    )
    joints = [SMPL_JOINTS.index(f"spine{level}") for level in (1, 2, 3)] + [NECK, HEAD]
    local = rotvec_to_rotmat(torch.from_numpy(motion.poses[:, joints])).numpy()
    traces = np.einsum("tjab,tjab->tj", found.rotations[:, joints], local)
    return float(np.arccos(np.clip((traces - 1) / 2, -1, 1)).mean())


def test_the_network_learns_the_optimised_motion_and_the_given_one_stays(scene, body):
    weights = load_weights()
    before = torch.cat([value.flatten() for value in weights.regressor.parameters()])
    poses = scene.motion.poses.copy()
    poses[:, [NECK, HEAD], 0] += 0.35  # an optimisation that has everybody look down
    motion = replace(scene.motion, poses=poses)
    taught = spin([scene.keypoints], [motion], weights, SHORT, body)
    assert torch.equal(torch.cat([value.flatten() for value in weights.regressor.parameters()]), before)
    assert error(taught, scene.keypoints, motion) < 0.8 * error(weights, scene.keypoints, motion)
    again = spin([scene.keypoints], [motion], weights, SHORT, body)
    for one, other in zip(taught.regressor.parameters(), again.regressor.parameters()):
        assert torch.equal(one, other)


def test_a_motion_that_misses_its_landmarks_teaches_nothing(scene, body):
    elsewhere = replace(scene.motion, trans=scene.motion.trans + np.array([0.0, 0.0, 1.5]))
    with pytest.raises(SfvError, match="nothing can be learned"):
        spin([scene.keypoints], [elsewhere], load_weights(), SHORT, body)


def test_files_that_do_not_belong_together_are_refused(scene, body):
    with pytest.raises(SfvError, match="do not show the same frames"):
        spin([scene.keypoints], [replace(scene.motion, first_frame=500)], load_weights(), SHORT, body)
    with pytest.raises(SfvError, match="without its camera"):
        spin([scene.keypoints], [replace(scene.motion, camera=None)], load_weights(), SHORT, body)
    with pytest.raises(SfvError, match="one motion for each"):
        spin([scene.keypoints], [], load_weights(), SHORT, body)
