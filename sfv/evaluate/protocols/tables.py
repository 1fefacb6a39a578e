"""Rows in words: tables of curves, numbers with their intervals, and how far sweeps hold."""

from collections.abc import Mapping, Sequence

from sfv.evaluate.protocols.result import Row

_COLUMNS = {
    "completion": "completed", "nr": "NR", "recovered": "recovered", "recovery_seconds": "seconds until then (quartiles)",
    "root_apart": "metres apart",
}  # fmt: skip
"""Heads of the metrics that the protocols here give; others are called what they are."""
_RANGES = ("lowest", "highest")
_NOMINAL = ("nothing changed", "level ground", "undisturbed")
"""Settings of the levels at which nothing is changed."""


def amount(row: Row) -> str:
    """The value of a limit, marked where nothing beyond it was tried."""
    beyond = "<= " if row.low is None else ">= " if row.high is None else ""
    return f"{beyond}{row.value:.4g}"


def interval(row: Row) -> str:
    """A share or an NR with its interval."""
    return f"{row.value:.3f} [{row.low or 0.0:.3f}, {row.high or 0.0:.3f}]"


def curves(rows: Sequence[Row], among: Sequence[str] | None = None) -> str:
    """Completion, NR and whatever else there is, a line a level. ``among``: only these metrics."""
    given = dict.fromkeys(row.metric for row in rows if row.setting and row.metric not in _RANGES)
    wanted = [name for name in (*_COLUMNS, *given) if name in given and (among is None or name in among)]
    metrics = list(dict.fromkeys(wanted))
    heads = [_COLUMNS.get(name, name.replace("_", " ")) for name in metrics]
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(metrics) + 1) + "|"]
    by_level: dict[tuple[str, float, str], dict[str, Row]] = {}
    for row in rows:
        if row.metric in metrics:
            by_level.setdefault((row.sweep, row.level or 0.0, row.setting), {})[row.metric] = row
    sweeps = list(dict.fromkeys(name for name, _, _ in by_level))
    ordered = sorted(by_level.items(), key=lambda item: (sweeps.index(item[0][0]), item[0][1]))
    sweep = None
    for (name, _, setting), found in ordered:
        first = f"**{name}**: {setting}" if name and name != sweep else setting
        sweep = name
        lines.append(f"| {first} | " + " | ".join(interval(found[m]) if m in found else "" for m in metrics) + " |")
    return "\n".join(lines) + "\n"


def limits(rows: Sequence[Row], units: Mapping[str, str], of_what: str) -> list[str]:
    """How far a protocol's sweeps hold, and the first levels that do not."""
    holds, fails = [], []
    for sweep, unit in units.items():
        levels = {row.level: row.setting for row in rows if row.metric == "completion" and row.sweep == sweep}
        ends = [row for row in rows if row.setting == sweep and row.metric in _RANGES]
        if any(levels.get(row.value) not in _NOMINAL for row in ends):
            holds.append(f"{' to '.join(map(amount, ends))} {unit}")
        beyond = [row.low if row.metric == "lowest" else row.high for row in ends]
        fails += [levels[value] for value in beyond if value is not None]
    out = []
    if holds:
        out.append(f"changes {of_what} that at least 90 % come through (<=, >=: no more was tried): {'; '.join(holds)}")
    return out + ([f"first changes {of_what} that fewer come through: {', '.join(fails)}"] if fails else [])
