"""What a recovered motion is worth, in numbers and in words: what was unseen, where it jumps, slides, sinks, or had to be assumed."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sfv.body import Body, load_body
from sfv.detect.keypoints import Keypoints
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.evidence import unseen_parts
from sfv.reconstruct.measures import STANDS, flips, foot_slide, jitter, jumps, on_ground
from sfv.reconstruct.reprojection import frame_errors, keypoint_frames, matching_person, reprojection_px, seen_landmarks
from sfv.reconstruct.runs import Run, frames_in_words, runs, seconds_in_words
from sfv.reconstruct.sides import exchanged_sides

LEAST_SECONDS = 0.1
"""What lasts shorter than this is not said of a part that is unseen or of feet in the air; shorter gaps are bridged."""
CAMERA_MOVES = ReconstructConfig.camera_moves
"""Median motion of the background a frame, over the longer side of the image, from which the camera counts as moving."""
FLIGHT_HEIGHT = 0.02
"""Height of the lowest point of the body that a flight must reach, metres; below it contacts were only missed."""
PENETRATION = 0.001
"""Depth below the ground that is worth a sentence, metres."""
_FOCAL = "focal length"
_EXCHANGED, _MOVES = "left and right were exchanged", "the camera moves"
_NO_GROUND = (_MOVES, "no foot was seen to stand", "stands ")
"""How notes begin that say the same as a sentence of the report, or why it is not needed."""


@dataclass(frozen=True)
class RecoveryReport:
    """Facts of one recovered motion. Runs are pairs (first frame, last frame) counted from the motion's own first frame."""

    frames: int
    fps: float
    first_frame: int
    """Frame of the source video that frame 0 belongs to."""
    travelled: float
    """Length of the pelvis's way over the ground, metres."""
    unseen: dict[str, list[Run]]
    """Part of the body ("body" for all of it) -> frames without evidence."""
    exchanged: dict[str, list[Run]]
    """"body", "arms" or "legs" -> frames in which the detector took left for right and the body was kept."""
    background_px: float | None
    """Median motion of the picture's background, pixels a frame; None where nobody measured it."""
    camera_moves: bool
    cuts: list[int]
    """Frames at which the video cuts to another shot, first frames of the new one."""
    grounded: bool
    """Whether a ground was found."""
    flights: list[Run]
    """Frames in which no foot stands and the body leaves the ground."""
    penetration: float | None
    """Deepest point below the ground in any frame, metres; None without a ground."""
    deepest_frame: int | None
    standing: bool | None
    """Whether any foot ever stands; None where the motion does not know its contacts."""
    foot_slide: float | None
    """Mean way of a standing point of the feet from one frame to the next, metres; None where none stands."""
    jumps: list[int]
    """Frames into which the pelvis jumps."""
    flips: list[int]
    """Frames into which the body turns over faster than anybody can."""
    jitter: float
    """Mean third difference of the joints, 10 m/s^3."""
    focal_px: float | None
    """The camera's focal length; None without a camera."""
    reprojection_px: float | None
    """Mean distance between the body's landmarks and the detector's, weighted by confidence; None without either."""
    worst_frame: int | None
    """Frame in which that distance is greatest."""
    worst_px: float | None
    notes: tuple[str, ...]
    """The motion's own notes."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the words."""
        return asdict(self) | {"words": self.words()}

    def words(self) -> list[str]:
        """One sentence for each fact that a user should know; the best news are those that are missing."""
        said = (*((_EXCHANGED,) if self.exchanged else ()), *((_MOVES,) if self.camera_moves else ()))
        return [
            *(note for note in self.notes if not note.startswith(said)),
            *self._camera_words(),
            *self._unseen_words(),
            *self._ground_words(),
            *self._motion_words(),
        ]

    def _camera_words(self) -> list[str]:
        lines = []
        if self.camera_moves:
            so = (
                "the way over the ground is not to be trusted"
                if self.grounded
                else "no ground, the body stays in place"
            )
            lines.append(f"{_MOVES} (median {self.background_px:.1f} px a frame): {so}")
        for cut in self.cuts:
            lines.append(f"the video cuts to another shot at frame {cut + self.first_frame}")
        if self.focal_px and not self._noted(_FOCAL):
            lines.append(f"{_FOCAL}: {self.focal_px:.0f} px")
        return lines

    def _unseen_words(self) -> list[str]:
        lines = []
        for part, found in self.unseen.items():
            words = "nothing of the body was seen" if part == "body" else f"the {part} is unseen"
            lines.append(f"{words} in {self._frames(found)}")
        for part, found in self.exchanged.items():
            of = "" if part == "body" else f" of the {part}"
            lines.append(f"left and right{of} were exchanged in {self._frames(found)}, and put right")
        if self.reprojection_px is not None and self.worst_frame is not None:
            lines.append(
                f"the body lies {self.reprojection_px:.1f} px from the 2D landmarks, at most {self.worst_px:.1f} px in frame "
                f"{self.worst_frame + self.first_frame}"
            )
        return lines

    def _ground_words(self) -> list[str]:
        lines = []
        if self.flights:
            lines.append(f"both feet leave the ground {seconds_in_words(self.flights, self.fps, self.first_frame)}")
        if self.penetration is not None and self.penetration > PENETRATION and self.deepest_frame is not None:
            lines.append(
                f"deepest penetration {1000 * self.penetration:.0f} mm, in frame {self.deepest_frame + self.first_frame}"
            )
        if self.foot_slide is not None:
            lines.append(f"feet slide {1000 * self.foot_slide:.1f} mm a frame in contact")
        if self.standing is False and not self.camera_moves and not self._noted(_NO_GROUND):
            lines.append("no foot was found standing on the ground")
        if not self.grounded and not self.camera_moves and not self._noted(_NO_GROUND):
            lines.append("no ground was found: height and way mean little")
        return lines

    def _motion_words(self) -> list[str]:
        lines = []
        for found, words in ((self.jumps, "the root jumps at"), (self.flips, "the body turns over at once at")):
            if found:
                lines.append(f"{words} {frames_in_words([(frame, frame) for frame in found], self.first_frame)}")
        lines.append(f"jitter {self.jitter:.1f} (10 m/s^3)")
        return lines

    def _noted(self, beginning: str | tuple[str, ...]) -> bool:
        return any(note.startswith(beginning) for note in self.notes)

    def _frames(self, found: list[Run]) -> str:
        return frames_in_words(found, self.first_frame)


def recovery_report(
    motion: BodyMotion, keypoints: Keypoints | None = None, body: Body | None = None, person: int | None = None
) -> RecoveryReport:
    """Measure one motion, with the keypoints that it was made from where they are known.

    ``person`` is the row of ``keypoints``, by default the one whose landmarks lie on the body; ``body`` saves loading the body model
    again. Raises SfvError where the keypoints have no such person.
    """
    skin = body or load_body(name=motion.body)
    joints = skin.joints(motion.poses, motion.betas, motion.trans)
    ground = on_ground(motion, skin)
    least = max(1, round(LEAST_SECONDS * motion.fps))
    deepest = int(ground.lowest.argmin())
    error, exchanged = None, {}
    if keypoints is not None and motion.camera is not None:
        row = matching_person(motion, keypoints, skin) if person is None else person
        confidence = np.zeros(1) if row is None else seen_landmarks(motion, keypoints, row)[1]
        if row is not None and (confidence > 0).any():
            error = frame_errors(reprojection_px(motion, keypoints, skin, row), confidence)
            exchanged = exchanged_sides(motion, keypoints, skin, row)
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
        standing=None if motion.contacts is None else bool((motion.contacts > STANDS).any()),
        foot_slide=None if motion.contacts is None else foot_slide(ground.feet, motion.contacts),
        jumps=np.flatnonzero(jumps(joints[:, 0], motion.fps)).tolist(),
        flips=np.flatnonzero(flips(motion.poses[:, 0], motion.fps)).tolist(),
        jitter=jitter(joints, motion.fps),
        focal_px=None if motion.camera is None else motion.camera.focal_px,
        reprojection_px=None if error is None else float(np.nanmean(error)),
        worst_frame=None if error is None else int(np.nanargmax(error)),
        worst_px=None if error is None else float(np.nanmax(error)),
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
    standing = motion.contacts.max(1) > STANDS
    if not standing.any():
        return []
    level = 0.0 if motion.grounded else float(np.median(lowest[standing]))
    return [(a, b) for a, b in runs(~standing, least) if np.abs(lowest[a : b + 1] - level).max() > FLIGHT_HEIGHT]
