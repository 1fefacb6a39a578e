"""Protocol ``push``."""
