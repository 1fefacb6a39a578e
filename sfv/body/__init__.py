"""The body model: SMPL layout, an open default, loaded through smplx."""
