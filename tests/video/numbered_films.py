"""Tiny films whose pictures carry their number, so that a picture says which one it is, however it was read or drawn."""

from fractions import Fraction

import av
import cv2
import numpy as np

BITS = 8
"""Of the number."""
MILLISECONDS = Fraction(1, 1000)


def numbered_picture(number, width=128, height=96):
    """Black and white blocks across the middle are the bits of the number, the lowest first; a red square moves below."""
    image = np.full((height, width, 3), (60, 90, 120), np.uint8)
    side = width // BITS
    top = (height - side) // 2
    for bit in range(BITS):
        image[top : top + side, bit * side : (bit + 1) * side] = 255 if number >> bit & 1 else 0
    left = 3 * number % max(width - 16, 1)
    image[height - 20 : height - 4, left : left + 16] = (220, 40, 40)
    return image


def number_in(image):
    """The number in a picture of any size."""
    side, middle = image.shape[1] / BITS, image.shape[0] / 2
    rows = slice(round(middle - 0.2 * side), round(middle + 0.2 * side))
    places = [slice(round(side * (bit + 0.3)), round(side * (bit + 0.7))) for bit in range(BITS)]
    return sum(1 << bit for bit, columns in enumerate(places) if image[rows, columns].mean() > 128)


def numbers_in(video):
    return [number_in(frame) for frame in video]


def write_film(path, numbers, fps=30, codec="libx264", pixels="yuv420p", size=(128, 96), times_ms=None, **more):
    """A film of the pictures with these ``numbers``. ``more``: options, container (format name), movflags, aspect (of a pixel)."""
    with av.open(str(path), "w", format=more.get("container"), options=more.get("mux", {})) as container:
        if more.get("title"):
            container.metadata["title"] = more["title"]
        stream = container.add_stream(codec, fps, more.get("options", {}))
        stream.width, stream.height = size
        stream.pix_fmt = pixels
        if "aspect" in more:
            stream.sample_aspect_ratio = more["aspect"]
        if times_ms is not None:
            stream.codec_context.time_base = MILLISECONDS
        for index, number in enumerate(numbers):
            frame = av.VideoFrame.from_ndarray(numbered_picture(number, *size), format="rgb24")
            if times_ms is not None:
                frame.pts, frame.time_base = int(times_ms[index]), MILLISECONDS
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def write_images(folder, numbers, name="{}.png", size=(128, 96)):
    folder.mkdir(exist_ok=True)
    for number in numbers:
        cv2.imwrite(str(folder / name.format(number)), numbered_picture(number, *size)[..., ::-1])
    return folder
