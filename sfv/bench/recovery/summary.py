"""Tables of docs/results/reconstruct.md, made from the rows: measured against needed, then means by method, clip and camera."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sfv.bench.results import Row

FIGURES = (
    "pa_mpjpe_mm", "mpjpe_mm", "accel", "jitter", "foot_slide_mm", "foot_slide_own_mm", "penetration_mm", "tilt_deg", "root_mm",
    "pck", "pck_inverted", "coverage", "seconds_per_100_frames", "seconds_everything",
    "elapsed_everything",
)  # fmt: skip
"""Figures of a row in the order of the columns."""


@dataclass(frozen=True)
class Target:
    """One figure that is asked for."""

    words: str
    figure: str
    limit: float
    rows: Callable[[Row], bool]
    """Which rows it is the mean of."""
    at_least: bool = False


def _of(**wanted: str | tuple[str, ...]) -> Callable[[Row], bool]:
    def holds(row: Row) -> bool:
        return all(row.get(key) in (value if isinstance(value, tuple) else (value,)) for key, value in wanted.items())

    return holds


_KNOWN, _UNKNOWN = _of(set="real", method="ours", camera="known"), _of(set="real", method="ours", camera="unknown")
TARGETS = (
    Target("real, focal length and gravity known: PA-MPJPE, mm", "pa_mpjpe_mm", 45, _KNOWN),
    Target("real, focal length and gravity known: MPJPE, mm", "mpjpe_mm", 68, _KNOWN),
    Target("real, both unknown: PA-MPJPE, mm", "pa_mpjpe_mm", 49, _UNKNOWN),
    Target("real, both unknown: MPJPE, mm", "mpjpe_mm", 74, _UNKNOWN),
    Target("real: foot slide, mm a frame", "foot_slide_mm", 0.5, _of(set="real", method="ours")),
    Target("real: deepest penetration, mm", "penetration_mm", 10, _of(set="real", method="ours")),
    *(
        Target(f"synthetic: PA-MPJPE of {clip}, mm", "pa_mpjpe_mm", limit, _of(set="synthetic", clip=clip, method="ours", camera="known"))
        for clip, limit in (("cartwheel", 50), ("backflip", 48), ("spinkick", 45), ("roll", 60), ("walk", 38), ("run", 38), ("dance_a", 38))
    ),
    *(
        Target(f"synthetic: PCK of inverted frames, {clip}", "pck_inverted", limit, _of(set="synthetic", clip=clip, method="raw"), True)
        for clip, limit in (("backflip", 0.97), ("roll", 0.90))
    ),
    Target("fit, processor seconds per 100 frames", "seconds_per_100_frames", 2, _of(method="ours")),
    Target("detector and fit, processor seconds per 100 frames", "seconds_everything", 5, _of(method="ours")),
)  # fmt: skip
"""What a reconstruction has to reach; means over cameras, or over views and backgrounds."""


def mean(rows: Sequence[Row], figure: str) -> float | None:
    """Mean of a figure over the rows that have it; None where none has."""
    values = [row[figure] for row in rows if row.get(figure) is not None]
    return float(np.mean(values)) if values else None


def target_rows(rows: Sequence[Row]) -> list[Row]:
    """Measured against needed, for the targets that could be measured."""
    out: list[Row] = []
    for target in TARGETS:
        chosen = [row for row in rows if target.rows(row)]
        measured = mean(chosen, target.figure)
        if measured is not None:
            met = measured >= target.limit if target.at_least else measured <= target.limit
            sign = ">=" if target.at_least else "<="
            out.append(
                {
                    "what": target.words,
                    "measured": measured,
                    "needed": f"{sign} {target.limit:g}",
                    "met": "yes" if met else "no",
                }
            )
    return out


def mean_rows(rows: Sequence[Row], keys: Sequence[str]) -> list[Row]:
    """One row for each combination of ``keys`` that occurs, in order of appearance: means of all figures, and how many videos."""
    groups: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(key, "") for key in keys), []).append(row)
    figures = [figure for figure in FIGURES if any(row.get(figure) is not None for row in rows)]
    return [
        dict(zip(keys, values)) | {"videos": len(members)} | {figure: mean(members, figure) for figure in figures}
        for values, members in groups.items()
    ]


def tables(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Titles and rows of all tables of the page."""
    real, synthetic, parkour = (
        [row for row in rows if row["set"] == name] for name in ("real", "synthetic", "parkour")
    )
    modes = [row for row in synthetic if row["method"].startswith("detect:")]
    fitted = [row for row in synthetic if row not in modes]
    real_main, main = ([row for row in part if row["method"] in ("raw", "ours")] for part in (real, fitted))
    found = [
        ("Measured against needed", target_rows(rows)),
        ("Real set: means over the four cameras", mean_rows(real, ("camera", "method"))),
        ("Real set: each camera", mean_rows(real_main, ("camera", "method", "view"))),
        ("Synthetic set: means", mean_rows(fitted, ("camera", "method"))),
        ("Synthetic set: by clip", mean_rows(main, ("clip", "camera", "method"))),
        ("Synthetic set: by background", mean_rows(main, ("background", "camera", "method"))),
        ("Parkour films: means", mean_rows(parkour, ("method",))),
        (
            "Parkour films: each",
            mean_rows([row for row in parkour if row["method"] in ("raw", "ours")], ("clip", "method")),
        ),
        ("Detection modes: PCK@0.2 of the torso", mean_rows(modes, ("clip", "method"))),
        ("Detection modes: means", mean_rows(modes, ("method",))),
    ]
    return [(title, table) for title, table in found if table]


def ablation_tables(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """One table a set."""
    titles = {"real": "Real set: mean of four cameras", "synthetic": "Synthetic set: means"}
    found = [
        (title, [{key: value for key, value in row.items() if key != "set"} for row in rows if row["set"] == name])
        for name, title in titles.items()
    ]
    return [(title, table) for title, table in found if table]
