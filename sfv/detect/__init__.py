"""Frames in, 2D keypoints of every person out, tracked over time."""

from sfv.callable_room import make_callable

make_callable(__name__)
