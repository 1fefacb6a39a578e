"""Following people over time, and choosing among candidate poses."""
