"""Who was found, in words, and the choice of one."""

import numpy as np

from sfv.detect.keypoints import Keypoints
from sfv.errors import NoPersonError, UnknownNameError

CHOICES = ("nearest", "longest", "largest", "left", "right")
"""Words that choose a person: nearest to the camera (lowest feet in the picture), seen in most frames, tallest in pixels,
farthest left or right (medians over the frames)."""


def heights_px(keypoints: Keypoints) -> np.ndarray:
    """Median over frames of the height of each person's landmarks in the picture, pixels. Shape (P,)."""
    rows = np.where(keypoints.confidence > 0, keypoints.xy_px[..., 1], np.nan)
    return _median(
        [np.nanmax(rows[p, seen], -1) - np.nanmin(rows[p, seen], -1) for p, seen in enumerate(keypoints.present)]
    )


def feet_px(keypoints: Keypoints) -> np.ndarray:
    """Median over frames of each person's lowest landmark, pixels from the top. Shape (P,)."""
    rows = np.where(keypoints.confidence > 0, keypoints.xy_px[..., 1], np.nan)
    return _median([np.nanmax(rows[p, seen], -1) for p, seen in enumerate(keypoints.present)])


def places_px(keypoints: Keypoints) -> np.ndarray:
    """Median over frames of the middle of each person's landmarks, pixels from the left. Shape (P,)."""
    columns = np.where(keypoints.confidence > 0, keypoints.xy_px[..., 0], np.nan)
    return _median([np.nanmedian(columns[p, seen], -1) for p, seen in enumerate(keypoints.present)])


def _median(values: list[np.ndarray]) -> np.ndarray:
    return np.array([np.median(value) if len(value) else 0.0 for value in values])


def describe(keypoints: Keypoints) -> list[str]:
    """One line for each person: number, when seen (seconds into the video; not of a single picture), height, side of the picture."""
    lines = []
    heights, thirds = heights_px(keypoints), places_px(keypoints) / keypoints.image_size[0] * 3
    for person in range(keypoints.num_people):
        first, last = (_seconds(keypoints, frame) for frame in keypoints.span(person))
        side = ("left", "middle", "right")[int(np.clip(thirds[person], 0, 2))]
        when = f"{first:.2f} to {last:.2f} s, " if keypoints.num_frames > 1 else ""
        lines.append(f"person {person}: {when}{heights[person]:.0f} px high, {side}")
    return lines


def _seconds(keypoints: Keypoints, frame: int) -> float:
    """When the film plays a frame of the arrays: in a film of slow motion later than it was in life."""
    slower = keypoints.film.slow_motion if keypoints.film else 1.0
    return (keypoints.first_frame + frame) / keypoints.fps * slower


def describe_scene(keypoints: Keypoints) -> list[str]:
    """What else one should know: what was assumed of another program's file, that the camera moves, that the video cuts.

    No line where there is nothing to say.
    """
    lines = list(keypoints.notes)
    if keypoints.background_px is not None and moving(keypoints).any():
        speed = float(np.nanmedian(keypoints.background_px[moving(keypoints)]))
        share = 100 * float(moving(keypoints).mean())
        lines.append(f"the camera moves in {share:.0f} % of the frames, by {speed:.1f} pixels a frame")
    if keypoints.cuts:
        times = ", ".join(f"{_seconds(keypoints, cut):.2f}" for cut in keypoints.cuts)
        lines.append(f"the video cuts to another shot at {times} s")
    return lines


MOVING_SHARE = 0.0005
"""A background that moves faster than this share of the picture's longer side a frame means that the camera moves (1 px of
1920): tripods and compression give .0003 at most."""


def moving(keypoints: Keypoints) -> np.ndarray:
    """Frames in which the camera moves. Shape (T,), bool; False where the background is unknown."""
    if keypoints.background_px is None:
        return np.zeros(keypoints.num_frames, bool)
    return np.nan_to_num(keypoints.background_px) > MOVING_SHARE * max(keypoints.image_size)


def choose_person(keypoints: Keypoints, choice: str) -> int:
    """Number of a person: "nearest", "longest", "largest", "left", "right" (see ``CHOICES``), or a number as text.

    Raises NoPersonError for a number that nobody has, UnknownNameError for another word.
    """
    if choice.lstrip("-").isdigit():
        person = int(choice)
        if not 0 <= person < keypoints.num_people:
            raise NoPersonError(f"there is no person {person}; found: {'; '.join(describe(keypoints)) or 'nobody'}")
        return person
    if choice not in CHOICES:
        raise UnknownNameError("choice of a person", choice, CHOICES, "Or give a person's number")
    if not keypoints.num_people:
        raise NoPersonError("nobody was found, so nobody can be chosen")
    score = {
        "nearest": lambda: feet_px(keypoints),
        "longest": lambda: keypoints.present.sum(1),
        "largest": lambda: heights_px(keypoints),
        "left": lambda: -places_px(keypoints),
        "right": lambda: places_px(keypoints),
    }[choice]()
    return int(np.argmax(score))
