"""Pictures as a film means them: turned and mirrored as it asks, with square pixels, all of one size."""

from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from av.sidedata.sidedata import SideData, Type
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

_SQUARE = 0.01
"""Pixels whose sides differ by less than this share are square: encoders round."""
_LONGEST = 8.0
"""A pixel that many times as wide as high, or more, is a mistake of the header."""


@dataclass(frozen=True)
class Shape:
    """How pictures come out of a film."""

    stored: tuple[int, int]
    """Width and height of the first picture, upright, before its pixels are made square: what programs see that know nothing of it."""
    size: tuple[int, int]
    """Width and height of every picture that is read, upright."""
    aspect: float
    """Width of a stored pixel over its height."""
    turn: tuple[bool, bool, bool]
    """Whether rows and columns are exchanged, then whether the picture is flipped upside down, and left to right."""

    @property
    def mirrored(self) -> bool:
        """Whether left and right come out exchanged against what is stored."""
        return sum(self.turn) % 2 == 1


def shape_of(frame: VideoFrame, stream: VideoStream) -> Shape:
    """Shape of the pictures of a film whose first one is ``frame``."""
    aspect = pixel_aspect(stream.sample_aspect_ratio)
    turn = turn_of(frame)
    width, height = stretched(frame.width, frame.height, aspect)
    if turn[0]:
        return Shape((frame.height, frame.width), (height, width), aspect, turn)
    return Shape((frame.width, frame.height), (width, height), aspect, turn)


def pixel_aspect(ratio: Fraction | None) -> float:
    """Width over height of a pixel; 1 where the header says nothing, nonsense, or nearly 1."""
    value = float(ratio) if ratio else 1.0
    return 1.0 if abs(value - 1) < _SQUARE or not 1 / _LONGEST < value < _LONGEST else value


def stretched(width: int, height: int, aspect: float) -> tuple[int, int]:
    """Size of a stored picture with square pixels; one side grows, so that nothing is lost."""
    return (round(width * aspect), height) if aspect >= 1 else (width, round(height / aspect))


def turn_of(frame: VideoFrame) -> tuple[bool, bool, bool]:
    """What a picture's display matrix asks for (see ``Shape.turn``), quarters of a turn and mirrors; other angles are rounded."""
    # iterating gives the entries themselves, unlike what the mapping's type says
    entries = (item for item in frame.side_data if isinstance(item, SideData) and item.type == Type.DISPLAYMATRIX)
    data = next((bytes(entry) for entry in entries), b"")
    if len(data) < 36:
        return (False, False, False)
    # row by row a, b, u, c, d, v, x, y, w: a stored point (x, y) is shown at (a x + c y, b x + d y)
    a, b, _, c, d = np.frombuffer(data[:20], np.int32).astype(float)
    swapped = abs(b) + abs(c) > abs(a) + abs(d)
    across, down = (c, b) if swapped else (a, d)
    return (swapped, bool(down < 0), bool(across < 0))


def picture(frame: VideoFrame, shape: Shape) -> np.ndarray:
    """RGB pixels (H, W, 3), uint8, contiguous, of a film's shape."""
    image = frame.to_ndarray(format="rgb24")
    swapped, upside_down, mirrored = shape.turn
    if swapped:
        image = image.transpose(1, 0, 2)
    image = image[:: -1 if upside_down else 1, :: -1 if mirrored else 1]
    if shape.aspect != 1:
        inverse = 1 / shape.aspect if swapped else shape.aspect
        image = _resized(image, stretched(image.shape[1], image.shape[0], inverse))
    return fitted(image, shape.size)


def fitted(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A picture in the size (width, height) of the others: proportions kept, black beside it. Shape (H, W, 3), contiguous."""
    height, width = image.shape[:2]
    if (width, height) != size:
        factor = min(size[0] / width, size[1] / height)
        inner = max(round(width * factor), 1), max(round(height * factor), 1)
        image = _resized(image, inner)
        left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
        around = np.zeros((size[1], size[0], 3), np.uint8)
        around[top : top + inner[1], left : left + inner[0]] = image
        image = around
    return np.ascontiguousarray(image)


def _resized(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    grows = size[0] * size[1] > image.shape[0] * image.shape[1]
    method = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
    return np.asarray(cv2.resize(np.ascontiguousarray(image), size, interpolation=method), np.uint8)
