"""Whether a motion can be what it says: cheap tests with the likely cause in words."""
