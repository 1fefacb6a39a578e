from dataclasses import replace

import torch

from sfv.reconstruct.hmr.config import NoiseConfig
from sfv.reconstruct.hmr.training.noise import detect
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR

NONE = NoiseConfig(0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
XY = torch.randn(40, 16, 19, 2, generator=torch.Generator().manual_seed(0))
TORSO = torch.ones(40, 16)


def spoil(config):
    return detect(XY, TORSO, config, torch.Generator().manual_seed(1))


def test_without_faults_nothing_changes():
    seen, confidence = spoil(NONE)
    torch.testing.assert_close(seen, XY)
    assert (confidence > 0.4).all()


def test_jitter_has_the_size_asked_for():
    seen, _ = spoil(replace(NONE, white=0.02))
    error = (seen - XY).std()
    assert 0.015 < error < 0.035  # windows differ in their level


def test_swaps_exchange_sides():
    seen, _ = spoil(replace(NONE, swapped=1.0))
    moved = (seen != XY).any(-1)
    across = XY[:, :, list(MIRROR)]
    assert 0.02 < moved.float().mean() < 0.5
    torch.testing.assert_close(seen[moved], across[moved])


def test_lost_limbs_frames_and_feet_have_no_confidence():
    _, confidence = spoil(replace(NONE, frames_lost=1.0))
    gone = (confidence == 0).all(-1)
    assert 0.05 < gone.float().mean() < 0.7
    assert ((confidence == 0).any(-1) == gone).all()
    _, confidence = spoil(replace(NONE, no_feet=1.0))
    feet = torch.tensor(["heel" in name or "foot_index" in name for name in LANDMARK_NAMES])
    assert (confidence[..., feet] == 0).all()
    assert (confidence[..., ~feet] > 0).all()
    _, confidence = spoil(replace(NONE, limb_lost=1.0))
    assert 0 < (confidence == 0).float().mean() < 0.2


def test_a_cut_picture_loses_one_side_of_it():
    _, confidence = spoil(replace(NONE, cut_off=1.0))
    share = (confidence == 0).float().mean((1, 2))
    assert (share < 0.55).all()
    assert share.mean() > 0.15
