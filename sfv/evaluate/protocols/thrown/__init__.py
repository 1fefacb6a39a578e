"""Protocol ``boxes``."""
