"""Where a fit can start."""
