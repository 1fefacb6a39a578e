"""Cyclic motions: their period, their balance, their lean."""
