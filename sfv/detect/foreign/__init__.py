"""Keypoints that other systems wrote: which program's file it is, which layout, which scale, which frames, which people."""
