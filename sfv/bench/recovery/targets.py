"""What a reconstruction has to reach, and how far it is: one line a figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sfv.bench.recovery.means import mean
from sfv.bench.results import Row


@dataclass(frozen=True)
class Target:
    """One figure that is asked for."""

    words: str
    figure: str
    limit: float
    rows: Callable[[Row], bool]
    """Which rows it is the mean of."""
    at_least: bool = False
    worst: str = ""
    """Of the means by this key the greatest is taken, in place of the mean of all."""


def _of(**wanted: str | tuple[str, ...]) -> Callable[[Row], bool]:
    def holds(row: Row) -> bool:
        return all(row.get(key) in (value if isinstance(value, tuple) else (value,)) for key, value in wanted.items())

    return holds


_KNOWN, _UNKNOWN = _of(set="real", method="ours", camera="known"), _of(set="real", method="ours", camera="unknown")
_FILMS, _SYNTHETIC = _of(set="parkour", method="ours"), _of(set="synthetic", method="ours", camera="known")
_TURNED, _EXACT = _of(set="synthetic", method="ours"), _of(set="exact", method="ours", camera="known")
TARGETS = (
    Target("real, focal length and gravity known: PA-MPJPE, mm", "pa_mpjpe_mm", 45, _KNOWN),
    Target("real, focal length and gravity known: MPJPE, mm", "mpjpe_mm", 66, _KNOWN),
    Target("real, both unknown: PA-MPJPE, mm", "pa_mpjpe_mm", 48, _UNKNOWN),
    Target("real, both unknown: MPJPE, mm", "mpjpe_mm", 70, _UNKNOWN),
    Target("real: foot slide, mm a frame", "foot_slide_mm", 0.5, _of(set="real", method="ours")),
    Target("real: deepest penetration, mm", "penetration_mm", 10, _of(set="real", method="ours")),
    Target("parkour: PA-MPJPE, mm", "pa_mpjpe_mm", 68, _FILMS),
    Target("parkour: films worse than the detector's landmarks of the same frames, share", "worse_than_landmarks", 0, _FILMS),
    Target("parkour: frames covered, share", "coverage", 0.97, _FILMS, True),
    Target("synthetic: PA-MPJPE, mm", "pa_mpjpe_mm", 40, _SYNTHETIC),
    Target("synthetic: PA-MPJPE of the worst clip, mm", "pa_mpjpe_mm", 60, _SYNTHETIC, worst="clip"),
    *(
        Target(f"synthetic: PCK of inverted frames, {clip}", "pck_inverted", limit, _of(set="synthetic", clip=clip, method="ours"), True)
        for clip, limit in (("backflip", 0.95), ("roll", 0.88))
    ),
    Target("synthetic: clips that turn as often and as the truth, share", "turns_right", 1, _TURNED, True),
    Target("synthetic: stances found, F1 at 50 ms", "stance_f1", 0.85, _TURNED, True),
    Target("synthetic: error of the way over 3 m, %", "path_percent", 10, _TURNED),
    Target("exact landmarks: joint angles of the shoulders, degrees", "shoulder_deg", 15, _EXACT),
    Target("exact landmarks: joint angles of the ankles, degrees", "ankle_deg", 15, _EXACT),
    Target("exact landmarks: joint angles of 17 joints, degrees", "angle_deg", 12, _EXACT),
    Target("detector and fit, processor seconds per 100 frames", "seconds_everything", 6, _of(set=("real", "synthetic"), method="ours")),
)  # fmt: skip
"""What a reconstruction has to reach; means over cameras, or over views and backgrounds."""


def target_rows(rows: Sequence[Row]) -> list[Row]:
    """Measured against needed, for the targets that could be measured."""
    out: list[Row] = []
    for target in TARGETS:
        chosen = [row for row in rows if target.rows(row)]
        measured = mean(chosen, target.figure)
        if target.worst and measured is not None:
            groups = {
                row[target.worst]: [one for one in chosen if one[target.worst] == row[target.worst]] for row in chosen
            }
            means = [mean(group, target.figure) for group in groups.values()]
            measured = max(value for value in means if value is not None)
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
