"""Motion-capture clips by name, carried over to any character."""

from functools import cache

from sfv.assets import ASSETS, fetch
from sfv.character import load_character
from sfv.errors import UnknownNameError
from sfv.motion.clip import Clip
from sfv.motion.deepmimic import read_deepmimic
from sfv.retarget.clip_to_clip import retarget_clip

CAPTURED = "humanoid3d_"
"""Beginning of the names of the assets that are motion clips."""


def captured_names() -> list[str]:
    """Names of all motion-capture clips."""
    return [name for name in ASSETS if name.startswith(CAPTURED)]


def captured_clip(asset: str, character: str) -> Clip:
    """The clip ``asset`` of the humanoid, carried over to ``character``. Raises UnknownNameError, AssetError, SfvError."""
    if asset not in captured_names():
        raise UnknownNameError("motion-capture clip", asset, captured_names())
    clip, target = read_deepmimic(fetch(asset)), load_character(character)
    if target.name == clip.character:
        return clip
    return retarget_clip(clip, load_character(clip.character), target)[0]


def named_clip(name: str, character: str) -> Clip:
    """The same by its full name or without its beginning (``walk``); made once in a process, because many worlds may ask for it."""
    full = name if name.startswith(CAPTURED) else CAPTURED + name
    if full not in captured_names():
        known = [known.removeprefix(CAPTURED) for known in captured_names()]
        raise UnknownNameError("clip", name, known, "Or give a clip.npz")
    return _once(full, character)


_once = cache(captured_clip)
