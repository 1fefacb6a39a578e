"""Retargeting: a person's recovered motion becomes a clip of one character."""
