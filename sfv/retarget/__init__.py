"""Body motion in, a clip of one character out."""
