"""docs/results/skills.md: what was reached beside what others reached and what was wanted, then every run."""

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from sfv.bench.results import Row, Table, merge_rows, read_rows, write_results
from sfv.bench.skills.measure import KEYS
from sfv.bench.skills.names import NAMES, name_of_row
from sfv.bench.skills.published import FROM_VIDEO, GOALS, SFV_STARTS, STEADY, goal_of

TEXT = """\
NR: deterministic policy, 32 disturbed starts, 20 s of a cyclic clip or the whole of another, falls count zero; nr_fine is the same at
1/600 s with armature 0.01 (the policy was not trained there); finished counts the starts that come to the end, of all seeds. Init: rsi
(starts anywhere in the clip), asi (starts learned within phases), fsi (the clip's first frame). Spread: largest minus smallest NR of
the seeds. spread_last_quarter and range_last_quarter: standard deviation, and largest minus smallest, of the evaluations in the last
quarter of training; the largest of the seeds in the summary; steady where the standard deviation is at most 0.05. Minutes are those of
the training with its evaluations, beside as many others on the machine's two cores as jobs says. Settings:
where a run differs from what `sfv train` takes for its clip. Published figures: SfV learned from video, DeepMimic from motion capture;
their clips of the same name are not ours (sfv/bench/skills/published.py).

From synthetic video: motion capture was rendered (seen from the side, plain background), and what was recovered from the video with
an unknown camera was learned. nr is against that, nr_true against the true motion: time by time, falls and limits by the true motion,
after one turn and one move in the plane that lay its first frame onto the recovered one. nr_true_reference is what the recovered motion
itself would earn so, followed exactly. Of the motion capture: the best start mode's mean.

demo_leap: the man of the demo video who flips off a roof and lands on the street; on flat ground only from the moment his feet have
left the roof, which needs no ground, to his steps after the landing.

What was tried, kept or not, and what the recovery from video can give: [trials.md](trials.md).

Curves (NR against samples): `curves/`. Contact sheets, the policy above and its reference beneath: `sheets/`.
"""


def add_rows(rows: Sequence[Row], command: str, out: Path) -> list[Row]:
    """Write the table with ``rows`` added, or in place of those of the same skill, seed and start mode. Returns all of them."""
    merged = sorted(merge_rows(read_rows("skills", out), list(rows), KEYS), key=_order)
    write_results("skills", command, merged, out, TEXT, tables(merged))
    return merged


def _order(row: Row) -> tuple[int, str, int, str, int]:
    name, characters = name_of_row(row), [goal.character for goal in GOALS]
    place = characters.index(row["character"]) if row["character"] in characters else len(characters)
    return place, row["character"], NAMES.index(name) if name in NAMES else len(NAMES), row["init"], row["seed"]


def tables(rows: Sequence[Row]) -> list[Table]:
    """The page's tables; one without rows is left out."""
    groups = _groups(rows)
    return [
        (title, shown)
        for title, shown in (
            ("Motion capture and video", _summary(groups)),
            ("Synthetic video, against the true motion", _synthetic(groups)),
            ("Start states", _starts(groups)),
            ("Every run", rows),
        )
        if shown
    ]


_INITS = ("fsi", "rsi", "asi")
Groups = dict[tuple[str, str, str, str], list[Row]]
"""(clip, source, character, init) -> rows of all seeds."""


def _groups(rows: Sequence[Row]) -> Groups:
    groups: Groups = {}
    for row in rows:
        groups.setdefault((row["clip"], row["source"], row["character"], row["init"]), []).append(row)
    return groups


def _summary(groups: Groups) -> list[Row]:
    shown = []
    for (clip, source, character, init), rows in groups.items():
        if source == "synthetic-video":
            continue
        goal = goal_of(clip, character) if source == "mocap" else None
        nr, late = _mean(rows, "nr"), [row["spread_last_quarter"] for row in rows if "spread_last_quarter" in row]
        minutes = _mean(rows, "minutes")
        shown.append({
            "clip": clip,
            "source": source,
            "character": character,
            "init": init,
            "seeds": len(rows),
            "nr": nr,
            "spread": _spread(rows) if len(rows) > 1 else None,
            "nr_fine": _mean(rows, "nr_fine"),
            "finished": _counted(rows, "finished"),
            "finished_fine": _counted(rows, "finished_fine"),
            "SfV": goal.sfv if goal else None,
            "DeepMimic": goal.deepmimic if goal else None,
            "needed": goal.needed if goal else None,
            "reached": _yes(nr >= goal.needed) if goal else None,
            "million samples": _mean(rows, "samples") / 1e6,
            "minutes": minutes,
            "wanted minutes": goal.minutes if goal else None,
            "in time": _yes(minutes <= goal.minutes) if goal else None,
            "spread_last_quarter": max(late) if late else None,
            "steady": _yes(max(late) <= STEADY) if late else None,
        })  # fmt: skip
    done = {(row["clip"], row["character"]) for row in shown if row["source"] == "mocap"}
    missing = [goal for goal in GOALS if (goal.clip, goal.character) not in done]
    return shown + [
        {"clip": goal.clip, "source": "mocap", "character": goal.character, "SfV": goal.sfv, "DeepMimic": goal.deepmimic,
         "needed": goal.needed, "wanted minutes": goal.minutes}
        for goal in missing if shown
    ]  # fmt: skip


def _synthetic(groups: Groups) -> list[Row]:
    shown = []
    for (clip, source, character, init), rows in groups.items():
        if source != "synthetic-video":
            continue
        captured = [_mean(other, "nr") for key, other in groups.items() if key[:3] == (clip, "mocap", character)]
        share = _mean(rows, "nr_true") / max(captured) if captured else None
        shown.append({
            "clip": clip,
            "character": character,
            "init": init,
            "seeds": len(rows),
            "nr": _mean(rows, "nr"),
            "nr_true": _mean(rows, "nr_true"),
            "nr_true_reference": _mean(rows, "nr_true_reference"),
            "nr from motion capture": max(captured) if captured else None,
            "share": share,
            "needed": FROM_VIDEO,
            "reached": None if share is None else _yes(share >= FROM_VIDEO),
            "finished": _counted(rows, "finished"),
        })  # fmt: skip
    return shown


def _starts(groups: Groups) -> list[Row]:
    """Skills that were learned in more than one start mode, beside SfV's ablation."""
    shown = []
    for clip, source, character in dict.fromkeys(key[:3] for key in groups):
        keys = {init: (clip, source, character, init) for init in _INITS}
        modes = {init: groups[key] for init, key in keys.items() if key in groups}
        if len(modes) < 2:
            continue
        row: Row = {"clip": clip, "source": source, "character": character}
        for init in _INITS:
            row |= {init: _mean(modes[init], "nr") if init in modes else None}
        published = SFV_STARTS.get(clip, {})
        row |= {f"SfV {init}": published.get(init) for init in _INITS}
        row["seeds"] = " ".join(f"{init} {len(rows)}" for init, rows in modes.items())
        shown.append(row)
    return shown


def _mean(rows: Sequence[Row], key: str) -> float:
    return fmean(row[key] for row in rows)


def _spread(rows: Sequence[Row]) -> float:
    return max(row["nr"] for row in rows) - min(row["nr"] for row in rows)


def _counted(rows: Sequence[Row], key: str) -> str:
    parts = [tuple(map(int, row[key].split("/"))) for row in rows]
    return f"{sum(part[0] for part in parts)}/{sum(part[1] for part in parts)}"


def _yes(true: bool) -> str:
    return "yes" if true else "no"
