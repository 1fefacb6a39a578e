"""Contact, stance and flight: what the words mean here, and every threshold that decides about them, each with its reason.

A *contact point* is one of ``CONTACT_POINTS`` of a body motion, or a point of a character that carries it; a *contact* is the
probability in [0, 1] that it stands on the ground in a frame. A point is in *stance* where that is above ``STANDS``. A character is in
*flight* where nothing of it touches the ground.
"""

import numpy as np

CONTACT_POINTS = ("left_heel", "left_toe", "right_heel", "right_toe")
"""Points of the soles whose contacts are recorded, in order."""
STANDS = 0.5
"""Probability above which a point is in stance."""
HELD_WEIGHT = 0.5
"""Of the optimisation's hold on a point from which a retargeted foot counts as standing: what is held with less is on its way down
or up. A weight, no probability: it is reached at a probability of .625 where ``STANDS`` is .5."""
SOLE_HEIGHT = 0.04
"""Metres below which a slow point of a sole is in stance where nobody recorded contacts: soles of captured walks lie up to so much
above z = 0, because markers and skin differ."""
SOLE_SPEED = 0.5
"""Metres a second below which a low point of a sole is in stance: a swinging foot has several."""
STANCE_HEIGHT, STANCE_SPEED = 0.06, 1.5
"""Metres, metres a second: a point that stands by the two above goes on standing, and stood before, while it is below both of these. A
captured foot shakes at up to 1.2 m/s when it lands, and rolls."""
TOUCHES, TOUCHES_NOT = 0.015, 0.03
"""Metres: below the first a body's lowest point touches the ground for sure, from the second on it does not; in between the weight
fades. A frame is flight where every point is above the second, and a reference is said to stand on what is below it."""
RECOVERED_TOUCHES, RECOVERED_TOUCHES_NOT = 0.03, 0.06
"""The same for the lowest vertex that a joint moves of a body recovered from video, whose heights err by some centimetres."""
MAY_TOUCH = 0.1
"""Metres below which a body of the reference comes so near the ground that the simulated one may touch it without that being a fall.
This is a tolerance, no contact: a policy that follows within a few centimetres must not end where its reference plants a hand."""


def in_stance(contacts: np.ndarray) -> np.ndarray:
    """Whether points stand. Probabilities of any shape -> bool of that shape."""
    return contacts > STANDS


def stays_in_stance(contacts: np.ndarray) -> np.ndarray:
    """Whether points stand in a frame and in the one before it. Shape (T, ...) -> (T - 1, ...), bool."""
    stands = in_stance(contacts)
    return stands[1:] & stands[:-1]
