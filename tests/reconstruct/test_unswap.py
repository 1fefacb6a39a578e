"""Exchanged sides of other programs' keypoints are put right, once: not again where the detector did it."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.detect.landmarks import MIRROR
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES
from sfv.reconstruct.observe.observations import observe

CONFIG = ReconstructConfig(trim_confidence=0)


@pytest.fixture
def exchanged(scene):
    """The scene's person, left and right exchanged in frames 20 to 29."""
    keypoints = scene.keypoints
    xy = keypoints.xy_px.copy()
    xy[:, 20:30] = xy[:, 20:30][:, :, MIRROR]
    return replace(keypoints, xy_px=xy)


def test_put_right(scene, exchanged):
    found, expected = observe(exchanged, CONFIG), observe(scene.keypoints, CONFIG)
    np.testing.assert_array_equal(np.flatnonzero(found.swapped), np.arange(20, 30))
    np.testing.assert_allclose(found.xy, expected.xy)
    assert not expected.swapped.any()
    assert not found.world_weight[20:30].any()  # the 3D landmarks of a body seen the wrong way round are wrong in depth


@pytest.mark.parametrize("how", ["checked by the detector", "not wanted"])
def test_left_alone(exchanged, how):
    if how == "not wanted":
        found = observe(exchanged, replace(CONFIG, unswap=False))
    else:
        found = observe(replace(exchanged, sides_checked=True), CONFIG)
    assert not found.swapped.any()
    rows = [exchanged.names.index(name) for name in LANDMARK_NAMES]
    centre = np.array(exchanged.image_size) / 2
    np.testing.assert_allclose(found.xy[25] + centre, exchanged.xy_px[0, 25, rows], rtol=1e-5)
