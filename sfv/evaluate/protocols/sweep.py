"""One setting changed step by step: completion and NR at each level, and the range over which the skill holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sfv.evaluate.protocols.result import Failure, Result, Row, mean_row, share_row
from sfv.evaluate.protocols.trials import Played

HOLDS = 0.9
"""Share of the trials that must come to the end for a level to count as held."""


@dataclass(frozen=True)
class Level:
    """One condition of a sweep."""

    sweep: str
    """Empty: it belongs to none, and the value says nothing."""
    value: float
    setting: str
    """In words."""
    nominal: bool = False
    """Nothing is changed."""


def level_rows(protocol: str, level: Level, played: Played, rows: slice) -> list[Row]:
    """Completion and NR of worlds ``rows``."""
    alive, known = played.survived[rows], (protocol, level.setting)
    where = level.sweep, level.value if level.sweep else None
    completion = share_row(*known, "completion", int(alive.sum()), len(alive), *where)
    return [completion, mean_row(*known, "nr", played.nr[rows], *where)]


class Sweep:
    """Levels of one sweep as they come in."""

    def __init__(self, protocol: str, name: str) -> None:
        self._protocol, self._name = protocol, name
        self._rows: list[Row] = []
        self._shares: dict[float, float] = {}
        self._failures: dict[float, Failure] = {}
        self._nominal = 0.0

    def enter(self, level: Level, played: Played, rows: slice) -> None:
        """Take over the trials of one level, worlds ``rows``."""
        self._rows += level_rows(self._protocol, level, played, rows)
        self._shares[level.value] = int(played.survived[rows].sum()) / (rows.stop - rows.start)
        failure = played.failure(rows, self._protocol, self._name, level.setting)
        if failure is not None:
            self._failures[level.value] = failure
        if level.nominal:
            self._nominal = level.value

    def result(self) -> Result:
        """Rows by level, then the range; the mildest failure."""
        self._rows.sort(key=lambda row: (row.level or 0.0, row.metric))
        out = Result([*self._rows, *self._range()])
        if self._failures:
            levels = sorted(self._shares)
            steps = {value: abs(levels.index(value) - levels.index(self._nominal)) for value in self._failures}
            out.failures.append(self._failures[min(steps, key=lambda value: steps[value])])
        if self._shares[self._nominal] < HOLDS:
            out.notes.append(
                f"{self._protocol}: {self._name}: less than {HOLDS:.0%} come to the end with nothing changed"
            )
        return out

    def _range(self) -> list[Row]:
        """How far from the nominal level at least ``HOLDS`` of the trials come to the end at every level on the way."""
        if self._shares[self._nominal] < HOLDS:
            return []
        levels = sorted(self._shares)
        middle, trials = levels.index(self._nominal), self._rows[0].n
        rows = []
        below, above = self._held(levels[middle::-1]), self._held(levels[middle:])
        if middle > 0:
            row = Row(self._protocol, self._name, "lowest", below[0], below[1], below[0], trials)
            rows.append(row)
        if middle < len(levels) - 1:
            rows.append(Row(self._protocol, self._name, "highest", above[0], above[0], above[1], trials))
        return rows

    def _held(self, outwards: Sequence[float]) -> tuple[float, float | None]:
        """The last level that holds, and the next one, which does not; None where all hold."""
        last = outwards[0]
        for value in outwards[1:]:
            if self._shares[value] < HOLDS:
                return last, value
            last = value
        return last, None
