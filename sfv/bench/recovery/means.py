"""Means of figures over rows, whichever rows have them."""

from collections.abc import Sequence

import numpy as np

from sfv.bench.results import Row

FIGURES = (
    "pa_mpjpe_mm", "mpjpe_mm", "accel", "jitter", "foot_slide_mm", "foot_slide_own_mm", "penetration_mm", "tilt_deg", "root_mm",
    "pck", "pck_inverted", "coverage", "seconds_per_100_frames", "seconds_everything",
    "elapsed_everything",
)  # fmt: skip
"""Figures of a row in the order of the columns."""
MOTION_FIGURES = (
    "angle_deg", "swing_deg", "twist_deg", "shoulder_deg", "ankle_deg", "root_deg", "turns_right", "landing_f1", "takeoff_f1",
    "stance_f1", "flight_mm", "path_percent",
)  # fmt: skip
"""Figures that need all of the true motion, a table of their own."""
FILM_FIGURES = ("pa_mpjpe_mm", "landmarks_pa_mpjpe_mm", "worse_than_landmarks", "coverage")
"""Figures of films without calibration."""


def mean(rows: Sequence[Row], figure: str) -> float | None:
    """Mean of a figure over the rows that have it; None where none has."""
    values = [row[figure] for row in rows if row.get(figure) is not None]
    return float(np.mean(values)) if values else None


def mean_rows(rows: Sequence[Row], keys: Sequence[str], among: Sequence[str] = FIGURES) -> list[Row]:
    """One row for each combination of ``keys`` that occurs, in order of appearance: means of the figures ``among`` which to
    choose, and how many videos.
    """
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(key, "") for key in keys), []).append(row)
    figures = [figure for figure in among if any(row.get(figure) is not None for row in rows)]
    return [
        dict(zip(keys, values)) | {"videos": len(members)} | {figure: mean(members, figure) for figure in figures}
        for values, members in groups.items()
    ]
