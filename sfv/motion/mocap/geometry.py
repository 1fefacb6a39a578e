"""Links of any skeleton in motion -> SMPL poses, by what the motion itself shows.

No rest pose is assumed: the bend axis of an elbow or knee is the mean normal of the plane in which it bends, the pelvis is told by its
hips and the first bone of the spine, the chest by the shoulders, feet by how they are when they are lowest.
"""

from dataclasses import dataclass, replace

import numpy as np

from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.fields import fields_of
from sfv.motion.mocap.convert import alignment, to_body_motion
from sfv.motion.mocap.limb_error import limb_errors
from sfv.motion.mocap.links import Links
from sfv.motion.mocap.rest import LEG_LENGTH, frame_of
from sfv.motion.mocap.roles import find_roles

TARGET_HZ = 30.0
"""Rate to which motions are thinned out."""
UNITS = {
    "metres": 1.0,
    "centimetres": 0.01,
    "millimetres": 0.001,
    "inches": 0.0254,
    "CMU's unit (0.45 inches)": 0.0254 / 0.45,
}
"""Units of length that files are in."""
USUAL_LEG = 0.85
"""Metres from hip to ankle of an adult: the unit is the one in which the legs come nearest to it."""
WORST_MM = 100.0
"""Greatest mean error of a joint with which a file is still read, millimetres."""
_BENT = 0.15  # sine of the bend from which a knee or elbow shows its axis
_LOWEST = 15.0  # percentile of the heights of a foot at which it is taken to be flat
_Y_UP = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
_SURE = 1.5  # how much more upright a body must be along z than along y to say that z is up


@dataclass(frozen=True)
class Facts:
    """What was found out about a file."""

    unit: str
    up: str
    """Axis that points up: "y", "z"."""
    leg: float
    """From hip to ankle, the file's unit."""
    errors: dict[str, float]
    """Mean distance of each joint from the file's, see ``limb_errors``, millimetres."""

    @property
    def worst(self) -> tuple[str, float]:
        """The joint that is carried over worst, and by how much it is off, millimetres."""
        joint = max(self.errors, key=lambda name: self.errors[name])
        return joint, self.errors[joint]


def to_motion(links: Links, what: str) -> tuple[BodyMotion, Facts]:
    """A capture as a motion of the body. ``what`` names the file.

    Raises FileFormatError where the skeleton is no person's.
    """
    roles = find_roles(links, what)
    links = links.thinned(TARGET_HZ)
    up = _up(links, roles)
    links = links.turned(_Y_UP if up == "y" else np.eye(3))
    leg = 0.5 * sum(
        links.length(roles[f"{side}_{a}"], roles[f"{side}_{b}"])
        for side in ("left", "right")
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    )
    if not (np.isfinite(leg) and leg > 0):
        raise FileFormatError(f"{what}: the legs have no length")
    with fields_of(what, "motion capture file"):
        rotations = _rotations(links, roles)
    unit = min(UNITS, key=lambda name: abs(np.log(UNITS[name] * leg / USUAL_LEG)))
    hips = 0.5 * (links.places[:, roles["left_hip"]] + links.places[:, roles["right_hip"]]) * UNITS[unit]
    motion = to_body_motion(rotations, hips, leg * UNITS[unit], links.fps)
    metric = replace(links, places=links.places * (LEG_LENGTH / leg))
    facts = Facts(unit, up, leg, limb_errors(motion, metric, roles))
    joint, error = facts.worst
    if error > WORST_MM:
        raise FileFormatError(
            f"{what}: the {joint.replace('_', ' ')} would be {error:.0f} mm off on average ({WORST_MM:.0f} are allowed); the skeleton is "
            "not a person's, or its joints are named in another way"
        )
    return motion, facts


def _up(links: Links, roles: dict[str, int]) -> str:
    """The axis along which the body stands on average."""
    feet = 0.5 * (links.places[:, roles["left_ankle"]] + links.places[:, roles["right_ankle"]])
    mean = (links.places[:, roles["head"]] - feet).mean(0)
    return "z" if mean[2] > _SURE * abs(mean[1]) else "y"


def _rotations(links: Links, roles: dict[str, int]) -> dict[str, np.ndarray]:
    """World rotation of SMPL joints, alignment included, x forward, y left, z up. Shape (T, 3, 3) each."""
    pelvis, chest = _pelvis(links, roles), _chest(links, roles)
    if not (np.isfinite(pelvis).all() and np.isfinite(chest).all()):
        raise FileFormatError("the joints of its trunk lie on one another, or absurdly far apart; copy the file again")
    found = {"pelvis": pelvis, "spine3": chest, "head": _follows(links.rotations[:, roles["head"]], chest)}
    for side in ("left", "right"):
        for start, end, tip, trunk in (("hip", "knee", "ankle", pelvis), ("shoulder", "elbow", "wrist", chest)):
            a, b, c = (roles[f"{side}_{part}"] for part in (start, end, tip))
            upper, lower = links.direction(a, b), links.direction(b, c)
            bend = _bend_axis(links, a, upper, lower, trunk @ _usual_bend(f"{side}_{end}"))
            found[f"{side}_{start}"] = _framed(f"{side}_{start}", upper, bend)
            found[f"{side}_{end}"] = _framed(f"{side}_{end}", lower, bend)
        ankle = roles[f"{side}_ankle"]
        found[f"{side}_ankle"] = _foot(links, roles, side, ankle, found[f"{side}_knee"])
        if f"{side}_collar" in roles:
            found[f"{side}_collar"] = _collar(links, roles, side, chest)
    return found


def _framed(joint: str, bone: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """Rotations that turn the open body's limb onto bones (T, 3) that bend about axes (T, 3)."""
    return np.stack([alignment(joint, one, axis) for one, axis in zip(bone, bend)])


def _usual_bend(joint: str) -> np.ndarray:
    """About where the bend axis lies against the trunk: knees bend about y (left), elbows about z as arms hang forward."""
    return np.array([0.0, 1.0, 0.0]) if "knee" in joint else np.array([0.0, 0.0, -1.0 if "left" in joint else 1.0])


def _bend_axis(links: Links, link: int, upper: np.ndarray, lower: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Axis in the world about which the lower bone bends against the upper one, fixed in the upper link. Shape (T, 3).

    A limb that never bends has the axis ``usual`` (T, 3).
    """
    normal = np.cross(upper, lower)
    own = links.own(link, normal)
    clear = np.linalg.norm(normal, axis=-1) > _BENT
    axis = own[clear].sum(0) if clear.sum() > 3 else links.own(link, usual).sum(0)
    along = links.own(link, upper).mean(0)
    axis = axis - (axis @ along) * along / max(float(along @ along), 1e-9)
    world = links.rotations[:, link] @ (axis / max(float(np.linalg.norm(axis)), 1e-9))
    # where the limb is clearly bent its own plane counts: links that twist along their bone (CMU's arms) are followed
    weight = np.clip(np.linalg.norm(normal, axis=-1, keepdims=True) / 0.5, 0, 1) ** 2
    sign = np.sign((normal * world).sum(-1, keepdims=True)).clip(0)
    unit = normal / np.linalg.norm(normal, axis=-1, keepdims=True).clip(1e-9)
    mixed = (1 - weight * sign) * world + weight * sign * unit
    return mixed / np.linalg.norm(mixed, axis=-1, keepdims=True).clip(1e-9)


def _pelvis(links: Links, roles: dict[str, int]) -> np.ndarray:
    """From hips and the first bone of the spine, both fixed in the link."""
    pelvis = roles["pelvis"]
    across = links.own(pelvis, links.direction(roles["right_hip"], roles["left_hip"])).mean(0)
    spine = links.ancestors(roles["spine3"])
    chain = [link for link in reversed(spine[: spine.index(pelvis)]) if links.length(pelvis, link) > 1e-6]
    first = chain[0] if chain else roles["head"]
    up = links.own(pelvis, links.direction(pelvis, first)).mean(0)
    return links.rotations[:, pelvis] @ _upright(across, up)


def _chest(links: Links, roles: dict[str, int]) -> np.ndarray:
    """From the shoulders and the neck on average, in the chest's link."""
    chest = roles["spine3"]
    across = links.own(chest, links.direction(roles["right_shoulder"], roles["left_shoulder"])).mean(0)
    neck = links.ancestors(roles["head"])
    above = (
        [link for link in reversed(neck[: neck.index(chest)]) if links.length(chest, link) > 1e-6]
        if chest in neck
        else []
    )
    up = links.own(chest, links.direction(chest, above[-1] if above else roles["head"])).mean(0)
    return links.rotations[:, chest] @ _upright(across, up)


def _upright(left: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Turns x forward, y left, z up into a link's frame in which ``left`` and about ``up`` are known. Shape (3, 3)."""
    frame = frame_of(left, up)  # first axis left, second up
    return np.stack([np.cross(frame[:, 0], frame[:, 1]), frame[:, 0], frame[:, 1]], axis=1)


def _follows(rotations: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """A link's rotations, aligned so that on average it faces as ``reference`` does. Shape (T, 3, 3)."""
    u, _, vt = np.linalg.svd((np.swapaxes(rotations, 1, 2) @ reference).mean(0))
    sign = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    return rotations @ (u @ sign @ vt)


def _collar(links: Links, roles: dict[str, int], side: str, chest: np.ndarray) -> np.ndarray:
    """The chest's rotation and how the shoulder is raised against its mean place."""
    away = np.einsum("tji,tj->ti", chest, links.direction(roles[f"{side}_collar"], roles[f"{side}_shoulder"]))
    usual = away.mean(0) / max(float(np.linalg.norm(away.mean(0))), 1e-9)
    axis, cosine = np.cross(usual, away), away @ usual
    cross = np.zeros((len(away), 3, 3))
    cross[:, [2, 0, 1], [1, 2, 0]], cross[:, [1, 2, 0], [2, 0, 1]] = axis, -axis
    swing = np.eye(3) + cross + cross @ cross / (1 + cosine).clip(0.1)[:, None, None]
    return chest @ swing


def _foot(links: Links, roles: dict[str, int], side: str, ankle: int, shin: np.ndarray) -> np.ndarray:
    """From where the toes are and what is up in the foot's own frame when it is lowest; with the shin where there are no toes."""
    if f"{side}_foot" in roles:
        toes = links.own(ankle, links.direction(ankle, roles[f"{side}_foot"])).mean(0)
    elif ankle in links.ends and np.linalg.norm(links.ends[ankle]) > 0:
        toes = links.ends[ankle] / np.linalg.norm(links.ends[ankle])
    else:
        return shin
    height = links.places[:, ankle, 2]
    lowest = height <= np.percentile(height, _LOWEST)
    up = links.own(ankle, np.broadcast_to([0.0, 0.0, 1.0], (len(height), 3)))[lowest].mean(0)
    frame = frame_of(up, toes)  # first up, second forward
    return links.rotations[:, ankle] @ np.stack([frame[:, 1], np.cross(frame[:, 0], frame[:, 1]), frame[:, 0]], axis=1)
