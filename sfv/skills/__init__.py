"""Trained skills that come with sfv, skills of one's own, and playing them."""
