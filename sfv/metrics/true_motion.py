"""The true-motion score: all that can be said of a recovered motion where the true one is known. Product, report and benchmark use it."""

from dataclasses import dataclass

import numpy as np
import torch

from sfv.body import Body
from sfv.errors import SfvError
from sfv.metrics.angles import MOVED, AngleErrors, angle_errors, bone_axes, rotation_error
from sfv.metrics.events import EventScore, event_score, feet_stand, flight_height
from sfv.metrics.ground import BodyOnGround, deepest_penetration, foot_slide, on_ground, soles_stand, stance
from sfv.metrics.joints import BODY_NAMES, HIPS, jitter, mpjpe, pa_mpjpe
from sfv.metrics.path import path_error, root_spread
from sfv.metrics.turns import SAME_TURNS, count_turns, same_turns, turns_in_words
from sfv.metrics.world import placing
from sfv.motion.body_motion import BodyMotion
from sfv.motion.contact import in_stance
from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS

SHOULDERS, ANKLES = ("left_shoulder", "right_shoulder"), ("left_ankle", "right_ankle")
_RATES = 0.01  # share by which two rates may differ
_LEVEL = 0.05  # quantile of the lowest point that is the ground of a motion without one


@dataclass(frozen=True)
class TrueMotionScore:
    """A recovered motion against the true one on the frames that both have; metres, degrees, seconds."""

    frames: np.ndarray
    """Frames of the truth that were recovered. Shape (N,)."""
    coverage: float
    """Share of the truth's frames."""
    pa_mpjpe: np.ndarray
    """Of BODY_NAMES in each frame. Shape (N,), metres."""
    mpjpe: np.ndarray
    angles: AngleErrors
    root: np.ndarray
    """Error of the pelvis's orientation in each frame. Shape (N,), degrees."""
    turns: np.ndarray
    """Signed turns of the recovered frames (``metrics.TURNS``). Shape (3,)."""
    true_turns: np.ndarray
    """Those of the whole truth: a flip that was cut away is missing."""
    events: EventScore
    flight_height: float
    true_flight_height: float
    path: float | None
    """Error over three metres of travel as a share; None where the truth hardly travels."""
    root_spread: float
    """Mean distance of the roots without their mean offset."""
    foot_slide: float | None
    """Of the recovered feet where the true ones stand, metres in 1/30 s; None where they never do."""
    penetration: float
    jitter: float

    @property
    def turned_right(self) -> bool:
        """Whether it turned as often as the truth, the same way, about every axis."""
        return same_turns(self.turns, self.true_turns)

    @property
    def turned(self) -> bool:
        """Whether it, or the truth, turned by more than half a circle: whether there is something to count."""
        return bool(max(np.abs(self.turns).max(), np.abs(self.true_turns).max()) > SAME_TURNS)

    def figures(self) -> dict[str, float]:
        """Means under the names of the benchmark's columns, mm, degrees and shares; what the truth does not have is left out."""
        found = {
            "pa_mpjpe_mm": 1000 * float(self.pa_mpjpe.mean()),
            "mpjpe_mm": 1000 * float(self.mpjpe.mean()),
            "coverage": self.coverage,
            "angle_deg": self.angles.mean,
            "swing_deg": self.angles.of(MOVED, "swing"),
            "twist_deg": self.angles.of(MOVED, "twist"),
            "shoulder_deg": self.angles.of(SHOULDERS),
            "ankle_deg": self.angles.of(ANKLES),
            "root_deg": float(self.root.mean()),
            "turns_right": float(self.turned_right) if self.turned else None,
            "landing_f1": self.events.landing,
            "takeoff_f1": self.events.takeoff,
            "stance_f1": self.events.stance,
            "flight_mm": 1000 * abs(self.flight_height - self.true_flight_height),
            "path_percent": None if self.path is None else 100 * self.path,
            "root_mm": 1000 * self.root_spread,
            "foot_slide_mm": None if self.foot_slide is None else 1000 * self.foot_slide,
            "penetration_mm": 1000 * self.penetration,
            "jitter": self.jitter,
        }
        return {name: value for name, value in found.items() if value is not None}

    def words(self) -> list[str]:
        """The same in sentences."""
        figures = self.figures()
        turns, true = turns_in_words(self.turns) or "no whole turn", turns_in_words(self.true_turns) or "no whole turn"
        lines = [
            f"joints: {figures['pa_mpjpe_mm']:.0f} mm after Procrustes alignment, {figures['mpjpe_mm']:.0f} mm about the hips, "
            f"in {100 * self.coverage:.0f} % of the frames",
            f"joint angles: {figures['angle_deg']:.0f} degrees off (swing {figures['swing_deg']:.0f}, twist {figures['twist_deg']:.0f}), "
            f"the root's orientation {figures['root_deg']:.0f}",
            f"turns: {turns}" + ("" if self.turned_right else f", in truth {true}"),
            f"flight: {100 * self.flight_height:.0f} cm high, in truth {100 * self.true_flight_height:.0f}",
        ]
        if self.path is not None:
            lines.append(f"way of the root: {100 * self.path:.0f} % off")
        f1 = [
            f"{name} {value:.2f}"
            for name, value in (
                ("landings", self.events.landing),
                ("take-offs", self.events.takeoff),
                ("stances", self.events.stance),
            )
            if value is not None
        ]
        return [*lines, f"F1 within 50 ms: {', '.join(f1)}"] if f1 else lines


def score_true_motion(
    motion: BodyMotion, truth: BodyMotion, body: Body, true_body: Body | None = None
) -> TrueMotionScore:
    """Score ``motion`` against ``truth`` on common frames: ``first_frame`` of both counts frames of one video.

    ``body``: that ``motion`` was made for, and ``truth`` too where no ``true_body`` is given. Both worlds are z up. Raises SfvError for
    different rates or no common frame.
    """
    if abs(motion.fps - truth.fps) > _RATES * truth.fps:
        raise SfvError(
            f"the motion has {motion.fps:g} frames a second and the true one {truth.fps:g}; give two motions of one rate"
        )
    first = max(motion.first_frame, truth.first_frame)
    last = min(motion.first_frame + len(motion), truth.first_frame + len(truth))
    if first >= last:
        raise SfvError(
            "the motion and the true one have no frame in common; first_frame of both must count one video's frames"
        )
    mine = motion.slice(first - motion.first_frame, last - motion.first_frame)
    true = truth.slice(first - truth.first_frame, last - truth.first_frame)
    other = true_body or body
    joints, goal = (
        skin.joints(one.poses, skin.pad_betas(one.betas), one.trans) for skin, one in ((body, mine), (other, true))
    )
    place = placing(mine, true, (joints[:, 0], goal[:, 0]))
    joints = place.points(joints)
    poses = mine.poses.copy()
    poses[:, 0] = rotmat_to_rotvec(torch.as_tensor(place.rotation @ _matrices(mine.poses[:, 0]))).numpy()
    columns = [SMPL_JOINTS.index(name) for name in BODY_NAMES]
    ground, true_ground = on_ground(mine, body), on_ground(true, other)
    hips = [columns[index] for index in HIPS]
    return TrueMotionScore(
        frames=np.arange(first, last) - truth.first_frame,
        coverage=(last - first) / len(truth),
        pa_mpjpe=pa_mpjpe(joints[:, columns], goal[:, columns]),
        mpjpe=mpjpe(joints[:, columns], goal[:, columns], HIPS),
        angles=angle_errors(poses, true.poses, bone_axes(other.rest_joints(other.pad_betas(true.betas)))),
        root=rotation_error(_matrices(poses[:, 0]), _matrices(true.poses[:, 0])),
        turns=count_turns(_matrices(mine.poses[:, 0]), mine.fps),
        true_turns=count_turns(_matrices(truth.poses[:, 0]), truth.fps),
        events=event_score(_feet(mine, ground), _feet(true, true_ground), truth.fps),
        flight_height=flight_height(ground.lowest, _level(mine, ground)),
        true_flight_height=flight_height(true_ground.lowest, _level(true, true_ground)),
        path=path_error(joints[:, 0], goal[:, 0]),
        root_spread=root_spread(joints[:, hips].mean(1), goal[:, hips].mean(1)),
        foot_slide=foot_slide(ground.feet, stance(true_ground.feet, true.fps), true.fps),
        penetration=deepest_penetration(ground.lowest),
        jitter=jitter(body.joints(mine.poses, mine.betas, mine.trans), mine.fps),
    )


def _feet(motion: BodyMotion, ground: BodyOnGround) -> np.ndarray:
    """Which feet stand (T, 2): by the motion's own contacts, or by heights and speeds of the soles where it has none."""
    if motion.contacts is not None:
        return feet_stand(in_stance(motion.contacts))
    return feet_stand(soles_stand(ground.feet, motion.fps, _level(motion, ground)))


def _level(motion: BodyMotion, ground: BodyOnGround) -> float:
    """Height of the ground: 0, or where the lowest points are when the motion found none."""
    return 0.0 if motion.grounded else float(np.quantile(ground.lowest, _LEVEL))


def _matrices(rotvecs: np.ndarray) -> np.ndarray:
    return rotvec_to_rotmat(torch.as_tensor(rotvecs, dtype=torch.float64)).numpy()
