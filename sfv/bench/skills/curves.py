"""Learning curves: one table a run, one picture a skill with all its runs."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no display is needed, and none is opened
import matplotlib.pyplot as plt
import numpy as np

from sfv.bench.results import Row
from sfv.bench.skills.names import stem_of_row
from sfv.bench.skills.published import goal_of
from sfv.budget import read_text, reading
from sfv.errors import FileFormatError
from sfv.files import atomic_path, write_text
from sfv.learn.run.folder import read_progress

_COLUMNS = ("samples", "minutes", "nr", "finished", "episode_seconds", "reward", "std", "kl", "learning_rate")
_STYLES = {"rsi": "-", "asi": "--", "fsi": ":"}


def save_curve(folder: Path, path: Path) -> None:
    """The evaluations of a run folder as a table: NR, share of starts without a fall, samples, minutes."""
    progress = read_progress(folder)
    if lacking := [name for name in _COLUMNS if name not in progress]:
        raise FileFormatError(f"{folder}: progress.csv lacks {', '.join(lacking)}; train the run again")
    rows = np.flatnonzero(~np.isnan(progress["nr"]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([[f"{progress[column][row]:.6g}" for column in _COLUMNS] for row in rows])
    write_text(path, text.getvalue())


def plot_curves(rows: Sequence[Row], curves: Path, out: Path, title: str) -> None:
    """NR against samples of all runs of one skill and character: colours are seeds, dashes are start modes.

    The tables of ``save_curve`` are read from the folder ``curves``; a run without one is left out.
    """
    figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
    for row in rows:
        path = curves / f"{stem_of_row(row)}.csv"
        if not path.is_file():
            continue
        with reading(path, "learning curve"):
            table = csv.DictReader(io.StringIO(read_text(path, "learning curve")))
            points = [(float(line["samples"]) / 1e6, float(line["nr"])) for line in table]
        label = f"{row['init']}, seed {row['seed']}: {row['minutes']:.0f} min"
        axes.plot(*zip(*points), color=f"C{row['seed'] % 10}", linestyle=_STYLES[row["init"]], label=label)
    goal = goal_of(rows[0]["clip"], rows[0]["character"])
    if goal is not None and rows[0]["source"] == "mocap":
        axes.axhline(goal.needed, color="0.4", linewidth=0.8, label=f"needed: {goal.needed:g}")
    axes.set(xlabel="million samples", ylabel="NR", ylim=(0, 1), title=title)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right", fontsize=8)
    with atomic_path(out) as temporary:
        figure.savefig(temporary, dpi=100)
    plt.close(figure)
