"""How much an MJCF description may ask for, told from its elements before anything is made of it."""

import math
import re
from pathlib import Path

from sfv.budget import CONTENT_BYTES
from sfv.errors import FileFormatError
from sfv.mjcf.scan import Element

MAX_ELEMENTS = 100_000
"""After copies are made (replicate, composite, flexcomp, attach)."""
MAX_PIXELS = 32 * 2**20
"""Of all textures and height fields together."""
_MANY = {"nuserdata": 10_000, "nkey": 10_000, "nconmax": 100_000, "njmax": 1_000_000, "nstack": CONTENT_BYTES // 8}
_SIZES = {
    **{("size", name): most for name, most in _MANY.items()},
    **{("size", f"nuser_{kind}"): 1000 for kind in ("body", "jnt", "geom", "site", "cam", "tendon", "actuator", "sensor")},
    **{("option", name): 10_000 for name in ("iterations", "ls_iterations", "noslip_iterations", "ccd_iterations")},
    **{("option", name): 1000 for name in ("sdf_iterations", "sdf_initpoints")},
    ("numeric", "size"): 10_000,
    ("user", "dim"): 1000,
    ("rangefinder", "dim"): 1000,
    ("contact", "num"): 1000,
}  # fmt: skip
"""Largest number of each attribute that MuJoCo sets memory or time aside for."""
_COPIES = {"replicate": "count", "composite": "count", "flexcomp": "count"}
_PICTURES = {"texture": ("width", "height"), "hfield": ("nrow", "ncol")}
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40, "P": 2**50, "E": 2**60}
_MEMORY = re.compile(r"\s*(-?\d{1,20})([KMGTPE]?)\s*", re.IGNORECASE)
_INLINE = ("plugin", "extension")


def check_element(element: Element, path: Path) -> None:
    """Raise FileFormatError where one element asks for what is not given: plugins, or sizes beyond reason."""
    if element.tag in _INLINE:
        raise FileFormatError(
            f"{path} asks for a plugin (<{element.tag}>); sfv loads no code for a description: remove it"
        )
    for name in element.attributes:
        if (most := _SIZES.get((element.tag, name))) is not None and number(element, name, path) > most:
            raise _too_much(path, element, name, f"up to {most:,}")
    if element.tag == "size" and "memory" in element.attributes:
        found = _MEMORY.fullmatch(element.attributes["memory"])
        if found is None or int(found[1]) * _UNITS[found[2].upper()] > CONTENT_BYTES:
            raise _too_much(path, element, "memory", f"up to {CONTENT_BYTES >> 20}M")


def copies(element: Element, path: Path) -> float:
    """How many times what the element holds, or makes, is there. Raises FileFormatError."""
    name = _COPIES.get(element.tag)
    if name is None or name not in element.attributes:
        return 1
    many = math.prod(max(one, 1) for one in _numbers(element, name, path))
    if many > MAX_ELEMENTS:
        raise _too_much(path, element, name, f"up to {MAX_ELEMENTS:,} in all")
    return many


def pixels(element: Element, path: Path) -> float:
    """Pixels of a picture that the element describes without a file."""
    names = _PICTURES.get(element.tag, ())
    values = [number(element, name, path) for name in names if name in element.attributes]
    if not values:
        return 0
    # of a cube's six sides width is told alone
    return math.prod(values) if len(values) > 1 else 6 * values[0] ** 2


def number(element: Element, name: str, path: Path) -> float:
    """A number of an attribute; raises FileFormatError where it is none."""
    return max(_numbers(element, name, path), default=0)


def _numbers(element: Element, name: str, path: Path) -> list[float]:
    text = element.attributes[name]
    try:
        values = [float(part) for part in text.split()]
    except ValueError:
        values = [math.nan]
    if not all(map(math.isfinite, values)):
        raise FileFormatError(f"{path}: {name} of <{element.tag}> is '{text[:40]}'; it must be a number")
    return values


def _too_much(path: Path, element: Element, name: str, allowed: str) -> FileFormatError:
    text = element.attributes[name][:40]
    return FileFormatError(f'{path} asks for {name}="{text}" in <{element.tag}>; {allowed} is read')
