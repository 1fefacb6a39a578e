"""The detector's 3D landmarks: how they are spoiled for training, told to the network, and what it says of its own errors."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.reconstruct.hmr.config import DepthNoiseConfig, NetworkConfig, NoiseConfig
from sfv.reconstruct.hmr.features import DEPTH_FEATURES, FEATURES, prepare, turn
from sfv.reconstruct.hmr.infer import regress
from sfv.reconstruct.hmr.network import CERTAINTY, THETA, USUAL_ERROR, Regressor, unpack
from sfv.reconstruct.hmr.training.depth_noise import lift
from sfv.reconstruct.hmr.training.trainer import Trainer
from sfv.reconstruct.hmr.weights import Weights, load_weights, save_weights
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR

EXACT = DepthNoiseConfig(
    scale=0, tilt_rad=0, white_m=0, drift_m=0, depth_gain=1, depth_gain_std=0, turned=0, unseen_m=0
)
HIPS = [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]

BOTH = NetworkConfig(width=32, hidden=48, blocks=1, landmarks_3d=True, certainty=True)


@pytest.fixture
def landmarks():
    return torch.randn(64, 16, 19, 3, generator=torch.Generator().manual_seed(0)) * 0.4


def spoiled(landmarks, seed=1, **depth):
    noise = NoiseConfig(no_depth=0.0, depth=replace(EXACT, **depth))
    return lift(landmarks, torch.ones(landmarks.shape[:3]), noise, torch.Generator().manual_seed(seed))


def test_without_errors_they_are_the_truth_about_the_hips(landmarks):
    centred = landmarks - landmarks[:, :, HIPS].mean(2, keepdim=True)
    torch.testing.assert_close(spoiled(landmarks), centred)


def test_size_of_each_error(landmarks):
    exact = spoiled(landmarks)
    white = (spoiled(landmarks, white_m=0.02, along=3.0) - exact).std((0, 1, 2))
    ratio = white / white[0]
    np.testing.assert_allclose(ratio, [1, 1, 3], rtol=0.1)
    flat = spoiled(landmarks, depth_gain=0.7)
    torch.testing.assert_close(flat[..., 2], 0.7 * exact[..., 2])
    torch.testing.assert_close(flat[..., :2], exact[..., :2])
    tilted = spoiled(landmarks, tilt_rad=0.2)
    torch.testing.assert_close(tilted.norm(dim=-1), exact.norm(dim=-1))
    assert (tilted - exact).abs().max() > 0.1


def test_a_limb_goes_the_other_way(landmarks):
    exact, turned = spoiled(landmarks), spoiled(landmarks, turned=1.0)
    torch.testing.assert_close(turned[..., :2], exact[..., :2])
    changed = (turned[..., 2] != exact[..., 2]).any(1)  # (B, 19)
    assert changed.any(1).float().mean() > 0.8
    assert not changed[:, [LANDMARK_NAMES.index("nose"), *HIPS]].any()
    assert ((changed.sum(1) == 2) | (changed.sum(1) == 4) | (changed.sum(1) == 0)).all()


def test_nothing_where_nothing_is_seen(landmarks):
    confidence = torch.ones(landmarks.shape[:3])
    confidence[:, 3] = 0
    half = NoiseConfig(no_depth=0.5, depth=EXACT)
    found = lift(landmarks, confidence, half, torch.Generator().manual_seed(2))
    assert found[:, 3].isnan().all()
    gone = found.isnan().all(-1).all(-1).all(-1)
    assert 0.3 < gone.float().mean() < 0.7
    assert not found[~gone][:, [0, 1, 2, 4]].isnan().any()


def test_told_in_upright_axes(landmarks):
    """A picture turned in its plane says the same; unknown frames say nothing."""
    xy, sure = landmarks[..., :2], torch.ones(landmarks.shape[:3])
    window = prepare(xy, sure, world=landmarks)
    angle = torch.tensor(0.8)
    turned = torch.cat((turn(landmarks[..., :2], angle), landmarks[..., 2:]), -1)
    again = prepare(turn(xy, angle), sure, world=turned)
    assert window.features.shape[-1] == FEATURES + DEPTH_FEATURES
    torch.testing.assert_close(window.features[..., FEATURES:], again.features[..., FEATURES:], atol=1e-4, rtol=1e-4)
    unknown = landmarks.clone()
    unknown[:, 5, 2] = torch.nan
    part = prepare(xy, sure, world=unknown).features[..., FEATURES:]
    assert not part[:, 5].any()
    torch.testing.assert_close(part[:, 6], window.features[:, 6, FEATURES:])


def test_without_them_a_network_takes_2d_alone():
    network = Regressor(BOTH)
    features = torch.randn(2, network.config.window, FEATURES)
    nothing = torch.cat((features, torch.zeros(2, network.config.window, DEPTH_FEATURES)), -1)
    torch.testing.assert_close(network(features)[-1], network(nothing)[-1])


def test_it_learns_how_wrong_it_is(clips, tiny, body):
    """After some steps the expected error is about the error: too large and too small both cost."""
    config = replace(
        tiny, network=BOTH, batch=8, matrix_rate=0.01, learning_rate=0.02, loss=replace(tiny.loss, certainty=5.0)
    )
    trainer = Trainer(config, clips, body)
    first = trainer.update(0.3)["certainty"]
    for _ in range(60):
        last = trainer.update(0.3)["certainty"]
    assert last < first - 0.3


def test_errors_are_mirrored_with_the_body(body):
    network = Regressor(BOTH).eval()
    random = np.random.default_rng(0)
    xy, world = random.normal(300, 60, (20, 19, 2)), random.normal(0, 0.3, (20, 19, 3))
    found = regress(xy, np.ones((20, 19)), 30.0, (640, 480), 600.0, network=network, body=body, world=world)
    across = list(MIRROR)
    flipped = (xy * [-1, 1] + [640, 0])[:, across]
    other = regress(
        flipped, np.ones((20, 19)), 30.0, (640, 480), 600.0, network=network, body=body, world=(world * [-1, 1, 1])[:, across]
    )  # fmt: skip
    assert found.error is not None
    assert other.error is not None
    assert found.error.shape == (20, 19)
    np.testing.assert_allclose(found.error, other.error[:, across], rtol=1e-3)
    alone = regress(xy, np.ones((20, 19)), 30.0, (640, 480), 600.0, network=network, body=body)
    assert np.abs(alone.rotations - found.rotations).max() > 0


def test_files_from_before_are_read(tmp_path):
    """A file whose settings know neither 3D landmarks nor certainty has neither."""
    old = Regressor(NetworkConfig(width=32, hidden=48, blocks=1, landmarks_3d=False, certainty=False))
    weights = load_weights()
    save_weights(tmp_path / "old.npz", Weights(old, weights.discriminators), "a test")
    with np.load(tmp_path / "old.npz") as file:
        arrays = dict(file)
    text = str(arrays["network_config"]).replace(', "landmarks_3d": false, "certainty": false', "")
    assert "certainty" not in text
    np.savez(tmp_path / "older.npz", **{**arrays, "network_config": np.array(text)})
    read = load_weights(tmp_path / "older.npz").regressor
    assert not read.config.certainty
    assert read.features == FEATURES
    assert unpack(read(torch.zeros(1, 16, FEATURES))[-1]).error is None


def test_expected_errors_start_at_the_usual():
    network = Regressor(BOTH)
    assert network.mean.shape == (THETA + CERTAINTY,)
    error = unpack(network.mean[None, None]).error
    assert error is not None
    torch.testing.assert_close(error, torch.full_like(error, USUAL_ERROR))
