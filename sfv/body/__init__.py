"""The body model: SMPL layout, an open default, loaded through smplx."""

from sfv.body.model import Body, load_body

__all__ = ["Body", "load_body"]
