"""The curves of a recovery are written for every kind of motion."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sfv.render.recovery.plots import plot_recovery


@pytest.mark.parametrize("kind", ["full", "bare", "ungrounded", "one frame"])
def test_every_motion_has_curves(standing_motion, body, tmp_path, kind):
    full = replace(standing_motion, contacts=np.ones((8, 4)), confidence=np.linspace(0, 1, 8 * 24).reshape(8, 24))
    motion = {
        "full": full, "bare": standing_motion, "ungrounded": replace(full, grounded=False), "one frame": full.slice(0, 1),
    }[kind]  # fmt: skip
    plot_recovery(tmp_path / "curves.png", motion, body)
    image = cv2.imread(str(tmp_path / "curves.png"))
    assert image.shape[0] > 600
    assert image.std() > 10
    orange = (np.abs(image.astype(int) - (0x3A, 0x88, 0xF0)).max(-1) < 10).sum()  # the left foot's bars and lines, BGR
    assert orange > (8000 if kind in ("full", "one frame") else 20)
