"""Readers of motion capture made for other skeletons: every clip becomes a BodyMotion of the open body."""
