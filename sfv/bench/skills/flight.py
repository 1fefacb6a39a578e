"""Somebody who starts on a roof, for flat ground: the part of the motion from the moment their feet have left it."""

from dataclasses import replace

import numpy as np

from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.ground import lowest_points

_LANDED = 0.1
"""Metres above the ground below which somebody has landed."""
_LEFT = 0.1
"""Metres above where the feet stood from which they have left it."""


def after_take_off(clip: Clip, character: Character) -> Clip:
    """``clip`` without what happens on higher ground: it begins in free flight, which needs no ground, and ends on z = 0.

    Where the feet stand before the landing is the median of the lowest points. Raises SfvError for a clip that does not
    begin above the ground, never comes down, or repeats itself.
    """
    heights = lowest_points(character.model(), clip.qpos).min(1)
    low = np.flatnonzero(heights < _LANDED)
    if clip.cyclic or not len(low) or low[0] == 0:
        raise SfvError(f"'{clip.name}' does not come down from higher ground; use the clip as it is")
    level = float(np.median(heights[: low[0]]))
    top = int(heights[: low[0]].argmax())
    if heights[top] < level + _LEFT:
        raise SfvError(f"'{clip.name}' comes down without a leap; it needs an environment with that ground")
    begin = int(np.flatnonzero(heights[:top] < level + _LEFT)[-1]) + 1
    note = f"begins in the air: what was done before, {level:.1f} m above the ground, needs ground at that height"
    contacts = None if clip.contacts is None else clip.contacts[begin:]
    return replace(
        clip,
        qpos=clip.qpos[begin:],
        first_frame=clip.first_frame + begin,
        notes=(*clip.notes, note),
        contacts=contacts,
        report=None,
    )
