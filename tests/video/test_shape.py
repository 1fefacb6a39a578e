"""Proportions and orientation: pixels that are not square, turned and mirrored films."""

from fractions import Fraction

import numpy as np
import pytest
from numbered_films import number_in, write_film

from sfv.video import open_video
from sfv.video.shape import pixel_aspect

MATRIX = {
    "as it is": (1, 0, 0, 1),
    "right": (0, 1, -1, 0),
    "half": (-1, 0, 0, -1),
    "left": (0, -1, 1, 0),
    "mirrored": (-1, 0, 0, 1),
    "upside down": (1, 0, 0, -1),
    "mirrored, right": (0, 1, 1, 0),
    "mirrored, left": (0, -1, -1, 0),
}


def with_matrix(path, a, b, c, d):
    """Write an mp4's display matrix: a stored point (x, y) is shown at (a x + c y, b x + d y)."""
    content = bytearray(path.read_bytes())
    at = content.index(b"tkhd") + 4 + 40  # 16.16 fixed point
    matrix = np.array([a, b, 0, c, d, 0, 0, 0, 0x4000], float) * 0x10000
    content[at : at + 36] = matrix.astype(">i4").tobytes()
    path.write_bytes(content)


@pytest.mark.parametrize("name", MATRIX)
def test_display_matrices_turn_and_mirror(tmp_path, name):
    a, b, c, d = MATRIX[name]
    path = write_film(tmp_path / "a.mp4", [5, 6, 7])
    stored = next(iter(open_video(path)))
    with_matrix(path, a, b, c, d)
    video = open_video(path)
    shown = next(iter(video))
    height, width = stored.shape[:2]
    assert video.size == ((height, width) if a == 0 else (width, height))
    # where the middle of each stored pixel goes, relative to the middle of the picture
    rows, columns = np.mgrid[:height, :width]
    x, y = columns - (width - 1) / 2, rows - (height - 1) / 2
    across, down = a * x + c * y, b * x + d * y
    there = shown[
        np.round(down + (shown.shape[0] - 1) / 2).astype(int), np.round(across + (shown.shape[1] - 1) / 2).astype(int)
    ]
    assert np.abs(there.astype(int) - stored).max() == 0
    assert any("mirrored" in word for word in video.words) == (a * d - b * c < 0)


@pytest.mark.parametrize(("aspect", "size", "shown"), [("4/3", (96, 96), (128, 96)), ("2/3", (96, 48), (96, 72))])
def test_pixels_are_made_square(tmp_path, aspect, size, shown):
    video = open_video(write_film(tmp_path / "a.mp4", range(4), size=size, aspect=Fraction(aspect)))
    assert (video.size, video.stored_size) == (shown, size)
    assert [number_in(frame) for frame in video] == list(range(4))
    assert {frame.shape for frame in video} == {(shown[1], shown[0], 3)}
    assert any("not square" in word for word in video.words)


def test_pixels_are_made_square_before_a_film_is_turned(tmp_path):
    path = write_film(tmp_path / "a.mp4", range(3), size=(96, 96), aspect=Fraction(4, 3))
    with_matrix(path, *MATRIX["right"])
    video = open_video(path)
    assert video.size == (96, 128)
    assert next(iter(video)).shape == (128, 96, 3)


def test_what_rounds_to_square_or_makes_no_sense_is_square():
    assert [pixel_aspect(ratio) for ratio in (None, Fraction(0), Fraction(4321, 4320), Fraction(100, 1))] == [1.0] * 4
    assert pixel_aspect(Fraction(12, 11)) == pytest.approx(12 / 11)
