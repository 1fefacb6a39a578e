"""The facts of one recovered motion, and the sentences that say them."""

from dataclasses import asdict, dataclass
from typing import Any

from sfv.metrics.runs import Run
from sfv.reconstruct.report.runs import frames_in_words, seconds_in_words

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
    """Side of the "body", the "arms" or the "legs" -> frames in which the detector took left for right and the body was kept."""
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
    """Mean way of a standing point of the feet in 1/30 s, metres (``sfv.metrics.foot_slide``); None where none stands."""
    jumps: list[int]
    """Frames into which the pelvis jumps."""
    flips: list[int]
    """Frames into which the body turns over faster than anybody can."""
    jitter: float
    """Mean third difference of the joints, 10 m/s^3."""
    focal_px: float | None
    """The camera's focal length; None without a camera."""
    reprojection_px: float | None
    """Median distance between the body's landmarks and the detector's; None without either."""
    reprojection_share: float | None
    """The same as a share of the person's size in the picture."""
    worst_frame: int | None
    """Frame in which the mean distance is greatest."""
    worst_px: float | None
    lies: list[str]
    """Those in words, and where the body does not lie on the person, that it does not."""
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
        return [*lines, *self.lies]

    def _ground_words(self) -> list[str]:
        lines = []
        if self.flights:
            lines.append(f"both feet leave the ground {seconds_in_words(self.flights, self.fps, self.first_frame)}")
        if self.penetration is not None and self.penetration > PENETRATION and self.deepest_frame is not None:
            lines.append(
                f"deepest penetration {1000 * self.penetration:.0f} mm, in frame {self.deepest_frame + self.first_frame}"
            )
        if self.foot_slide is not None:
            lines.append(f"feet slide {1000 * self.foot_slide:.1f} mm in 1/30 s of contact")
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
