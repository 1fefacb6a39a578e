"""Keypoints of one person in, a body motion in one metric z-up world out."""
