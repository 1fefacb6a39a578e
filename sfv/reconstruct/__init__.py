"""Keypoints of one person in, a body motion in one metric z-up world out."""

from sfv.callable_room import make_callable

make_callable(__name__)
