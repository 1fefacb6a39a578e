import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.hmr.config import NetworkConfig
from sfv.reconstruct.hmr.infer import landmarks_of, regress
from sfv.reconstruct.hmr.network import Regressor, Theta, unpack
from sfv.reconstruct.hmr.smpl import SmplSkeleton

SIZE = (1280, 720)
FOCAL = 1300.0


@pytest.fixture(scope="module")
def seen(scene):
    return landmarks_of(scene.keypoints)


@pytest.fixture(scope="module")
def estimate(seen):
    return regress(*seen, 30.0, SIZE, FOCAL)


def joints(body, rotations, betas):
    skeleton = SmplSkeleton(body)
    rest = skeleton.rest(torch.as_tensor(betas, dtype=torch.float32)).expand(len(rotations), -1, -1)
    return skeleton.pose(torch.as_tensor(rotations, dtype=torch.float32), rest)[0].numpy()


def truth(scene, body):
    local = rotvec_to_rotmat(torch.from_numpy(scene.motion.poses)).numpy()
    local[:, 0] = scene.camera.rotation @ local[:, 0]
    return joints(body, local, scene.motion.betas)


def test_the_shipped_network_is_much_better_than_the_mean_pose(scene, body, estimate):
    from sfv.reconstruct.hmr.weights import load_weights

    mean: Theta = unpack(load_weights().regressor.mean[None, None])
    frames = len(scene.motion)
    standing = joints(body, mean.rotations[0].expand(frames, -1, -1, -1), np.zeros(10))
    found = joints(body, estimate.rotations, estimate.betas)
    error, nothing = (np.linalg.norm(value - truth(scene, body), axis=-1).mean() for value in (found, standing))
    assert error < 0.11  # metres; made-up walk with two pixels of noise
    assert error < 0.5 * nothing


def test_shapes_and_a_place_near_the_truth(scene, body, estimate):
    frames = len(scene.motion)
    assert estimate.rotations.shape == (frames, 24, 3, 3)
    assert estimate.betas.shape == (10,)
    assert estimate.translation.shape == (frames, 2)
    assert np.nanmedian(estimate.reprojection) < 0.15
    pelvis = scene.camera.to_camera(scene.joints[:, 0])
    off = np.abs(estimate.place(FOCAL, SIZE) - pelvis).mean(0)
    assert off[:2].max() < 0.15
    assert off[2] < 0.6


def test_the_same_input_gives_the_same_answer(seen, estimate):
    np.testing.assert_array_equal(regress(*seen, 30.0, SIZE, FOCAL).rotations, estimate.rotations)


def test_a_mirrored_clip_gives_the_mirrored_body(seen, estimate):
    from sfv.reconstruct.hmr.augment import mirror_rotations
    from sfv.reconstruct.model.skeleton import MIRROR

    xy, confidence = seen
    flipped = xy[:, list(MIRROR)] * [-1, 1] + [SIZE[0], 0]
    other = regress(flipped, confidence[:, list(MIRROR)], 30.0, SIZE, FOCAL)
    np.testing.assert_allclose(mirror_rotations(torch.as_tensor(other.rotations)), estimate.rotations, atol=1e-3)


def test_a_picture_turned_in_its_plane_gives_nearly_the_same_body_turned(body, seen, estimate):
    xy, confidence = seen
    centre = np.array(SIZE) / 2
    turned = np.stack([-(xy - centre)[..., 1], (xy - centre)[..., 0]], -1) + centre  # a quarter, x to y
    other = regress(turned, confidence, 30.0, SIZE, FOCAL)
    quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    upright = joints(body, estimate.rotations, estimate.betas) @ quarter.T
    assert np.linalg.norm(joints(body, other.rotations, other.betas) - upright, axis=-1).mean() < 0.09


def test_gaps_are_filled_and_said(seen, estimate):
    xy, confidence = (values.copy() for values in seen)
    confidence[20:26] = 0.0
    xy[20:26] = np.nan
    xy[40, 3] = np.nan
    found = regress(xy, confidence, 30.0, SIZE, FOCAL)
    assert np.isfinite(found.rotations).all()
    assert np.isfinite(found.scale).all()
    np.testing.assert_array_equal(np.isnan(found.reprojection), np.isin(np.arange(len(xy)), np.arange(20, 26)))
    assert np.abs(found.scale[20:26] / estimate.scale[20:26] - 1).max() < 0.15


@pytest.mark.parametrize(("frames", "fps"), [(1, 30.0), (3, 8.0), (40, 60.0)])
def test_any_length_and_rate(seen, frames, fps):
    xy, confidence = seen
    found = regress(xy[:frames], confidence[:frames], fps, SIZE, FOCAL, mirror=False)
    assert found.rotations.shape == (frames, 24, 3, 3)
    np.testing.assert_allclose(np.linalg.det(found.rotations), 1.0, atol=1e-4)


def test_a_network_may_be_given(seen):
    torch.manual_seed(0)
    network = Regressor(NetworkConfig(width=32, hidden=48, blocks=1)).eval()
    assert regress(*seen, 30.0, SIZE, FOCAL, network=network).rotations.shape == (75, 24, 3, 3)


def test_what_is_wrong_is_said(seen):
    xy, confidence = seen
    with pytest.raises(SfvError, match=r"\(T, 19, 2\)"):
        regress(xy[:, :17], confidence[:, :17], 30.0, SIZE, FOCAL)
    with pytest.raises(SfvError, match="no frame"):
        regress(xy, 0 * confidence, 30.0, SIZE, FOCAL)
    with pytest.raises(SfvError, match="positive"):
        regress(xy, confidence, 30.0, SIZE, 0.0)


def test_landmarks_that_a_detector_lacks_have_no_confidence(scene):
    from dataclasses import replace

    points = scene.keypoints
    keep = [index for index, name in enumerate(points.names) if "heel" not in name]
    fewer = replace(
        points, xy_px=points.xy_px[:, :, keep], confidence=points.confidence[:, :, keep], world_c=points.world_c[:, :, keep],
        names=tuple(points.names[index] for index in keep),
    )  # fmt: skip
    xy, confidence = landmarks_of(fewer)
    assert xy.shape == (75, 19, 2)
    assert (confidence[:, 15:17] == 0).all()
    assert (confidence[:, :15] > 0).all()
