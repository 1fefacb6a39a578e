"""Proximal policy optimisation: networks, buffer, update."""
