"""Contact sheets: frames at chosen times in one picture."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from sfv.errors import SfvError
from sfv.files import atomic_path
from sfv.render.text import put_caption
from sfv.video import open_video

_GAP = 4  # pixels between tiles
_GAP_GREY = 255


def contact_sheet(
    frames: Sequence[np.ndarray], captions: Sequence[str] = (), columns: int = 4, tile_height: int = 240
) -> np.ndarray:
    """Tiles in reading order, all scaled to ``tile_height``. Frames (H, W, 3) uint8 RGB of one size -> one such picture.

    Raises SfvError where there is no frame.
    """
    if not frames:
        raise SfvError("a contact sheet needs at least one frame; choose times inside the video")
    width = round(frames[0].shape[1] * tile_height / frames[0].shape[0])
    columns = min(columns, len(frames))
    rows = -(-len(frames) // columns)
    sheet = np.full((rows * (tile_height + _GAP) - _GAP, columns * (width + _GAP) - _GAP, 3), _GAP_GREY, np.uint8)
    for index, frame in enumerate(frames):
        tile = cv2.resize(frame, (width, tile_height), interpolation=cv2.INTER_AREA)
        if index < len(captions):
            put_caption(tile, captions[index], size=max(11, tile_height // 20), corner="bottom left")
        top, left = index // columns * (tile_height + _GAP), index % columns * (width + _GAP)
        sheet[top : top + tile_height, left : left + width] = tile
    return sheet


def write_png(path: Path | str, image: np.ndarray) -> None:
    """Write an RGB picture in one piece."""
    with atomic_path(path) as temporary:
        done, data = cv2.imencode(".png", np.ascontiguousarray(image[..., ::-1]))
        if not done:
            raise SfvError(f"a picture of shape {image.shape} could not be written to {path}")
        temporary.write_bytes(data.tobytes())


def sheet_of_video(
    video: Path | str, out: Path | str, times: Sequence[float], columns: int = 4, tile_height: int = 240
) -> None:
    """Write the frames of ``video`` at ``times`` (seconds) as a contact sheet. Raises SfvError for a time outside of it."""
    source = open_video(video)
    wanted = [round(time * source.fps) for time in times]
    if any(not 0 <= frame < len(source) for frame in wanted):
        raise SfvError(f"{video} lasts {len(source) / source.fps:.2f} s; choose times inside it, not {list(times)}")
    ascending = sorted(set(wanted))
    kept = dict(zip(ascending, source.at(ascending), strict=True))
    write_png(
        out, contact_sheet([kept[frame] for frame in wanted], [f"{time:.2f} s" for time in times], columns, tile_height)
    )
