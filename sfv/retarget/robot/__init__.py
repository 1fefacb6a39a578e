"""What retargeting needs to know of a character."""
