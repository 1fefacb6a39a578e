"""The body of the fit: SMPL's skeleton with the freedom that landmarks can see, joint limits and pose priors."""
