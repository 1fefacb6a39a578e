"""Runs side by side: the main numbers of their robustness reports as one table, with the best of each line."""

from collections.abc import Sequence
from dataclasses import dataclass

from sfv.evaluate.protocols.registry import known
from sfv.evaluate.protocols.result import Row
from sfv.evaluate.report import Report

BEST, SAME = "**", "~"
"""Around the best value of a line; before one whose interval overlaps the best one's."""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    words: str
    rows: tuple[Row | None, ...]
    """A row a report; None where it was not measured."""
    smaller: bool = False
    """The smallest value is the best one."""


def comparison(reports: Sequence[Report]) -> str:
    """Markdown: a column a run, and what keeps some lines from being compared."""
    heads = [f"{report.name} ({report.character}, on {report.env})" for report in reports]
    table = [f"| | {' | '.join(heads)} |", "|---" * (len(reports) + 1) + "|"]
    table += [f"| {line.words} | {' | '.join(cells(line))} |" for line in lines(reports)]
    notes = [
        f"{BEST}best of the line{BEST}; {SAME} its interval overlaps the best one's, so that the difference may be chance; "
        "<=, >=: nothing beyond was tried."
    ]
    return "\n".join([*table, "", *notes, *(f"Mind: {words}." for words in differences(reports))]) + "\n"


def lines(reports: Sequence[Report]) -> list[Line]:
    """Lines of which at least one report has a row."""
    out = []
    for protocol in known(list(dict.fromkeys(row.protocol for report in reports for row in report.rows))):
        for wanted in protocol.lines():
            found = [report.find(protocol.name, wanted.setting, wanted.metric) for report in reports]
            if any(found):
                out.append(Line(wanted.words, tuple(rows[0] if rows else None for rows in found), wanted.smaller))
    return out


def cells(line: Line) -> list[str]:
    """Values of a line, marked."""
    known = [row for row in line.rows if row is not None]
    sign = -1.0 if line.smaller else 1.0
    best = max(known, key=lambda row: sign * row.value)
    out = []
    for row in line.rows:
        if row is None:
            out.append("")
        elif len(known) > 1 and row.value == best.value:
            out.append(f"{BEST}{_value(row)}{BEST}")
        else:
            out.append(f"{SAME} {_value(row)}" if len(known) > 1 and overlap(row, best) else _value(row))
    return out


def overlap(a: Row, b: Row) -> bool:
    """Whether the intervals of two rows have a point in common. A limit's interval reaches to the next level that was tried,
    at which it no longer holds, so that end does not belong to it."""
    low_a, high_a, low_b, high_b = _ends(a) + _ends(b)
    return low_a < high_b and low_b < high_a


def _ends(row: Row) -> tuple[float, float]:
    return float("-inf") if row.low is None else row.low, float("inf") if row.high is None else row.high


def _value(row: Row) -> str:
    """A number with its interval, or with what was not tried beyond it."""
    if row.low is None or row.high is None:
        return f"{'<=' if row.low is None else '>='} {row.value:.4g}"
    if row.value in (row.low, row.high):
        other = row.high if row.value == row.low else row.low
        return f"{row.value:.4g} (not {other:.4g})" if other != row.value else f"{row.value:.4g}"
    return f"{row.value:.4g} [{row.low:.4g}, {row.high:.4g}]"


def differences(reports: Sequence[Report]) -> list[str]:
    """What makes some numbers no comparison, in words."""
    out = []
    for protocol in dict.fromkeys(name for report in reports for name in report.protocols):
        done = [report.protocols[protocol] for report in reports if protocol in report.protocols]
        if len({entry.version for entry in done}) > 1:
            out.append(f"{protocol} was measured with different versions; do it anew")
        elif any(entry.settings != done[0].settings for entry in done):
            out.append(f"{protocol} was measured with different settings")
        if len(done) < len(reports):
            out.append(f"{protocol} was not measured for all")
    return out
