"""Descriptions in MJCF, of robots and of scenes: checked before MuJoCo reads them, kept in their folder, within a budget."""

from sfv.mjcf.load import compile_spec, load_spec

__all__ = ["compile_spec", "load_spec"]
