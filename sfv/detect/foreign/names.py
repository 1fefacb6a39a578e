"""Names of points as other systems spell them: LShoulder, left shoulder, shoulder_l and leftShoulder are one."""

import re
from collections.abc import Sequence

from sfv.detect.foreign.layouts import LAYOUTS
from sfv.errors import FileFormatError

KNOWN = tuple(sorted({name for layout in LAYOUTS.values() for name in layout if name}))
"""Every name that means something here."""
NEEDED = tuple(f"{side}_{part}" for part in ("shoulder", "elbow", "hip", "knee") for side in ("left", "right"))
"""Points without which no body can be recovered."""
_PARTS = {
    "bigtoe": "foot_index", "toe": "foot_index", "toes": "foot_index", "footindex": "foot_index", "smalltoe": "small_toe",
    "littletoe": "small_toe", "pelvis": "mid_hip", "hip": "mid_hip", "hips": "mid_hip", "midhip": "mid_hip", "root": "mid_hip",
    "chest": "thorax", "headtop": "head_top", "head": "head_top", "topofhead": "head_top", "upperneck": "neck",
}  # fmt: skip
_SIDES = {"left": "left", "l": "left", "right": "right", "r": "right"}
_SIDED = ("hip",)  # with a side it is the joint, without one the middle of both
_SHOWN = 6
"""Unknown names that a message lists."""
_SQUEEZED = {name.replace("_", ""): name for name in KNOWN}


def our_name(name: str) -> str:
    """The name that is used here for a point of another system, or ``name`` itself where it is none that is known."""
    if name in KNOWN:
        return name
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[LR])(?=[A-Z][a-z])", " ", name)
    words = [word for word in re.split(r"[\W_]+", spaced.lower()) if word]
    sides = [_SIDES[word] for word in words if word in _SIDES]
    part = "".join(word for word in words if word not in _SIDES)
    if len(sides) > 1:
        return name
    found = _known(sides[0], part) if sides else _known("", part)
    if found is None and not sides and part[:1] in ("l", "r"):  # lshoulder
        found = _known(_SIDES[part[0]], part[1:])
    return found or name


def _known(side: str, part: str) -> str | None:
    part = part if side and part in _SIDED else _PARTS.get(part, part)
    return _SQUEEZED.get(f"{side}{part}".replace("_", ""))


def our_names(names: Sequence[str], where: str) -> tuple[tuple[str, ...], list[str]]:
    """Names of a file's points as they are used here, and those of them that mean nothing here (they are kept as they are).

    Raises FileFormatError where two points have one name, or shoulders, elbows, hips or knees have none.
    """
    found = tuple(our_name(name) for name in names)
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        given = [name for name, ours in zip(names, found) if ours == twice[0]]
        raise FileFormatError(f"{where}: {' and '.join(given)} both name the {twice[0]}; each point needs its own name")
    unknown = [name[:30] for name in found if name not in KNOWN]
    missing = [name for name in NEEDED if name not in found]
    if missing:
        not_known = f"; of its names these are unknown: {', '.join(unknown[:_SHOWN])}" if unknown else ""
        raise FileFormatError(f"{where} lacks {', '.join(missing)}{not_known}; known names: {', '.join(KNOWN)}")
    return found, unknown
