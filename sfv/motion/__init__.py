"""Nouns of motion: rotations, cameras, body motion, clips of a character, foreign formats."""
