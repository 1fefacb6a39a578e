"""Protocol ``push`` in words: the table of forces by direction, a line or two for the summary, the lines of a comparison."""

from collections.abc import Sequence

from sfv.evaluate.protocols.protocol import Compared, find
from sfv.evaluate.protocols.pushes.curve import STANDING
from sfv.evaluate.protocols.pushes.trials import DIRECTIONS
from sfv.evaluate.protocols.result import Row
from sfv.evaluate.protocols.tables import amount, curves

SETTINGS = ("halfway", "random, no fall", *(f"random, {words}" for words in STANDING))
"""Settings of which there is a force for each direction."""
_FORCES = (*DIRECTIONS, "sideways")
_IN_SHORT = ("forward", "backward", "sideways")
_WORDS = {
    "halfway": "pushed 0.2 s halfway through the motion (DeepMimic's protocol) it stands",
    "random, no fall": "pushed at random moments nobody falls up to",
    "random, half stand": "half stand at",
}
COMPARED = tuple(
    Compared(setting, f"max_force_{direction}", f"push, {setting}: {direction}, N")
    for setting in SETTINGS
    for direction in _IN_SHORT
)


def summary(rows: Sequence[Row], env: str) -> list[str]:
    """The forces that are withstood, newtons."""
    lines = []
    for setting, words in _WORDS.items():
        found = [find(rows, setting, f"max_force_{direction}") for direction in _IN_SHORT]
        if all(found):
            pairs = zip((mine[0] for mine in found), _IN_SHORT)
            lines.append(f"{words} " + ", ".join(f"{amount(row)} N {direction}" for row, direction in pairs))
    return lines


def table(rows: Sequence[Row]) -> str:
    """Forces by direction, then the curves."""
    forces = {(row.setting, row.metric): row for row in rows}
    lines = ["| newtons | " + " | ".join(_FORCES) + " |", "|---" * (len(_FORCES) + 1) + "|"]
    for setting in SETTINGS:
        cells = [forces.get((setting, f"max_force_{direction}")) for direction in _FORCES]
        if any(cells):
            lines.append(f"| {setting} | " + " | ".join("" if row is None else _force(row) for row in cells) + " |")
    return "\n".join(lines) + f"\n\nStanding after a push:\n\n{curves(rows, ('completion', 'nr'))}"


def _force(row: Row) -> str:
    if row.high is None:
        return f"at least {row.value:.0f}"
    if row.high == 0:
        return "falls without a push"
    exact = row.low is None or row.low == row.value
    return f"{row.value:.0f} (not {row.high:.0f})" if exact else f"{row.value:.0f} [{row.low:.0f}, {row.high:.0f}]"
