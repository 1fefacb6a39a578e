"""The rate at which motions are compared: differences over time depend on it."""

RATE_HZ = 30.0
"""Accelerations, jitter and foot sliding are measured between frames of this rate, as in the tables they are compared with; of a
faster video every second (third, ...) frame is taken."""


def stride(fps: float) -> int:
    """Every how many-th frame makes a video of ``fps`` one of about RATE_HZ."""
    return max(1, round(fps / RATE_HZ))
