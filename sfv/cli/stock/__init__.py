"""Verbs about what is there by name: lists, fetched files, characters."""
