"""What a protocol is: one object that measures, and says how its rows are written, compared and drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sfv.evaluate.protocols.result import Progress, Result, Row
from sfv.evaluate.protocols.subject import Subject
from sfv.evaluate.protocols.tables import curves, limits

ENDS = ("lowest", "highest")
"""Metrics of the ends of the range over which a sweep holds."""


@dataclass(frozen=True)
class Compared:
    """One line of a comparison of several reports."""

    setting: str | None
    """Setting of the row; None: whichever there is."""
    metric: str
    words: str
    """Head of the line."""
    smaller: bool = False
    """Whether the smallest value is the best one."""


@dataclass(frozen=True)
class Plot:
    """Curves as data: what ``sfv.render`` draws of a protocol, level against value, one curve for each sweep and metric."""

    file: str
    """Name of the picture, with its ending."""
    panels: bool = True
    """A small panel for each sweep, with its completion and NR; else one panel with a curve of completion for each sweep."""
    x: str = "{}"
    """Label of a panel whose sweep has no unit, {} is the sweep; or of the one panel."""
    y: str = ""
    """Label of the one panel's values."""
    title: str = ""
    """What follows the run's name above the one panel."""
    colours: Mapping[str, str] = field(default_factory=dict)
    """By sweep, of the one panel's curves."""


@dataclass(frozen=True)
class Protocol:
    """A measurement with its version. Other packages add theirs as entry points of the group ``sfv.protocols``."""

    name: str
    """What rows and reports call it."""
    version: int
    """Results of one version can be compared; any change to what is measured raises it."""
    run: Callable[[Subject, Any, Progress], Result]
    """Measure a subject with a config of this protocol."""
    config: Any
    """Dataclass with the settings of what is published (suite "full")."""
    title: str = ""
    """Head of its section of the report; empty: it has none, and is only told in the summary."""
    quick: Any = None
    """Settings for a first look (suite "quick"); None: the same as ``config``."""
    weight: float = 1.0
    """Its share of the suite's time, about: for the progress bar."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Unit of each sweep's levels, in words that follow a number."""
    of_what: str = ""
    """Whose changes the sweeps are ("of the ground"), for the summary."""
    table: Callable[[Sequence[Row]], str] = curves
    """Its rows as Markdown."""
    summary: Callable[[Sequence[Row], str], list[str]] | None = None
    """Its rows and the environment's name in a line or two; None: the range that each sweep of ``units`` holds."""
    compared: Sequence[Compared] | None = None
    """Lines of a comparison; None: the ends of the range of each sweep of ``units``."""
    plot: Plot | None = None
    """None: nothing is drawn."""

    def in_short(self, rows: Sequence[Row], env: str) -> list[str]:
        """Lines of the summary."""
        return limits(rows, self.units, self.of_what) if self.summary is None else self.summary(rows, env)

    def lines(self) -> Sequence[Compared]:
        """Lines of a comparison."""
        if self.compared is not None:
            return self.compared
        return [
            Compared(sweep, end, f"{self.name}, {end}: {unit}", smaller=end == "lowest")
            for sweep, unit in self.units.items()
            for end in ENDS
        ]


def find(rows: Sequence[Row], setting: str | None = None, metric: str | None = None) -> list[Row]:
    """Rows of one setting and metric where these are given."""
    return [row for row in rows if setting in (None, row.setting) and metric in (None, row.metric)]
