"""Pictures of a robustness report: survival of pushes, completion against difficulty, and the moments of the falls."""

from collections.abc import Sequence
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
from sfv.evaluate.protocols.result import Row
from sfv.evaluate.report import Report
from sfv.evaluate.report_words import BOX_UNITS, GROUND_UNITS, START_UNITS, UNITS
from sfv.files import atomic_path
from sfv.render.config import RenderConfig
from sfv.render.policy.character import qpos_heading
from sfv.render.sheet import contact_sheet, write_png

PUSHES, FALLS = "pushes.png", "falls.png"
SWEEPS = {"boxes": BOX_UNITS, "parameters": UNITS, "terrain": GROUND_UNITS, "starts": START_UNITS}
"""Protocols that are drawn as completion against level, and what their levels are."""
_COLOURS = {"forward": "#f0883a", "backward": "#404550", "left": "#2fb57c", "right": "#5c9cd6"}
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
    if any(row.sweep for row in report.find("push")):
        plot_pushes(report, folder / PUSHES)
        made.append(folder / PUSHES)
    for protocol, units in SWEEPS.items():
        if sweeps_of(report.find(protocol)):
            plot_sweeps(report, protocol, units, folder / f"{protocol}.png")
            made.append(folder / f"{protocol}.png")
    return made


def plot_pushes(report: Report, out: Path) -> None:
    """Share of the trials that stand, against the force, with Wilson's intervals; a line a direction."""
    with matplotlib.rc_context(_STYLE):
        figure = Figure(_INCHES, _DPI, layout="constrained")
        axes = figure.subplots()
        for direction, colour in _COLOURS.items():
            rows = sorted(
                (row for row in report.find("push") if row.sweep == direction), key=lambda row: row.level or 0.0
            )
            _line(axes, rows, colour, direction)
        axes.set(xlabel="newtons for 0.2 s", ylabel="share that stands", ylim=(-0.03, 1.03))
        axes.set_title(f"{report.name} ({report.character}) on {report.env}: pushed at random moments", fontsize=9)
        axes.legend(frameon=False)
        with atomic_path(out) as temporary:
            figure.savefig(temporary)


def plot_sweeps(report: Report, protocol: str, units: dict[str, str], out: Path) -> None:
    """Completion and NR against the level of each sweep of a protocol, with their intervals."""
    rows = report.find(protocol)
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
            axes.set_xlabel(units.get(name, f"kg at {name}" if protocol == "boxes" else name))
            axes.set_ylim(-0.05, 1.05)
        for axes in grid.flat[len(names) :]:
            axes.set_axis_off()
        grid[0, 0].legend(frameon=False)
        with atomic_path(out) as temporary:
            figure.savefig(temporary)


def sweeps_of(rows: Sequence[Row]) -> list[str]:
    """Names of the curves in rows, in their order."""
    return list(dict.fromkeys(row.sweep for row in rows if row.sweep))


def _line(axes: Axes, rows: Sequence[Row], colour: str, label: str) -> None:
    """One curve with its band."""
    levels, low, high = (
        np.array([getattr(row, name) for row in rows], dtype=float) for name in ("level", "low", "high")
    )
    axes.plot(
        levels, np.array([row.value for row in rows]), "o-", color=colour, markersize=3, linewidth=1.3, label=label
    )
    axes.fill_between(levels, low, high, color=colour, alpha=0.15, linewidth=0)
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
