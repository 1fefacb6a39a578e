"""Pictures of every artefact: overlays, the recovered body in its world, the simulated character, all side by side."""
