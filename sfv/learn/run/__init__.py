"""Run folders: settings, checkpoints, weights."""
