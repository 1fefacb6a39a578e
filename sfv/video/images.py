"""Image files as pictures: their names in order, their sizes before they are decoded, their pixels."""

import re
import struct
from pathlib import Path

import cv2
import numpy as np

from sfv.budget import in_short, read_bytes, regular_file
from sfv.errors import FileFormatError, VideoError
from sfv.video.limits import MAX_STILL_PIXELS, check_pixels
from sfv.video_names import IMAGE_SUFFIXES

_HEAD = 1 << 18
_MOVING = b"acTL"
"""What a png holds that has several pictures."""
_LARGE = 700
"""Shorter side, pixels, from which a quarter of an image tells as much."""
_JPEG_SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def image_files(folder: Path) -> list[Path]:
    """The images of a folder in natural order, as ``open_video`` counts them. Raises VideoError where there are none."""
    try:
        inside = [file for file in folder.iterdir() if not file.name.startswith(".")]
    except OSError as error:
        raise VideoError(f"{folder} cannot be read ({in_short(error)})") from error
    files = [file for file in inside if file.suffix.lower() in IMAGE_SUFFIXES]
    if not files:
        below = next((item for item in sorted(inside) if item.is_dir() and _holds_images(item)), None)
        hint = f"its folder {below.name} does: give that" if below else "give a video file or a folder of images"
        raise VideoError(f"{folder} holds no image ({', '.join(IMAGE_SUFFIXES)}); {hint}")
    return sorted(files, key=natural)


def _holds_images(folder: Path) -> bool:
    try:
        return any(file.suffix.lower() in IMAGE_SUFFIXES for file in folder.iterdir())
    except OSError:
        return False


def natural(file: Path) -> list[tuple[bool, int, str]]:
    """Key that sorts image10 after image2."""
    return [
        (part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d{1,4000})", file.name)
    ]


def is_image(path: Path) -> bool:
    """Whether a file's content is one still image, whatever its name. Raises VideoError for what is no ordinary file."""
    head = _head(path)
    if head.startswith(b"\xff\xd8\xff"):  # so do raw streams of motion JPEG begin
        return path.suffix.lower() not in (".mjpeg", ".mjpg")
    return _kind(head) != "" and _MOVING not in head


def _head(path: Path) -> bytes:
    try:
        with regular_file(path).open("rb") as stream:
            return stream.read(_HEAD)
    except FileFormatError as error:
        raise VideoError(str(error)) from error
    except OSError as error:
        raise VideoError(f"{path} cannot be read ({in_short(error)})") from error


def _kind(head: bytes) -> str:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"BM") and len(head) > 26 and struct.unpack_from("<I", head, 14)[0] in (40, 52, 56, 108, 124):
        return "bmp"
    return "webp" if head.startswith(b"RIFF") and head[8:12] == b"WEBP" else ""


def image_size(path: Path) -> tuple[int, int]:
    """Width and height of an image as its head says, before it is turned. Raises VideoError: no image, none that is known, too large."""
    head = _head(path)
    try:
        size = _size(head, _kind(head))
    except (struct.error, IndexError):
        size = None
    if size is None or min(size) < 1:
        raise VideoError(f"{path} is not a readable image; remove it or make it again")
    check_pixels(*size, path, MAX_STILL_PIXELS)
    return size


def _size(head: bytes, kind: str) -> tuple[int, int] | None:
    if kind == "png":
        width, height = struct.unpack_from(">II", head, 16)
    elif kind == "bmp":
        width, height = struct.unpack_from("<ii", head, 18)
    elif kind == "webp":
        return _webp_size(head)
    elif kind == "jpeg":
        return _jpeg_size(head)
    else:
        return None
    return width, abs(height)


def _webp_size(head: bytes) -> tuple[int, int] | None:
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Of the first frame header; what stands before it is skipped by its length."""
    at = 2
    while at + 9 <= len(head):
        if head[at] != 0xFF:
            return None
        marker = head[at + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 if 0xD0 <= marker <= 0xD8 else 2 + struct.unpack_from(">H", head, at + 2)[0]
    return None


def read_image(path: Path) -> np.ndarray:
    """RGB pixels (H, W, 3), uint8, turned as the image asks; transparency is left out. Raises VideoError."""
    return np.asarray(cv2.cvtColor(_decoded(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)


def read_grey(path: Path) -> np.ndarray:
    """Grey levels (H, W), uint8, of large images in a quarter of their size. Raises VideoError."""
    small = min(image_size(path)) < _LARGE
    return _decoded(path, cv2.IMREAD_GRAYSCALE if small else cv2.IMREAD_REDUCED_GRAYSCALE_4)


def _decoded(path: Path, flags: int) -> np.ndarray:
    image_size(path)
    try:
        image = cv2.imdecode(np.frombuffer(read_bytes(path), np.uint8), flags)
    except (cv2.error, FileFormatError) as error:
        raise VideoError(f"{path} is not a readable image ({in_short(error)}); remove it or make it again") from error
    if image is None:
        raise VideoError(f"{path} is not a readable image; remove it or make it again")
    return np.asarray(image, np.uint8)
