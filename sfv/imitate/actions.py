"""Actions that come from outside, held against what the task takes."""

from typing import Any

import numpy as np

from sfv.errors import SfvError


def checked_action(action: Any, shape: tuple[int, ...]) -> np.ndarray:
    """``action`` as float32 of ``shape``. Raises SfvError for what has another shape or is no array of numbers.

    NaN and infinity pass: they make the physics diverge, which ends the episode as a failure.
    """
    try:
        with np.errstate(over="ignore"):
            array = np.ascontiguousarray(action, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise SfvError(f"an action must be numbers of shape {shape} ({error})") from error
    if array.shape != shape:
        raise SfvError(f"an action must have shape {shape}, one number for each servo; it has {array.shape}")
    return array
