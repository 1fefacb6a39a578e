"""Benchmarks that write docs/results/: each row measured, never typed in."""
