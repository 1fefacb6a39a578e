"""Contact sheets and captions."""

import cv2
import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.render.sheet import contact_sheet, sheet_of_video, write_png
from sfv.render.text import put_caption
from sfv.video import write_video


def grey(value):
    return np.full((60, 80, 3), value, np.uint8)


def test_tiles_are_in_reading_order_and_scaled():
    sheet = contact_sheet([grey(v) for v in (10, 50, 90)], columns=2, tile_height=30)
    assert sheet.shape == (64, 84, 3)
    assert [int(sheet[5, 5, 0]), int(sheet[5, 60, 0]), int(sheet[50, 5, 0])] == [10, 50, 90]
    assert sheet[50, 60, 0] == 255  # an empty place
    with pytest.raises(SfvError, match="at least one frame"):
        contact_sheet([])


def test_captions_darken_their_corner_and_write_in_white():
    image = grey(120)
    put_caption(image, "Hg", size=12, corner="bottom right")
    assert image[-20:, -30:].max() > 230
    assert image[-2, -2].max() < 100
    np.testing.assert_array_equal(image[:20, :20], 120)


def test_a_caption_wider_than_the_picture_is_cut():
    image = grey(120)
    put_caption(image, "a caption that is much wider than eighty pixels", size=20)
    assert image.shape == (60, 80, 3)


def test_png_keeps_colours(tmp_path):
    image = np.zeros((4, 5, 3), np.uint8)
    image[..., 0] = 200
    write_png(tmp_path / "a.png", image)
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "a.png"))[0, 0], [0, 0, 200])


def test_frames_of_a_video_are_taken_at_their_times(tmp_path):
    write_video(tmp_path / "v.mp4", (grey(8 * frame) for frame in range(30)), 10.0, crf=0)
    sheet_of_video(tmp_path / "v.mp4", tmp_path / "s.png", [0.0, 2.0], columns=2, tile_height=60)
    sheet = cv2.imread(str(tmp_path / "s.png"))
    assert abs(int(sheet[10, 10, 0]) - 0) < 6
    assert abs(int(sheet[10, 100, 0]) - 160) < 6
    with pytest.raises(SfvError, match=r"lasts 3\.00 s"):
        sheet_of_video(tmp_path / "v.mp4", tmp_path / "s.png", [3.5])
