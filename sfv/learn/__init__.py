"""PPO on many worlds: a run folder with policy, config and curves."""
