import numpy as np
import pytest

from sfv.reconstruct.hmr.config import NetworkConfig
from sfv.reconstruct.hmr.windows import Windows

CONFIG = NetworkConfig()


@pytest.mark.parametrize("frames", [1, 2, 15, 16, 17, 100, 333])
@pytest.mark.parametrize("fps", [6.0, 12.0, 25.0, 30.0, 60.0, 120.0])
def test_every_frame_is_answered_with_weights_that_sum_to_one(frames, fps):
    windows = Windows.plan(frames, fps, CONFIG)
    assert windows.rows.shape == windows.inside.shape == windows.weight.shape
    assert windows.rows.shape[1] == CONFIG.window
    total = np.bincount(windows.rows.ravel(), windows.weight.ravel(), minlength=frames)
    np.testing.assert_allclose(total, 1.0, rtol=1e-5)


def test_a_fast_video_is_seen_as_several_slow_ones():
    windows = Windows.plan(120, 60.0, CONFIG)
    steps = np.diff(windows.rows, axis=1)
    assert set(np.unique(steps)) == {4}


def test_a_slow_video_has_gaps_between_its_frames():
    windows = Windows.plan(40, 5.0, CONFIG)
    assert 0 < windows.inside.mean() < 0.6
