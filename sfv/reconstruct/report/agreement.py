"""Whether the recovered body lies on the person in the picture: the reprojection error against the person's size, in words."""

from dataclasses import dataclass

import numpy as np

from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.report.reprojection import frame_errors, matching_person, reprojection_px, seen_landmarks

OFF = 0.05
"""Median reprojection error, as a share of the person's size in the picture, from which the body does not lie on the person."""


@dataclass(frozen=True)
class Agreement:
    """Distances in the picture between the body's landmarks and the detector's."""

    median_px: float
    """Median over frames and landmarks, pixels."""
    share: float
    """The same over the person's size: the diagonal of the box around the landmarks, median over frames."""
    worst_frame: int
    """Frame of the motion in which the mean distance is greatest."""
    worst_px: float
    person: int
    """Row of the keypoints."""
    foreign: bool
    """Whether another program's keypoints were read."""

    def words(self, first_frame: int = 0) -> list[str]:
        """The error in one sentence, and in another that the body does not lie on the person, where that is so."""
        lines = [
            f"the body lies {self.median_px:.1f} px from the 2D landmarks ({100 * self.share:.1f} % of the person's size in the "
            f"picture, median), at most {self.worst_px:.1f} px in frame {self.worst_frame + first_frame}"
        ]
        return lines if self.share <= OFF else [*lines, does_not_lie(f"more than {100 * OFF:.0f} % off", self.foreign)]


def does_not_lie(why: str, foreign: bool) -> str:
    """The sentence that says so, with the likely causes."""
    causes = (
        "the keypoints are in another layout (sfv detect --layout), of another scale, or of another video or frame rate"
        if foreign
        else "left and right or two people are mixed up in the keypoints, or most of the body is hidden (look at --pictures)"
    )
    return f"THE BODY DOES NOT LIE ON THE PERSON ({why}), and what is made of it will not move as the person did: likely {causes}"


def agreement(
    motion: BodyMotion, keypoints: Keypoints, body: Body, person: int | None = None
) -> Agreement | str | None:
    """How well a motion agrees with the keypoints that it was made from.

    ``person`` is the row of ``keypoints``, by default the one whose landmarks lie on the body. Returns a sentence where no person
    does, None where nothing can be said: no camera (it moves), or no frame in common. Raises SfvError where there is no such person.
    """
    if motion.camera is None:
        return None
    row = matching_person(motion, keypoints, body) if person is None else person
    if row is None:
        in_common = any((seen_landmarks(motion, keypoints, p)[1] > 0).any() for p in range(keypoints.num_people))
        return does_not_lie("nobody in the keypoints is where it is", bool(keypoints.notes)) if in_common else None
    xy, confidence = seen_landmarks(motion, keypoints, row)
    if not (confidence > 0).any():
        return None
    errors = reprojection_px(motion, keypoints, body, row)
    each = frame_errors(errors, confidence)
    frames = (confidence > 0).any(1)
    seen = np.where(confidence[..., None] > 0, xy, np.nan)[frames]
    size = float(np.median(np.linalg.norm(np.nanmax(seen, 1) - np.nanmin(seen, 1), axis=-1)))
    median = float(np.nanmedian(errors))
    return Agreement(
        median_px=median,
        share=median / max(size, 1.0),
        worst_frame=int(np.nanargmax(each)),
        worst_px=float(np.nanmax(each)),
        person=row,
        foreign=bool(keypoints.notes),
    )


def agreement_words(motion: BodyMotion, keypoints: Keypoints, body: Body, person: int | None = None) -> list[str]:
    """``agreement`` in words; also why it could not be measured."""
    return said(agreement(motion, keypoints, body, person), motion)


def said(found: Agreement | str | None, motion: BodyMotion) -> list[str]:
    """What ``agreement`` returned, in words."""
    if isinstance(found, Agreement):
        return found.words(motion.first_frame)
    if found is not None:
        return [found]
    why = "the camera moves" if motion.camera is None else "the keypoints hold nobody in these frames"
    return [f"how far the body lies from the 2D landmarks was not measured: {why}"]
