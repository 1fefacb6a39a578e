"""Pictures of a robustness report: survival of pushes, completion against difficulty, and the moments of the falls."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sfv.character import load_character
from sfv.draw.scene import Stage
from sfv.draw.view import distance_for, front_azimuth, look_at
from sfv.environment import load_environment
from sfv.evaluate.protocols.protocol import Plot
from sfv.evaluate.protocols.registry import known
from sfv.evaluate.protocols.result import Row
from sfv.evaluate.report import Report
from sfv.files import atomic_path
from sfv.render.config import RenderConfig
from sfv.render.policy.character import qpos_heading
from sfv.render.sheet import contact_sheet, write_png

FALLS = "falls.png"
_COMPLETED, _NR = "#2f7fb5", "#f0883a"
_INCHES, _DPI = (6.5, 3.6), 110
_SMALL = (2.7, 2.0)
_ACROSS = 4
_LOOK = RenderConfig(height=220, world_width=220)
_TILES_ACROSS = 5
_ROOM = 1.3
"""Height of what is seen, times the standing character's."""


def draw_report(report: Report, folder: Path) -> list[Path]:
    """Write every plot that the report has numbers for. Returns the files; ``save_falls`` draws the rest."""
    made = []
    for protocol in known([*report.protocols]):
        rows, plot = report.find(protocol.name), protocol.plot
        if plot is not None and sweeps_of(rows):
            out = folder / plot.file
            if plot.panels:
                plot_sweeps(rows, protocol.units, plot, out)
            else:
                plot_curves(rows, plot, f"{report.name} ({report.character}) on {report.env}", out)
            made.append(out)
    return made


def plot_curves(rows: Sequence[Row], plot: Plot, whose: str, out: Path) -> None:
    """Completion against the level, with Wilson's intervals; a line a sweep."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(_INCHES, _DPI, layout="constrained")
        axes = figure.subplots()
        for sweep in [*plot.colours, *(name for name in sweeps_of(rows) if name not in plot.colours)]:
            mine = [row for row in rows if row.sweep == sweep]
            _line(axes, sorted(mine, key=lambda row: row.level or 0.0), plot.colours.get(sweep), sweep)
        axes.set(xlabel=plot.x, ylabel=plot.y, ylim=(-0.03, 1.03))
        axes.set_title(f"{whose}: {plot.title}" if plot.title else whose, fontsize=9)
        axes.legend(frameon=False)
        with atomic_path(out) as temporary:
            figure.savefig(temporary)


def plot_sweeps(rows: Sequence[Row], units: Mapping[str, str], plot: Plot, out: Path) -> None:
    """Completion and NR against the level of each sweep of a protocol, with their intervals."""
    names = sweeps_of(rows)
    down = -(-len(names) // _ACROSS)
    with matplotlib.rc_context(_STYLE):
        figure = Figure((_SMALL[0] * min(len(names), _ACROSS), _SMALL[1] * down), _DPI, layout="constrained")
        grid = figure.subplots(down, min(len(names), _ACROSS), squeeze=False, sharey=True)
        for axes, name in zip(grid.flat, names):
            for metric, colour in (("completion", _COMPLETED), ("nr", _NR)):
                mine = sorted(
                    (row for row in rows if (row.sweep, row.metric) == (name, metric)), key=lambda row: row.level or 0.0
                )
                if mine:
                    _line(axes, mine, colour, "completed" if metric == "completion" else "NR")
            axes.set_xlabel(units.get(name, plot.x.format(name)))
            axes.set_ylim(-0.05, 1.05)
        for axes in grid.flat[len(names) :]:
            axes.set_axis_off()
        grid[0, 0].legend(frameon=False)
        with atomic_path(out) as temporary:
            figure.savefig(temporary)


def sweeps_of(rows: Sequence[Row]) -> list[str]:
    """Names of the curves in rows, in their order."""
    return list(dict.fromkeys(row.sweep for row in rows if row.sweep))


def _line(axes: Axes, rows: Sequence[Row], colour: str | None, label: str) -> None:
    """One curve with its band."""
    levels, low, high = (
        np.array([getattr(row, name) for row in rows], dtype=float) for name in ("level", "low", "high")
    )
    (drawn,) = axes.plot(
        levels, np.array([row.value for row in rows]), "o-", color=colour, markersize=3, linewidth=1.3, label=label
    )
    axes.fill_between(levels, low, high, color=drawn.get_color(), alpha=0.15, linewidth=0)
    axes.grid(alpha=0.25)


def save_falls(report: Report, out: Path) -> None:
    """One tile for each failure case: the moment of the failure, where it was. Raises RenderError without OpenGL."""
    cases = [case for case in report.cases if case.poses.size]
    if not cases:
        return
    character, size = load_character(report.character), (_LOOK.world_width, _LOOK.height)
    tiles = []
    for env, same in groupby(cases, lambda case: case.env or report.env):
        with Stage(character, _LOOK, load_environment(env)) as stage:
            tall = stage.standing_height()
            distance = distance_for(_ROOM * tall, tall, size)
            for case in same:
                azimuth = front_azimuth(qpos_heading(case.poses), None, _LOOK.turn_deg)
                camera = look_at(case.poses[-1, :3], azimuth, _LOOK.elevation_deg, distance, size)
                tiles.append(stage.draw(case.poses[-1], camera))
    write_png(out, contact_sheet(tiles, [case.setting for case in cases], _TILES_ACROSS, _LOOK.height))


_STYLE: dict[Any, Any] = {"font.size": 8, "axes.spines.top": False, "axes.spines.right": False}
