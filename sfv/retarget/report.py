"""What is wrong with a clip, in numbers and in words: the artefacts that keep policies from learning (arXiv 2510.02252)."""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from itertools import pairwise
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import mujoco
import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.clip import Clip
from sfv.motion.contact import HELD_WEIGHT
from sfv.motion.cycle import repeat_cycle
from sfv.motion.ground import lowest_points
from sfv.retarget.config import RetargetConfig
from sfv.retarget.flight import free_fall_error
from sfv.retarget.robot.anatomy import Anatomy
from sfv.retarget.robot.kinematics import hinge_limits
from sfv.retarget.targets.start import stance_weight, world_points

_BELOW = 1e-3
"""Metres below the ground from which a frame counts as penetrating."""
_DEEP = 0.01
"""Metres that two links of the character must overlap to count as a collision (holosoma's measure)."""
_AT_LIMIT = 1e-3
"""Radians from a limit within which a joint counts as hitting it."""


@dataclass(frozen=True)
class RetargetReport:
    """Quality of one clip."""

    frames: int
    seconds: float
    """Duration; one period of a cyclic clip."""
    cyclic: bool
    speed: float
    """Mean horizontal speed of the root, m/s."""
    penetration_mm: float
    """Deepest point below the ground in any frame."""
    penetration_share: float
    """Share of frames with a point more than 1 mm below the ground."""
    foot_slide_mm: float
    """Mean way of a standing foot point from one frame to the next."""
    foot_slide_max_mm: float
    """Greatest such way."""
    stance_gap_mm: float
    """Mean height of the lowest point of a standing foot."""
    stance_share: float
    """Share of frames in which at least one foot stands."""
    airborne_share: float
    """Share of frames in which nothing touches the ground."""
    free_fall_error: float | None
    """How far the centre of mass is from free fall there: root mean square of the difference in acceleration, as a share of
    gravity; None where the clip has no three such frames in a row."""
    limit_hits: dict[str, float]
    """Joint -> share of frames at one of its limits; only joints that hit."""
    speed_spikes: int
    """Frames in which some joint is faster than ``RetargetConfig.max_joint_speed``."""
    max_joint_speed: float
    """Fastest joint, rad/s."""
    fastest_joint: str
    self_collision_share: float
    """Share of frames in which two links that are not neighbours overlap by more than a centimetre."""
    self_collisions: tuple[str, ...]
    """Pairs of bodies that overlap."""
    cycle_mismatch: float | None = None
    """How unlike frames one period apart are, 0 = copies, 1 = unrelated; None where no period fits."""
    cycles_averaged: int = 0
    """Cycles of the motion that went into the clip; 0 for an acyclic one."""
    doubts: tuple[str, ...] = ()
    """Why what was carried over may not be what it says."""

    @classmethod
    def from_dict(cls, table: Mapping[str, Any]) -> "RetargetReport":
        """What ``as_dict`` gave, also after JSON. Raises FileFormatError for a table that is no report."""
        known = {item.name: item for item in fields(cls)}
        needed = {name for name, item in known.items() if item.default is MISSING}
        wrong = sorted(set(table) - set(known) | needed - set(table))
        hints = get_type_hints(cls)
        wrong += sorted(name for name in set(known) & set(table) if not _fits(table[name], hints[name]))
        if wrong:
            raise FileFormatError(f"the report of the clip is none of retargeting: {', '.join(wrong)} does not fit")
        lists = {name: tuple(value) for name, value in table.items() if isinstance(value, list)}
        return cls(**{**table, **lists})

    def as_dict(self) -> dict[str, Any]:
        """Plain types, for JSON or TOML."""
        return asdict(self)

    def words(self) -> list[str]:
        """One line for each finding."""
        kind = f"a cycle of {self.seconds:.2f} s" if self.cyclic else f"{self.seconds:.2f} s"
        lines = [*self.doubts, f"{kind}, {self.frames} frames, {self.speed:.2f} m/s"]
        if self.cycles_averaged:
            lines.append(
                f"average of {self.cycles_averaged} cycles, mismatch {self.cycle_mismatch:.2f} (0 copies, 1 unrelated)"
            )
        lines.append(f"penetration: deepest {self.penetration_mm:.1f} mm, {self.penetration_share:.0%} of frames")
        if self.stance_share > 0:
            lines.append(
                f"stance: {self.stance_share:.0%} of frames, slide {self.foot_slide_mm:.1f} mm a frame (at most "
                f"{self.foot_slide_max_mm:.1f}), gap {self.stance_gap_mm:.1f} mm"
            )
        else:
            lines.append("stance: no foot ever stands")
        hits = ", ".join(f"{joint} {share:.0%}" for joint, share in self.limit_hits.items())
        if self.free_fall_error is not None:
            lines.append(
                f"flight: {self.airborne_share:.0%} of frames, centre of mass {self.free_fall_error:.2f} g from free fall"
            )
        lines.append(f"joint limits: {'hit by ' + hits if hits else 'none hit'}")
        fastest = f"at most {self.max_joint_speed:.1f} rad/s ({self.fastest_joint})"
        lines.append(f"joint speed: {fastest}, {self.speed_spikes} frames with a spike")
        pairs = f" ({', '.join(self.self_collisions)})" if self.self_collisions else ""
        lines.append(f"self-collision: {self.self_collision_share:.0%} of frames{pairs}")
        return lines


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value out of JSON is of a field's kind; a tuple comes as a list, and a float may be whole."""
    kind = get_origin(hint) or hint
    if kind is UnionType:
        return any(_fits(value, one) for one in get_args(hint))
    kinds = {float: (int, float), tuple: (list, tuple)}.get(kind, (kind,))
    return isinstance(value, kinds) and (kind is bool or not isinstance(value, bool))


def make_report(
    clip: Clip,
    contacts: np.ndarray,
    skeleton: Anatomy,
    config: RetargetConfig,
    cycle_mismatch: float | None = None,
    cycles_averaged: int = 0,
) -> RetargetReport:
    """Measure ``clip``; ``contacts`` (T, 4) are the stance probabilities of CONTACT_POINTS in its frames."""
    model = skeleton.model
    lowest = lowest_points(model, clip.qpos).min(1)
    qpos = repeat_cycle(clip.qpos, 2)[: len(clip) + 1] if clip.cyclic else clip.qpos  # speeds across the seam count too
    speeds = _joint_speeds(model, qpos, clip.fps)
    fastest = np.unravel_index(speeds.argmax(), speeds.shape)
    slide, gap, stance_share = _stance(clip, contacts, skeleton, config)
    columns, limits = hinge_limits(model)
    angles = clip.qpos[:, columns]
    hits = ((angles < limits[:, 0] + _AT_LIMIT) | (angles > limits[:, 1] - _AT_LIMIT)).mean(0)
    names = [name for name, start in zip(clip.joints, model.jnt_qposadr[1:]) if int(start) in columns]
    airborne = lowest > config.touch_fade
    com = skeleton.kinematics.centre_of_mass(*skeleton.kinematics.forward(torch.from_numpy(clip.qpos))).numpy()
    collisions = _self_collisions(model, clip.qpos)
    return RetargetReport(
        frames=len(clip),
        seconds=clip.seconds,
        cyclic=clip.cyclic,
        speed=float(np.linalg.norm(clip.qpos[-1, :2] - clip.qpos[0, :2]) / clip.seconds),
        penetration_mm=float(1000 * max(-lowest.min(), 0.0)),
        penetration_share=float((lowest < -_BELOW).mean()),
        foot_slide_mm=float(1000 * slide.mean()) if slide.size else 0.0,
        foot_slide_max_mm=float(1000 * slide.max()) if slide.size else 0.0,
        stance_gap_mm=float(1000 * gap.mean()) if gap.size else 0.0,
        stance_share=stance_share,
        airborne_share=float(airborne.mean()),
        free_fall_error=free_fall_error(com, clip.fps, airborne),
        limit_hits={name: float(share) for name, share in zip(names, hits) if share > 0},
        speed_spikes=int((speeds.max(1) > config.max_joint_speed).sum()),
        max_joint_speed=float(speeds.max()),
        fastest_joint=clip.joints[int(fastest[1])],
        self_collision_share=float(np.mean([bool(pairs) for pairs in collisions])),
        self_collisions=tuple(sorted({pair for pairs in collisions for pair in pairs})),
        cycle_mismatch=cycle_mismatch,
        cycles_averaged=cycles_averaged,
    )


def _joint_speeds(model: mujoco.MjModel, qpos: np.ndarray, fps: float) -> np.ndarray:
    """Angular speed of every joint between neighbouring frames. Shape (T - 1, joints), rad/s."""
    velocity, speeds = np.zeros(model.nv), []
    starts = model.jnt_dofadr[1:]
    for before, after in pairwise(qpos):
        mujoco.mj_differentiatePos(model, velocity, 1.0 / fps, before, after)
        speeds.append([np.linalg.norm(part) for part in np.split(velocity[6:], starts[1:] - 6)])
    return np.array(speeds)


def _stance(
    clip: Clip, contacts: np.ndarray, skeleton: Anatomy, config: RetargetConfig
) -> tuple[np.ndarray, np.ndarray, float]:
    """Ways of standing points, heights of the lowest point of standing feet, share of frames in which a foot stands."""
    _, _, points = world_points(skeleton, torch.from_numpy(clip.qpos))
    position = points.numpy()
    height = position[..., 2] - skeleton.point_radii
    stands = stance_weight(contacts, config.contact_threshold) >= HELD_WEIGHT
    slide, gap = [], []
    for kind, ids in enumerate(skeleton.contact_points):
        both = stands[1:, kind] & stands[:-1, kind]
        slide.append(np.linalg.norm(np.diff(position[:, ids, :2], axis=0), axis=-1)[both].ravel())
    for foot in range(2):
        ids = np.concatenate(skeleton.contact_points[2 * foot : 2 * foot + 2])
        gap.append(height[:, ids].min(1)[stands[:, 2 * foot : 2 * foot + 2].any(1)])
    return np.concatenate(slide), np.concatenate(gap), float(stands.any(1).mean())


def _self_collisions(model: mujoco.MjModel, qpos: np.ndarray) -> list[set[str]]:
    """Pairs of bodies that overlap deeply, for every frame."""
    data, found = mujoco.MjData(model), []
    for pose in qpos:
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_collision(model, data)
        pairs = set()
        for contact in data.contact[: data.ncon]:
            bodies = model.geom_bodyid[contact.geom]
            if contact.dist < -_DEEP and (bodies > 0).all():
                pairs.add(" and ".join(sorted(model.body(int(body)).name for body in bodies)))
        found.append(pairs)
    return found
