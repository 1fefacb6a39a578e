"""Frames in, 2D keypoints of every person out, tracked over time."""
