"""Named points of the skin, found by geometry on any mesh in SMPL's layout: no vertex numbers of a particular mesh are used.

Rest pose: T-pose, y up, facing +z, the person's left at +x. Every rule below is written for the left side or the middle and is
mirrored. Distances are fractions of the head's height or of the foot's length, so that any stature will do.
"""

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.smpl import SMPL_JOINTS

HEAD = SMPL_JOINTS.index("head")
FEET = {"left": ("left_ankle", "left_foot"), "right": ("right_ankle", "right_foot")}
HANDS = {"left": ("left_wrist", "left_hand"), "right": ("right_wrist", "right_hand")}

_EYE_ABOVE_NOSE, _EYE_ASIDE = 0.16, 0.14  # of the head's height, from anthropometric tables of the adult face
_MOUTH_BELOW_NOSE, _MOUTH_ASIDE = 0.15, 0.10
_SOLE = 0.015  # metres: the sole is what lies at most this high above the foot's lowest point
_FOOT_END = 0.25  # the heel is the rear quarter of the foot, the toes the front quarter
_FINGER_SECTORS = {
    "index": (6.0, 20.0),
    "ring": (-14.0, -5.0),
    "pinky": (-32.0, -14.0),
}  # degrees, forward of the hand's axis

_OUTLINE, _OUTLINE_TILTS = 8, (0.1, 0.5)  # azimuths and tilts (radians) in which the sole's outline is looked for

SMPLX_NAMES = {
    "nose": "nose", "reye": "right_eye", "leye": "left_eye", "rear": "right_ear", "lear": "left_ear",
    **{f"{side[0]}{finger}": f"{side}_{finger}" for side in ("left", "right") for finger in ("thumb", "index", "middle", "ring", "pinky")},
    **{f"{side[0].upper()}{end}": f"{side}_{name}" for side in ("left", "right")
       for end, name in (("BigToe", "big_toe"), ("SmallToe", "small_toe"), ("Heel", "heel"))},
}  # fmt: skip
"""The 21 vertices that smplx appends to the joints, under our names."""


def find_landmarks(vertices: np.ndarray, weights: np.ndarray, joints: np.ndarray) -> dict[str, int]:
    """Vertex index of each named point.

    Middle: nose. Both sides (``left_`` and ``right_``): eye, ear, mouth, thumb, index, middle, ring, pinky (finger tips),
    heel (rearmost), toe_tip (foremost), big_toe, small_toe, sole_heel, sole_toe (lowest point of the rear and front of the foot).

    Args:
        vertices: rest mesh. Shape (V, 3), metres.
        weights: skinning weights. Shape (V, 24).
        joints: rest joints. Shape (24, 3), metres.

    Raises FileFormatError where a part of the body has no vertices.
    """
    owner = weights.argmax(1)
    head = _members(owner, ("head",))
    found = {"nose": int(head[vertices[head, 2].argmax()])}
    tall = np.ptp(vertices[head, 1])
    nose = vertices[found["nose"]]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        mirrored = vertices * [sign, 1, 1]
        origin = nose * [0, 1, 1]
        found[f"{side}_ear"] = int(head[mirrored[head, 0].argmax()])
        for name, aside, up in (("eye", _EYE_ASIDE, _EYE_ABOVE_NOSE), ("mouth", _MOUTH_ASIDE, -_MOUTH_BELOW_NOSE)):
            target = origin + tall * np.array([aside, up, 0])
            across = np.linalg.norm(mirrored[head, :2] - target[:2], axis=1)
            near = head[across <= max(0.1 * tall, across.min() + 1e-9)]
            distance = np.linalg.norm(mirrored[near, :2] - target[:2], axis=1)
            # the skin of the face, not the back of the head: nearness across, then forwardness
            found[f"{side}_{name}"] = int(near[(distance - mirrored[near, 2]).argmin()])
        found |= {
            f"{side}_{name}": index
            for name, index in _hand(mirrored, _members(owner, HANDS[side]), joints, side).items()
        }
        found |= {f"{side}_{name}": index for name, index in _foot(mirrored, _members(owner, FEET[side])).items()}
    return found


def _members(owner: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    members = np.flatnonzero(np.isin(owner, [SMPL_JOINTS.index(name) for name in names]))
    if len(members) == 0:
        raise FileFormatError(
            f"no vertex of the body model belongs to {' or '.join(names)}; it is not in SMPL's layout"
        )
    return members


def _hand(mirrored: np.ndarray, members: np.ndarray, joints: np.ndarray, side: str) -> dict[str, int]:
    """Finger tips: the farthest vertex from the wrist in a sector of directions, palm down, thumb forward."""
    wrist = np.abs(joints[SMPL_JOINTS.index(f"{side}_wrist")]) * [1, 0, 0] + joints[
        SMPL_JOINTS.index(f"{side}_wrist")
    ] * [0, 1, 1]
    along, forward = (mirrored[members] - wrist)[:, 0], (mirrored[members] - wrist)[:, 2]
    middle = int(along.argmax())
    reach = np.hypot(along, forward)
    angle = np.degrees(np.arctan2(forward, along) - np.arctan2(forward[middle], along[middle]))
    tips = {"middle": int(members[middle]), "thumb": int(members[(forward + 0.3 * along).argmax()])}
    far = reach > 0.5 * reach.max()
    for finger, (low, high) in _FINGER_SECTORS.items():
        sector = np.flatnonzero(far & (angle > low) & (angle < high))
        tips[finger] = int(members[sector[reach[sector].argmax()]]) if len(sector) else tips["middle"]
    return tips


def _foot(mirrored: np.ndarray, members: np.ndarray) -> dict[str, int]:
    points = mirrored[members]
    low = points[points[:, 1] < points[:, 1].min() + 0.06]  # below the ankle, so that a shin cannot be the heel
    back, front = low[:, 2].min(), low[:, 2].max()
    length = front - back
    on_sole = points[:, 1] < points[:, 1].min() + _SOLE
    rear, fore = points[:, 2] < back + _FOOT_END * length, points[:, 2] > front - _FOOT_END * length
    below = points[:, 1] < points[:, 1].min() + 0.06
    return {
        "heel": int(members[np.where(below, points[:, 2], np.inf).argmin()]),
        "toe_tip": int(members[points[:, 2].argmax()]),
        "big_toe": int(members[np.where(fore, points[:, 2] - points[:, 0], -np.inf).argmax()]),
        "small_toe": int(members[np.where(fore, points[:, 2] + points[:, 0], -np.inf).argmax()]),
        "sole_heel": int(members[np.where(rear & on_sole, points[:, 1], np.inf).argmin()]),
        "sole_toe": int(members[np.where(fore & on_sole, points[:, 1], np.inf).argmin()]),
    }


def sole_vertices(vertices: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """Vertex indices of the sole of the "left" and the "right" foot: the lowest 1.5 cm of the rest mesh. Shapes (V, 3), (V, 24)."""
    owner = weights.argmax(1)
    soles = {}
    for side, names in FEET.items():
        members = _members(owner, names)
        soles[side] = members[vertices[members, 1] < vertices[members, 1].min() + _SOLE]
    return soles


def sole_outline(vertices: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """The soles' outermost vertices, which touch the ground first however the foot is turned. Shapes as ``sole_vertices``.

    They are the lowest vertex in each of several directions tilted from the vertical: points of the convex hull.
    """
    azimuth = np.linspace(0.0, 2 * np.pi, _OUTLINE, endpoint=False)
    outline = {}
    for side, members in sole_vertices(vertices, weights).items():
        level = np.stack((np.sin(azimuth), np.zeros(_OUTLINE), np.cos(azimuth)), 1)
        directions = np.concatenate(
            [np.cos(tilt) * np.array([0, -1.0, 0]) + np.sin(tilt) * level for tilt in _OUTLINE_TILTS]
        )
        outline[side] = members[np.unique((vertices[members] @ directions.T).argmax(0))]
    return outline


def smplx_vertex_ids(landmarks: dict[str, int]) -> dict[str, int]:
    """The 21 vertices that ``smplx.SMPL(vertex_ids=...)`` asks for."""
    return {theirs: landmarks[ours] for theirs, ours in SMPLX_NAMES.items()}
