"""What a recovered motion is worth: what was unseen, where it jumps, slides or sinks, what had to be assumed; measured and in words."""

import numpy as np

from sfv import metrics
from sfv.body import Body, load_body
from sfv.detect.keypoints import Keypoints
from sfv.metrics.runs import Run, runs
from sfv.motion.body_motion import BodyMotion
from sfv.motion.contact import in_stance, stays_in_stance
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.report.agreement import Agreement, agreement, said
from sfv.reconstruct.report.evidence import unseen_parts
from sfv.reconstruct.report.facts import RecoveryReport
from sfv.reconstruct.report.measures import flips, jumps
from sfv.reconstruct.report.reprojection import keypoint_frames
from sfv.reconstruct.report.sides import exchanged_sides

LEAST_SECONDS = 0.1
"""What lasts shorter than this is not said of a part that is unseen or of feet in the air; shorter gaps are bridged."""
CAMERA_MOVES = ReconstructConfig.camera_moves
"""Median motion of the background a frame, over the longer side of the image, from which the camera counts as moving."""
FLIGHT_HEIGHT = 0.02
"""Height of the lowest point of the body that a flight must reach, metres; below it contacts were only missed."""


def recovery_report(
    motion: BodyMotion, keypoints: Keypoints | None = None, body: Body | None = None, person: int | None = None
) -> RecoveryReport:
    """Measure one motion, with the keypoints that it was made from where they are known.

    ``person`` is the row of ``keypoints``, by default the one whose landmarks lie on the body; ``body`` saves loading the body model
    again. Raises SfvError where the keypoints have no such person.
    """
    skin = body or load_body(name=motion.body)
    joints = skin.joints(motion.poses, motion.betas, motion.trans)
    ground = metrics.on_ground(motion, skin)
    least = max(1, round(LEAST_SECONDS * motion.fps))
    deepest = int(ground.lowest.argmin())
    found = None if keypoints is None else agreement(motion, keypoints, skin, person)
    lies = found if isinstance(found, Agreement) else None
    exchanged = {}
    if keypoints is not None and lies is not None:
        exchanged = exchanged_sides(motion, keypoints, skin, lies.person)
    moved = _background(motion, keypoints)
    return RecoveryReport(
        frames=len(motion),
        fps=motion.fps,
        first_frame=motion.first_frame,
        travelled=float(np.linalg.norm(np.diff(joints[:, 0, :2], axis=0), axis=-1).sum()),
        unseen=_found(unseen_parts(motion), least, least),
        exchanged=_found(exchanged, 1, 0),
        background_px=moved,
        camera_moves=moved is not None and keypoints is not None and moved > CAMERA_MOVES * max(keypoints.image_size),
        cuts=_cuts(motion, keypoints),
        grounded=motion.grounded,
        flights=_flights(motion, ground.lowest, least),
        penetration=max(0.0, -float(ground.lowest[deepest])) if motion.grounded else None,
        deepest_frame=deepest if motion.grounded else None,
        standing=None if motion.contacts is None else bool(in_stance(motion.contacts).any()),
        foot_slide=None
        if motion.contacts is None
        else metrics.foot_slide(ground.feet, stays_in_stance(motion.contacts), motion.fps),
        jumps=np.flatnonzero(jumps(joints[:, 0], motion.fps)).tolist(),
        flips=np.flatnonzero(flips(motion.poses[:, 0], motion.fps)).tolist(),
        jitter=metrics.jitter(joints, motion.fps),
        focal_px=None if motion.camera is None else motion.camera.focal_px,
        reprojection_px=None if lies is None else lies.median_px,
        reprojection_share=None if lies is None else lies.share,
        worst_frame=None if lies is None else lies.worst_frame,
        worst_px=None if lies is None else lies.worst_px,
        lies=[] if keypoints is None else said(found, motion),
        notes=motion.notes,
    )


def describe_recovery(
    motion: BodyMotion, keypoints: Keypoints | None = None, body: Body | None = None, person: int | None = None
) -> list[str]:
    """``recovery_report`` in words."""
    return recovery_report(motion, keypoints, body, person).words()


def _found(frames: dict[str, np.ndarray], shortest: int, bridge: int) -> dict[str, list[Run]]:
    """Part -> its runs, without the parts that have none."""
    found = {part: runs(holds, shortest, bridge) for part, holds in frames.items()}
    return {part: some for part, some in found.items() if some}


def _background(motion: BodyMotion, keypoints: Keypoints | None) -> float | None:
    """Median motion of the background over the motion's frames, pixels a frame, where the detector measured it."""
    if keypoints is None or keypoints.background_px is None:
        return None
    frames = keypoint_frames(motion, keypoints)
    during = keypoints.background_px[frames[(frames >= 0) & (frames < keypoints.num_frames)]]
    return float(np.nanmedian(during)) if np.isfinite(during).any() else None


def _cuts(motion: BodyMotion, keypoints: Keypoints | None) -> list[int]:
    """Cuts inside the motion, counted from its first frame."""
    if keypoints is None:
        return []
    frames = keypoint_frames(motion, keypoints).tolist()
    return [frames.index(cut) for cut in keypoints.cuts if cut in frames[1:]]


def _flights(motion: BodyMotion, lowest: np.ndarray, least: int) -> list[Run]:
    """Runs without any contact in which the body leaves the height on which it stands, upwards or, from a roof, downwards."""
    if motion.contacts is None:
        return []
    standing = in_stance(motion.contacts.max(1))
    if not standing.any():
        return []
    level = 0.0 if motion.grounded else float(np.median(lowest[standing]))
    return [(a, b) for a, b in runs(~standing, least) if np.abs(lowest[a : b + 1] - level).max() > FLIGHT_HEIGHT]
