"""Captions in matplotlib's DejaVu Sans."""

from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

_FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
_PAD = 6  # pixels around the words


@cache
def _label(words: str, size: int) -> np.ndarray:
    """White words, dark ground and its opacity. Shape (H, W, 4), float32 in [0, 1], premultiplied."""
    font = ImageFont.truetype(str(_FONT), size)
    left, top, right, _ = font.getbbox(words)
    picture = Image.new("L", (int(right - left) + 2 * _PAD, size + 2 * _PAD), 0)
    ImageDraw.Draw(picture).text((_PAD - left, _PAD - max(top - size // 5, 0) - size // 8), words, fill=255, font=font)
    ink = np.asarray(picture, np.float32)[..., None] / 255.0
    ground = 0.55 * (1 - ink)
    return np.concatenate(
        [ink * 1.0 + ground * 0.12, ink * 1.0 + ground * 0.13, ink * 1.0 + ground * 0.16, ink + ground], axis=-1
    )


def put_caption(image: np.ndarray, words: str, size: int = 15, corner: str = "top left") -> None:
    """Write a line on a dark strip into ``image`` (H, W, 3, uint8 RGB), in place."""
    label = _label(words, size)[: image.shape[0], : image.shape[1]]
    height, width = label.shape[:2]
    top = 0 if "top" in corner else image.shape[0] - height
    left = 0 if "left" in corner else image.shape[1] - width
    region = image[top : top + height, left : left + width]
    region[:] = (region * (1 - label[..., 3:]) + 255 * label[..., :3]).astype(np.uint8)


@cache
def _ink(words: str, size: int) -> np.ndarray:
    """How much of each pixel the words cover. Shape (H, W, 1), float32 in [0, 1]."""
    font = ImageFont.truetype(str(_FONT), size)
    left, _, right, bottom = font.getbbox(words)
    picture = Image.new("L", (int(right - left) + 2, int(bottom) + 2), 0)
    ImageDraw.Draw(picture).text((1 - left, 0), words, fill=255, font=font)
    return np.asarray(picture, np.float32)[..., None] / 255.0


def put_words(image: np.ndarray, words: str, size: int, at: tuple[int, int], rgb: tuple[int, int, int]) -> None:
    """Write a line without a ground into ``image`` (H, W, 3, uint8 RGB) with its left top corner ``at`` (x, y), in place."""
    x, y = at
    region = image[max(y, 0) : y + 4 * size, max(x, 0) :]
    ink = _ink(words, size)[: region.shape[0], : region.shape[1]]
    part = region[: ink.shape[0], : ink.shape[1]]
    part[:] = (part * (1 - ink) + np.array(rgb) * ink).astype(np.uint8)
