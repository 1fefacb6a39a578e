"""Pictures of a recovery: the input with what was seen in it, the recovered bodies in their world, curves."""
