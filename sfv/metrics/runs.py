"""Runs of frames in which something holds."""

import numpy as np

Run = tuple[int, int]
"""First frame and last frame, both included."""


def runs(holds: np.ndarray, shortest: int = 1, bridge: int = 0) -> list[Run]:
    """Runs of true values in ``holds`` (T,), of at least ``shortest`` frames; gaps of up to ``bridge`` frames are bridged."""
    found: list[Run] = []
    for frame in np.flatnonzero(holds).tolist():
        if found and frame - found[-1][1] <= bridge + 1:
            found[-1] = (found[-1][0], frame)
        else:
            found.append((frame, frame))
    return [run for run in found if run[1] - run[0] + 1 >= shortest]
