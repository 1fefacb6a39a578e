"""Tables of docs/results/reconstruct.md, made from the rows: measured against needed, then means by method, clip and camera."""

from collections.abc import Sequence

import numpy as np

from sfv import metrics
from sfv.bench.recovery.means import FILM_FIGURES, MOTION_FIGURES, mean_rows
from sfv.bench.recovery.score import CALIBRATION
from sfv.bench.recovery.targets import target_rows
from sfv.bench.results import Row


def tables(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Titles and rows of all tables of the page."""
    real, synthetic, exact, parkour = (
        [row for row in rows if row["set"] == name] for name in ("real", "synthetic", "exact", "parkour")
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
        ("Synthetic set: the motion, means", _motion(fitted, ("camera", "method"))),
        ("Synthetic set: the motion, by clip", _motion(main, ("clip", "camera", "method"))),
        ("Exact landmarks: means", mean_rows(exact, ("camera", "method"))),
        ("Exact landmarks: by clip", mean_rows(exact, ("clip", "camera", "method"))),
        ("Exact landmarks: the motion, means", _motion(exact, ("camera", "method"))),
        ("Exact landmarks: the motion, by clip", _motion(exact, ("clip", "camera", "method"))),
        ("Parkour films: means", mean_rows(parkour, ("method",), FILM_FIGURES)),
        (
            "Parkour films: each",
            mean_rows([row for row in parkour if row["method"] in ("raw", "ours")], ("clip", "method"), FILM_FIGURES),
        ),
        ("Certainty", certainty_rows(rows)),
        ("Detection modes: PCK@0.2 of the torso", mean_rows(modes, ("clip", "method"))),
        ("Detection modes: means", mean_rows(modes, ("method",))),
    ]
    return [(title, table) for title, table in found if table]


def certainty_rows(rows: Sequence[Row]) -> list[Row]:
    """For each set and method with certainties: what was said and what came true in each tenth, and how far they are apart at most."""
    groups: dict[tuple[str, str], list[metrics.Calibration]] = {}
    for row in rows:
        if CALIBRATION in row and row["method"] in ("raw", "ours"):
            found = metrics.Calibration(*(np.array(sums, float) for sums in row[CALIBRATION]))
            groups.setdefault((row["set"], row["method"]), []).append(found)
    out: list[Row] = []
    for (name, method), parts in groups.items():
        whole = metrics.together(parts)
        out += [{"set": name, "method": method} | one | {"worst": whole.worst} for one in whole.rows()]
    return out


def _motion(rows: Sequence[Row], keys: Sequence[str]) -> list[Row]:
    return mean_rows([row for row in rows if "angle_deg" in row], keys, MOTION_FIGURES)


def ablation_tables(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """One table a set."""
    titles = {"real": "Real set: mean of four cameras", "synthetic": "Synthetic set: means"}
    found = [
        (title, [{key: value for key, value in row.items() if key != "set"} for row in rows if row["set"] == name])
        for name, title in titles.items()
    ]
    return [(title, table) for title, table in found if table]
