"""How much of a film is read, and which rates make sense."""

import math

from sfv.errors import VideoError
from sfv.motion.fields import HIGHEST_HZ, LOWEST_HZ

MAX_PIXELS = 2**25
"""Most pixels of a picture of a film: 8K, of which a decoder holds up to twenty in half a gigabyte."""
MAX_STILL_PIXELS = 2**27
"""Most pixels of a single image: three bytes each while it is decoded, and some again."""
MAX_FRAMES = 100_000
"""Most frames that are read at once: nearly an hour of an ordinary film; candidates of a pose are held for each."""
LOWEST_FPS, HIGHEST_FPS = LOWEST_HZ, HIGHEST_HZ
"""Rates, in frames a second of life, in which somebody's motion can be followed."""
DEFAULT_FPS = 30.0
"""Rate of images where none is given: most cameras' rate."""


def check_rate(fps: float, whose: str) -> float:
    """``fps`` where a motion can be followed at that rate. ``whose`` begins the message of the VideoError, e.g. "--fps"."""
    if not LOWEST_FPS <= fps <= HIGHEST_FPS:  # False for NaN too
        raise VideoError(
            f"{whose} gives {fps:g} frames a second; rates from {LOWEST_FPS:g} to {HIGHEST_FPS:g} are read: say the true one "
            "with --fps"
        )
    return fps


def check_slow_motion(factor: float) -> float:
    """``factor`` where it makes sense. Raises VideoError."""
    if not 0 < factor <= HIGHEST_FPS:
        raise VideoError(
            f"a film cannot play {factor:g} times slower than life; give --slow-motion a number above 0, for example 4"
        )
    return factor


def check_time(seconds: float | None, name: str) -> float | None:
    """``seconds`` where it is a number or nothing. Raises VideoError."""
    if seconds is not None and not math.isfinite(seconds):
        raise VideoError(f"--{name} {seconds:g} is no time; give seconds")
    return seconds


def check_pixels(width: int, height: int, path: object, most: int = MAX_PIXELS) -> None:
    """Raise VideoError where pictures are larger than what is read."""
    if width * height > most:
        raise VideoError(
            f"{path} has pictures of {width}x{height}; up to {most / 1e6:.0f} million pixels are read: make it smaller"
        )


def clock(seconds: float) -> str:
    """Seconds in words: "2.00 s", "12:05 min", "2:03:00 h"."""
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02d}:{rest:02d} h"
