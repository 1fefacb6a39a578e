"""What the detector saw of one person, made ready for the fit."""
