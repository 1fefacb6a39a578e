from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.hmr.config import SpinConfig
from sfv.reconstruct.hmr.infer import landmarks_of, regress
from sfv.reconstruct.hmr.spin import spin
from sfv.reconstruct.hmr.weights import load_weights

SHORT = SpinConfig(steps=12, batch=6, learning_rate=3e-4)


def error(weights, scene):
    """Mean angle of the joints' rotations from the motion's, radians."""
    found = regress(
        *landmarks_of(scene.keypoints), 30.0, scene.camera.image_size, scene.camera.focal_px, network=weights.regressor
    )
    local = rotvec_to_rotmat(torch.from_numpy(scene.motion.poses)).numpy()
    local[:, 0] = scene.camera.rotation @ local[:, 0]
    traces = np.einsum("tjab,tjab->tj", found.rotations[:, :20], local[:, :20])
    return float(np.arccos(np.clip((traces - 1) / 2, -1, 1)).mean())


def test_the_network_learns_the_optimised_motion_and_the_given_one_stays(scene, body):
    weights = load_weights()
    before = torch.cat([value.flatten() for value in weights.regressor.parameters()])
    taught = spin([scene.keypoints], [scene.motion], weights, SHORT, body)
    assert torch.equal(torch.cat([value.flatten() for value in weights.regressor.parameters()]), before)
    assert error(taught, scene) < 0.93 * error(weights, scene)
    again = spin([scene.keypoints], [scene.motion], weights, SHORT, body)
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
