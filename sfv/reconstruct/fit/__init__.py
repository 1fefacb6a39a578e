"""The fit of a whole clip."""
