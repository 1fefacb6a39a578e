"""Which layout points are in, by their geometry: in the right order bones are short, in a wrong one they run across the body."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfv.detect.foreign.layouts import LAYOUTS, known_layouts, layouts_of
from sfv.errors import FileFormatError, UnknownNameError

AUTO = "auto"
_SIDES = ("left", "right")
_LIMBS = {
    ("shoulder", "elbow"): 0.17, ("elbow", "wrist"): 0.15, ("shoulder", "hip"): 0.29, ("hip", "knee"): 0.24,
    ("knee", "ankle"): 0.24, ("ankle", "heel"): 0.05, ("heel", "foot_index"): 0.14, ("ear", "shoulder"): 0.17,
}  # fmt: skip
BONES = {
    **{(f"{side}_{a}", f"{side}_{b}"): length for side in _SIDES for (a, b), length in _LIMBS.items()},
    ("left_shoulder", "right_shoulder"): 0.2, ("left_hip", "right_hip"): 0.12, ("nose", "left_ear"): 0.07,
    ("nose", "right_ear"): 0.07, ("nose", "left_eye"): 0.03, ("nose", "right_eye"): 0.03, ("neck", "left_shoulder"): 0.1,
    ("neck", "right_shoulder"): 0.1, ("head_top", "neck"): 0.15, ("spine", "mid_hip"): 0.14, ("spine", "neck"): 0.15,
    ("thorax", "neck"): 0.06, ("mid_hip", "left_hip"): 0.06, ("mid_hip", "right_hip"): 0.06,
}  # fmt: skip
"""Pairs of points that lie near each other on a body, and how far apart at most, as a share of its height (an average adult's,
rounded). What of them a layout has is looked at."""
_CAP = 3.0
"""A bone counts as at most so many doublings too long or too short."""
DOUBTFUL = 0.8
"""Doublings that the bones are off on average from which points are no body's: right orders have 0.1 to 0.7 (who crawls), wrong ones
0.9 to 1.4."""
CLEAR = 1.3
"""One layout must beat the other by this factor."""
_LEAST_POINTS = 6
_FRAMES = 500
"""So many skeletons, evenly spread over the file, are looked at."""


@dataclass(frozen=True)
class Recognised:
    """A layout and how sure it is."""

    name: str
    notes: tuple[str, ...] = ()


def recognise(skeletons: Sequence[np.ndarray], asked: str, where: str) -> Recognised:
    """The layout of skeletons of shape (K, 3) each (x, y, confidence; pixels or shares that were made square).

    ``asked``: its name, or "auto". Raises UnknownNameError for a name that is none, FileFormatError where the number of points is
    no layout's or their places are no body's.
    """
    counts = sorted({len(skeleton) for skeleton in skeletons})
    if asked != AUTO and asked not in LAYOUTS:
        raise UnknownNameError("layout", asked, (AUTO, *LAYOUTS))
    if len(counts) > 1:
        raise FileFormatError(f"{where}: people have {' or '.join(map(str, counts))} points; all must have as many")
    if asked != AUTO:
        wanted = len(LAYOUTS[asked])
        if counts and counts[0] != wanted:
            raise FileFormatError(
                f"{where}: people have {counts[0]} points, the layout {asked} {wanted}; known: {known_layouts()}"
            )
        score = stretch(_some(skeletons), asked)
        doubt = (
            f"the points lie like no body in the layout {asked} (its bones would be {2**score:.1f} times too long or short): is it another "
            "one?"
        )
        return Recognised(asked, (doubt,) if score > DOUBTFUL else ())
    names = layouts_of(counts[0]) if counts else ["body_25"]
    if not names:
        raise FileFormatError(
            f"{where}: people have {counts[0]} points, which is no layout that is known: {known_layouts()}; other points go into "
            "an npz with xy and names (docs/files.md)"
        )
    return _best(_some(skeletons), names, where)


def _best(skeletons: Sequence[np.ndarray], names: list[str], where: str) -> Recognised:
    scores = {name: stretch(skeletons, name) for name in names}
    ranked = sorted(names, key=lambda name: scores[name])
    best = ranked[0]
    if scores[best] > DOUBTFUL:
        raise FileFormatError(
            f"{where}: {len(LAYOUTS[best])} points, which lie like no body in the layout {' or '.join(names)}: another program's or "
            f"another model's order; name it with --layout ({', '.join(LAYOUTS)}), or give an npz with xy and names (docs/files.md)"
        )
    if len(ranked) == 1:
        return Recognised(best)
    if scores[ranked[1]] < CLEAR * scores[best]:
        raise FileFormatError(
            f"{where}: whether the points are in the layout {' or '.join(ranked)} cannot be told by their places; name it with "
            "--layout"
        )
    return Recognised(best, (f"layout {best}, told from {' and '.join(ranked[1:])} by where the points lie",))


def stretch(skeletons: Sequence[np.ndarray], layout: str) -> float:
    """How many doublings the bones are too long or too short on average, for a body as high as the box around its points.

    Each bone by the upper quartile over the skeletons: it is foreshortened in others. 0 where too little is seen to tell.
    """
    names = LAYOUTS[layout]
    bones = [(names.index(a), names.index(b), length) for (a, b), length in BONES.items() if a in names and b in names]
    pairs, usual = np.array([(a, b) for a, b, _ in bones]), np.array([length for _, _, length in bones])
    rows = []
    for skeleton in skeletons:
        seen = skeleton[:, 2] > 0
        if seen.sum() < _LEAST_POINTS:
            continue
        xy = np.where(seen[:, None], skeleton[:, :2], np.nan)
        size = max(float(np.linalg.norm(np.ptp(xy[seen], axis=0))), 1e-9)
        rows.append(np.linalg.norm(xy[pairs[:, 0]] - xy[pairs[:, 1]], axis=1) / (usual * size))
    lengths = np.array(rows).reshape(-1, len(bones))
    lengths = lengths[:, np.isfinite(lengths).any(0)] if len(lengths) else lengths
    if lengths.shape[0] == 0 or lengths.shape[1] < _LEAST_POINTS:
        return 0.0
    off = np.abs(np.log2(np.maximum(np.nanquantile(lengths, 0.75, axis=0), 1e-9)))
    return float(np.minimum(off, _CAP).mean())


def _some(skeletons: Sequence[np.ndarray]) -> list[np.ndarray]:
    step = max(len(skeletons) // _FRAMES, 1)
    return list(skeletons[::step])
