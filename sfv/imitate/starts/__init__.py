"""Where and how episodes start."""
