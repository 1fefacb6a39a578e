"""A strip under the panels: when each foot stood and each limb was seen, with a hand that moves along."""

from collections.abc import Sequence

import cv2
import numpy as np

from sfv.reconstruct.report.evidence import unseen_parts
from sfv.render.recovery.overlay import LEFT_RGB, RIGHT_RGB
from sfv.render.recovery.people import UNSEEN_RGB, Person, span
from sfv.render.text import put_words

_ROW, _GAP, _EDGE = 9, 3, 6  # pixels
_LABELS = 74
"""Width of the rows' names, pixels."""
_SIZE = 10
_MOST = 3
"""So many people have rows; the strip would grow too high for more."""
_GROUND = (246, 247, 248)
_EMPTY = (226, 229, 232)
_HAND = (40, 42, 46)
_INK = (70, 74, 80)
_STRIPES = 3  # pixels
_ROWS = (
    ("left arm", ("left arm", "left forearm")),
    ("right arm", ("right arm", "right forearm")),
    ("left leg", ("left leg", "left lower leg", "left foot")),
    ("right leg", ("right leg", "right lower leg", "right foot")),
)
"""Row and the parts whose absence is shown in it."""


class Timeline:
    """The strip of a whole recovery; only the hand is drawn anew in every frame."""

    def __init__(self, people: Sequence[Person], width: int) -> None:
        self._first, self._last = span(people)
        self._width = width
        shown = people[:_MOST]
        rows = [(person, row) for person in range(len(shown)) for row in range(len(_ROWS) + 2)]
        height = 2 * _EDGE + len(rows) * (_ROW + _GAP) - _GAP + (len(shown) - 1) * _EDGE
        self._strip = np.full((height, width, 3), _GROUND, np.uint8)
        for index, (person, row) in enumerate(rows):
            top = _EDGE + index * (_ROW + _GAP) + index // (len(_ROWS) + 2) * _EDGE
            self._draw_row(shown[person], row, top, f" {person}" if len(shown) > 1 else "")

    def draw(self, frame: int) -> np.ndarray:
        """The strip with its hand at ``frame``. Shape (H, width, 3), uint8 RGB."""
        strip = self._strip.copy()
        x = round(self._column(frame + 0.5))
        cv2.line(strip, (x, 2), (x, strip.shape[0] - 3), _HAND, 2, cv2.LINE_AA)
        return strip

    def _column(self, frame: float) -> float:
        share = (frame - self._first) / (self._last - self._first + 1)
        return _LABELS + share * (self._width - _LABELS - _EDGE)

    def _draw_row(self, person: Person, row: int, top: int, number: str) -> None:
        start = person.motion.first_frame
        left, right = (round(self._column(start + end)) for end in (0, len(person.motion)))
        bar = self._strip[top : top + _ROW, left:right]
        index = np.clip(
            (np.arange(left, right) + 0.5 - left) / max(right - left, 1) * len(person.motion), 0, len(person.motion) - 1
        )
        index = index.astype(int)
        if row < len(_ROWS):
            name, parts = _ROWS[row]
            missing = unseen_parts(person.motion)
            unseen = np.zeros(len(person.motion), bool)
            for part in (*parts, "body"):
                unseen |= missing.get(part, unseen)
            y, x = np.mgrid[:_ROW, left:right]
            bar[:] = np.where(unseen[index][None, :, None], UNSEEN_RGB[(x + y) // _STRIPES % 2], person.colour)
        else:
            side, rgb, points = (("left", LEFT_RGB, slice(0, 2)), ("right", RIGHT_RGB, slice(2, 4)))[row - len(_ROWS)]
            name = f"{side} foot"
            # heel in the upper half, ball of the foot in the lower half
            standing = person.standing[index, points].T
            half = np.repeat(standing, [_ROW // 2, _ROW - _ROW // 2], axis=0)
            bar[:] = np.where(half[..., None], rgb, _EMPTY)
        put_words(self._strip, name + number, _SIZE, (_EDGE, top - 2), _INK)
