"""docs/results/robustness.md: what was wanted beside what was reached, then what each skill survives, then every row."""

from collections.abc import Sequence
from pathlib import Path

from sfv.bench.results import Row, Table, merge_rows, read_rows, write_results
from sfv.bench.robustness.goals import GROUNDS, PUSHED_FACTOR, PUSHES
from sfv.bench.robustness.retrained import PROTOCOL, SHOVED
from sfv.environment import load_environment
from sfv.evaluate.protocols import nominal

KEYS = ("skill", "character", "trained_on", "protocol", "setting", "metric")
"""What names a row."""
_GOALS_FOR = "humanoid"
"""DeepMimic's forces are its humanoid's."""
TEXT = """\
Each protocol says exactly what it does in the head of its file in `sfv/evaluate/protocols/`; `sfv evaluate RUN --suite full` repeats it.

Pushes: 0.2 s on the root. "halfway" is DeepMimic's own measurement: an undisturbed start, one push halfway through the clip, growing
by 10 N until it falls. "random" is stricter: 32 random phases and moments, and the largest force that none of them falls under, or
that 90 % or half of them survive. Halfway is one trial a force: a gap in the middle ends it, and the rounding of another processor moves
it (the walk that shipped before: 780 / 240 / 460 N on one machine, 650 / 250 / 410 on the next), where "half stand" moves by its
interval. DeepMimic pushed to one side (its z axis: to the right); "sideways" here is the worse of both.
Retrained: the flat policy trained further on that ground (`sfv train CLIP --env GROUND --from RUN`), 20 s of a cyclic clip or the whole
of another; completion is the share of starts that come to the end without a fall, within 1 m of the reference; samples and minutes are
those of the last training where there were several ([trials.md](trials.md), "Other ground, and pushes"). Intervals are 95 %
(Wilson's of a share, the normal one of a mean; of a force, the steps beside it). trained_on: empty where the environment is flat and
no start was pushed (`--imitation.start-push-speed`: the root's velocity where an episode begins; nobody is pushed).
Of "Learned anew", walk_rough, backflip_slope and flat_pushed were measured on the machine above, the others, and what was trained on
flat_randomised, at b929a3c on another (AMD EPYC): their runs are those of trials.md and do not ship.

SfV shows skills on other ground without figures, so there is nothing to compare those with.
Contact sheets of the retrained skills, policy above reference: `sheets/robust_*.jpg`.
"""


def add_rows(rows: Sequence[Row], command: str, out: Path, ships: bool = False) -> list[Row]:
    """Write the page with ``rows`` added, or in place of those they replace. Returns all of them.

    A protocol that is measured again replaces all of its rows: where it looks depends on what it finds. ``ships``: rows of the skill
    of that name, so what one measured that was trained otherwise and shipped before it goes as well.
    """
    again = {_protocol_of(row) for row in rows if row["protocol"] != PROTOCOL}
    if ships:
        again |= {(*key[:2], "", key[3]) for key in again}
    old = [row for row in read_rows("robustness", out) if _protocol_of(row) not in again]
    merged = [_compact(row) for row in merge_rows(old, list(rows), KEYS)]
    merged.sort(key=lambda row: (row["character"] != "humanoid", row["character"], row["skill"], row["protocol"]))
    write_results("robustness", command, merged, out, TEXT, tables(merged))
    return merged


def _protocol_of(row: Row) -> tuple[str, ...]:
    return tuple(row.get(key, "") for key in KEYS[:4])


def _compact(row: Row) -> Row:
    """Four digits, and nothing that says nothing: there are thousands of rows."""
    kept = {key: value for key, value in row.items() if (key, value) not in (("sweep", ""), ("level", None))}
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in kept.items()}


def tables(rows: Sequence[Row]) -> list[Table]:
    """The page's tables; one without rows is left out."""
    found = (
        ("Pushes: the largest force survived, newtons", _pushes(rows)),
        ("Learned anew on other ground", _grounds(rows)),
        (
            "What skills come through unchanged: levels at which at least 90 % complete, ≤ and ≥ where no more was tried",
            _ranges(rows),
        ),
    )
    return [(title, shown) for title, shown in found if shown]


def _pushes(rows: Sequence[Row]) -> list[Row]:
    groups: dict[tuple[str, ...], list[Row]] = {}
    nr = {
        tuple(row.get(key, "") for key in KEYS[:3]): round(row["value"], 3)
        for row in rows
        if (row["protocol"], row["metric"]) == (nominal.NAME, "nr")
    }
    for row in rows:
        if row["protocol"] == "push":
            whose = (row["character"] != _GOALS_FOR, row["character"], row["skill"], row.get("trained_on", ""))
            groups.setdefault(whose, []).append(row)
    goals = {goal.skill: goal for goal in PUSHES}
    out = []
    for (other, character, skill, trained), mine in sorted(groups.items()):
        line: Row = {"skill": skill, "character": character, "trained_on": trained}
        if not other and (goal := goals.get(skill)) is not None:
            line |= {"DeepMimic forward / sideways": f"{goal.forward:g} / {goal.sideways:g}"}
            more = PUSHED_FACTOR if _was_pushed(trained) else 1.0
            line |= {"needed": f"{more * goal.needed_forward:g} / {more * goal.needed_sideways:g}"}
        for setting in ("halfway", "random, no fall", "random, 90 % stand", "random, half stand"):
            forces = [_force(mine, setting, direction) for direction in ("forward", "left", "right")]
            if all(forces):
                line[f"{setting}: forward / left / right"] = " / ".join(forces)
        line["NR"] = nr.get((skill, character, trained))
        out.append(line)
    return out


def _was_pushed(trained_on: str) -> bool:
    """Real pushes came in training; pushes at the start are none."""
    return bool(trained_on) and load_environment(trained_on.split(SHOVED)[0]).randomisation.pushes


def _force(rows: Sequence[Row], setting: str, direction: str) -> str:
    for row in rows:
        if (row["protocol"], row["setting"], row["metric"]) == ("push", setting, f"max_force_{direction}"):
            return f"{row['value']:.0f}" if row["high"] is not None else f">= {row['value']:.0f}"
    return ""


def _grounds(rows: Sequence[Row]) -> list[Row]:
    goals = {(goal.character, goal.skill, goal.setting): goal.completion for goal in GROUNDS}
    out = []
    mine = [row for row in rows if row["protocol"] == PROTOCOL]
    nr = {tuple(row.get(key) for key in KEYS[:5]): row["value"] for row in mine if row["metric"] == "nr"}
    for row in mine:
        if row["metric"] == "completion":
            wanted = goals.get((row["character"], row["skill"], row["setting"]))
            out.append({
                "skill": row["skill"], "character": row["character"], "trained on": row["trained_on"], "measured on": row["setting"],
                "completion": row["value"], "95 %": f"{row['low']:.3f} to {row['high']:.3f}", "starts": row["n"],
                "needed": wanted, "NR": nr.get(tuple(row.get(key) for key in KEYS[:5])),
                "samples": row.get("samples"), "minutes": row.get("minutes"),
            })  # fmt: skip
    return out


def _ranges(rows: Sequence[Row]) -> list[Row]:
    """A line for each sweep: the levels between which at least 90 % come to the end, a column for each skill."""
    lines: dict[str, Row] = {}
    for row in rows:
        if row["metric"] in _ENDS:
            change = f"{row['protocol']}: {row['setting']}"
            line = lines.setdefault(change, {"change": change})
            column = line.setdefault(_column(row), {})
            column[row["metric"]] = _end(row)
    skills = list(dict.fromkeys(name for line in lines.values() for name in line if name != "change"))
    return [
        {"change": change} | {skill: _between(line[skill]) if skill in line else "–" for skill in skills}
        for change, line in lines.items()
    ]


def _column(row: Row) -> str:
    """Whose it is."""
    whose = row["skill"] if row["character"] == "humanoid" else f"{row['skill']} ({row['character']})"
    return f"{whose}, {row['trained_on']}" if row.get("trained_on") else whose


_ENDS = ("lowest", "highest")


def _end(row: Row) -> str:
    """A level; with a sign where the next one was not tried, so that it may go further."""
    open_ended = row["low" if row["metric"] == "lowest" else "high"] is None
    sign = {"lowest": "≤ ", "highest": "≥ "}[row["metric"]] if open_ended else ""
    return f"{sign}{row['value']:.3g}"


def _between(ends: dict[str, str]) -> str:
    if len(ends) == len(_ENDS):
        return f"{ends['lowest']} to {ends['highest']}"
    return f"down to {ends['lowest']}" if "lowest" in ends else f"up to {ends['highest']}"
