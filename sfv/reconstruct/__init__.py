"""Keypoints in, a body motion in one metric z-up world out."""
