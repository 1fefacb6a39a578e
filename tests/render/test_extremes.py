"""The best and the worst frames."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.render.recovery.extremes import SheetLook, extremes_sheet, pick_extremes
from sfv.video import write_video


def test_extremes_keep_apart_and_know_their_order():
    errors = np.full(100, 5.0)
    errors[[10, 11, 40]] = 1.0, 0.5, 2.0
    errors[[70, 71, 90]] = 20.0, 30.0, 25.0
    errors[50] = np.nan
    best, worst = pick_extremes(errors, 2, 5)
    assert best == [11, 40]
    assert worst == [71, 90]


def test_a_short_clip_gives_fewer():
    assert pick_extremes(np.array([3.0, 1.0, 2.0]), 2, 1) == ([1, 2], [0])
    assert pick_extremes(np.array([3.0]), 4, 10) == ([0], [])
    with pytest.raises(SfvError, match="no frame has an error"):
        pick_extremes(np.full(5, np.nan), 2, 1)


def test_a_sheet_shows_each_frame_twice(standing_motion, seen, body, tmp_path):
    video, out = tmp_path / "in.mp4", tmp_path / "sheet.png"
    write_video(video, (np.full((240, 320, 3), 20 * frame, np.uint8) for frame in range(12)), 30.0)
    look = SheetLook(count=2, apart_seconds=0.0, tile=(60, 80))
    errors = np.array([6.0, 1.0, 5.0, 5.0, 5.0, 9.0, 5.0, 2.0])
    best, worst = extremes_sheet(video, seen, standing_motion, errors, out, body=body, look=look)
    assert (best, worst) == ([1, 7], [5, 0])
    image = cv2.imread(str(out))
    assert image.shape[:2] == (2 * 80 + 4, 2 * 2 * 60 + 4)
    blue = image[..., 0].astype(int) - image[..., 2] > 30
    assert blue[20:60, 60:120].mean() > 0.05  # the body, over the right half of each tile
    assert image[40, 3, 0] == pytest.approx(20 * (3 + 1), abs=6)  # background of frame 4 of the video


def test_errors_must_fit_the_motion(standing_motion, body, tmp_path):
    with pytest.raises(SfvError, match="3 errors for a motion of 8"):
        extremes_sheet("x.mp4", None, standing_motion, np.zeros(3), tmp_path / "x.png", body=body)
    video = tmp_path / "in.mp4"
    write_video(video, (np.zeros((240, 320, 3), np.uint8) for _ in range(12)), 30.0)
    with pytest.raises(SfvError, match="no camera"):
        extremes_sheet(video, None, replace(standing_motion, camera=None), np.zeros(8), tmp_path / "x.png", body=body)
