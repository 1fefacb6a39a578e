"""Names of the files in a run folder."""

CONFIG, CLIP, PROGRESS, SUMMARY = "config.toml", "clip.npz", "progress.csv", "summary.json"
POLICY_FILE = "policy.npz"
"""Name of the policy inside a run folder."""
CLIPS = "clips"
"""Folder of a run over several clips that holds a run folder for each."""
