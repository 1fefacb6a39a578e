"""Protocols with a name and a version: what a policy survives, measured the same way for everybody."""
