"""Which link of a skeleton is which joint of the body: by names, then by the tree, then checked by where the links are."""

import re

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.mocap.links import Links

_HANDS, _FEET = re.compile(r"hand|wrist|manus"), re.compile(r"foot|ankle|feet")
_HEAD = re.compile(r"head|skull")
_STOP = re.compile(r"dummy|roll|twist|eye|jaw|hair|nub|end$")
"""Links that only carry others, or hang on the head."""
_PARTS = "hip|femur|thigh|tibia|shin|foot|toe|ankle|clav|collar|should|shldr|humer|arm|fore|radius|elbow|wrist|hand|butt|upleg|uparm|upper"
_SHORT = (
    re.compile(r"^([lrLR])(?=[A-Z_.\s-])"),
    re.compile(rf"^([lr])(?={_PARTS})", re.IGNORECASE),
    re.compile(r"[_.\s-]([lrLR])$"),
)
"""A side as one letter: lShldr, L_Hip; lfemur; hand.R."""
_UNEVEN = 0.3
"""Share by which a left and a right limb may differ in length."""


def side_of(name: str) -> str:
    """ "left", "right" or "" of a link's name: LeftUpLeg, lfemur, hand_l, mixamorig:RightArm."""
    bare = name.rpartition(":")[2]
    low = bare.lower()
    for side in ("left", "right"):
        if side in low:
            return side
    found = next((match for match in (pattern.search(bare) for pattern in _SHORT) if match), None)
    return {"l": "left", "r": "right"}[found[1].lower()] if found else ""


def find_roles(links: Links, what: str) -> dict[str, int]:
    """Link of each SMPL joint that is there: pelvis, spine3, head, and of each side hip, knee, ankle, shoulder, elbow, wrist, and where
    they are, foot and collar.

    ``what`` names the file. Raises FileFormatError with what is missing.
    """
    roles: dict[str, int] = {}
    for side in ("left", "right"):
        ankle = _topmost(links, side, _FEET, what)
        knee, hip = _above(links, ankle, 2, what)[:2]
        wrist = _topmost(links, side, _HANDS, what)
        elbow, shoulder, *rest = _above(links, wrist, 2, what)
        roles |= {f"{side}_hip": hip, f"{side}_knee": knee, f"{side}_ankle": ankle}
        roles |= {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist}
        if rest and side_of(links.names[rest[0]]) == side:
            roles[f"{side}_collar"] = rest[0]
        toes = [k for k, parent in enumerate(links.parents) if parent == ankle and links.length(ankle, k) > 0]
        if toes:
            roles[f"{side}_foot"] = toes[0]
    roles["pelvis"] = _common(links, roles["left_hip"], roles["right_hip"])
    roles["spine3"] = _common(links, roles["left_shoulder"], roles["right_shoulder"])
    heads = [k for k, name in enumerate(links.names) if _HEAD.search(name.lower()) and not _STOP.search(name.lower())]
    if not heads:
        raise _missing(links, "a head", what)
    roles["head"] = heads[0]
    if len({roles["pelvis"], roles["spine3"], roles["head"]}) < 3:
        raise FileFormatError(f"{what} has no spine: its arms and legs hang on the same link")
    _check(links, roles, what)
    return roles


def _topmost(links: Links, side: str, part: re.Pattern[str], what: str) -> int:
    """The link of a side nearest to the root whose name has the part."""
    found = [k for k, name in enumerate(links.names) if side_of(name) == side and part.search(name.lower())]
    if not found:
        raise _missing(links, f"a {side} {'hand or wrist' if part is _HANDS else 'foot or ankle'}", what)
    return min(found, key=lambda k: len(links.ancestors(k)))


def _above(links: Links, link: int, count: int, what: str) -> list[int]:
    """Links above one that have a length of their own, nearest first; at least ``count``."""
    found, below = [], link
    for parent in links.ancestors(link)[1:]:
        if links.length(parent, below) > 1e-6 and not _STOP.search(links.names[parent].lower()):
            found.append(parent)
            below = parent
    if len(found) < count + 1:
        raise FileFormatError(f"{what}: {links.names[link]} has too few links above it for a limb")
    return found


def _common(links: Links, one: int, other: int) -> int:
    others = set(links.ancestors(other))
    return next(link for link in links.ancestors(one) if link in others)


def _missing(links: Links, part: str, what: str) -> FileFormatError:
    shown = ", ".join(links.names[:12])
    return FileFormatError(f"{what} has no link that is named like {part}; it has {shown} ...: rename the links")


def _check(links: Links, roles: dict[str, int], what: str) -> None:
    """Refuse limbs of no length, of two lengths, and left limbs on the right."""
    for start, end in (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist")):
        left, right = (links.length(roles[f"{side}_{start}"], roles[f"{side}_{end}"]) for side in ("left", "right"))
        if min(left, right) <= (1 - _UNEVEN) * max(left, right):
            raise FileFormatError(
                f"{what}: from {start} to {end} it is {left:.3g} on the left and {right:.3g} on the right; the skeleton is damaged"
            )
    if "left_foot" in roles and "right_foot" in roles:
        across = links.direction(roles["right_hip"], roles["left_hip"])
        up = links.direction(roles["pelvis"], roles["spine3"])
        ahead = sum(links.direction(roles[f"{side}_ankle"], roles[f"{side}_foot"]) for side in ("left", "right"))
        if float(np.median((np.cross(across, up) * ahead).sum(-1))) < 0:
            raise FileFormatError(
                f"{what}: the toes point backwards, so left and right are exchanged, or the motion is mirrored; exchange them"
            )
