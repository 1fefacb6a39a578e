"""One skill: train a clip, evaluate it, keep its curve and a contact sheet."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no display is needed, and none is opened
import matplotlib.pyplot as plt
import numpy as np

from sfv.bench.results import Row
from sfv.character import load_character
from sfv.evaluate.evaluation import evaluate_run
from sfv.evaluate.nr import record_rollout
from sfv.files import atomic_path, write_text
from sfv.imitate.config import NrConfig
from sfv.learn.config import RunConfig
from sfv.learn.defaults import defaults_for
from sfv.learn.run_folder import read_progress
from sfv.learn.train import train
from sfv.motion.clip import Clip
from sfv.render.character import character_frames
from sfv.render.config import RenderConfig
from sfv.render.sheet import contact_sheet, write_png

_SHEET_SECONDS = 2.0
_SHEET_TILES = 12
_CURVE_COLUMNS = ("samples", "minutes", "nr", "finished", "episode_seconds", "reward", "std", "kl", "learning_rate")


def run_skill(clip: Clip, name: str, source: str, character: str, seed: int, runs: Path, out: Path) -> Row:
    """Train ``clip`` with ``seed`` (or go on with it, or use the finished run), evaluate it, write curve and sheet.

    ``name`` and ``source`` (mocap, video) go into the row and the file names: curves/<name>_<character>_s<seed>.csv and
    .png, sheets/<name>_<character>.png.
    """
    stem = f"{name}_{character}_s{seed}"
    default = defaults_for(clip, RunConfig(character=character))
    run = replace(default, learner=replace(default.learner, seed=seed))
    folder = runs / stem
    summary = train(run, clip, folder)
    evaluation = evaluate_run(folder, NrConfig())
    save_curve(folder, out / "curves", stem, f"{name}, {character}, seed {seed}")
    save_sheet(folder, character, out / "sheets" / f"{name}_{character}.png")
    return {
        "clip": name,
        "source": source,
        "character": character,
        "seed": seed,
        "init": run.imitation.start.replace("first", "fsi"),
        "nr": evaluation.nr,
        "nr_fine": evaluation.nr_fine,
        "survival": evaluation.survival,
        "finished": f"{evaluation.finished}/{evaluation.starts}",
        "finished_fine": f"{evaluation.finished_fine}/{evaluation.starts}",
        "samples": summary.samples,
        "minutes": round(summary.minutes, 2),
        "device": "cpu",
    }


def save_curve(folder: Path, out: Path, stem: str, title: str) -> None:
    """NR and episode length against samples and minutes, as a table (evaluations only) and a picture."""
    progress = read_progress(folder)
    rows = np.flatnonzero(~np.isnan(progress["nr"]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CURVE_COLUMNS)
    writer.writerows([[f"{progress[column][row]:.6g}" for column in _CURVE_COLUMNS] for row in rows])
    write_text(out / f"{stem}.csv", text.getvalue())
    figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
    minutes = progress["minutes"][rows]
    axes.plot(progress["samples"][rows] / 1e6, progress["nr"][rows], label="NR")
    axes.plot(progress["samples"][rows] / 1e6, progress["finished"][rows], label="share without a fall", alpha=0.6)
    axes.set(xlabel=f"million samples ({minutes[-1]:.1f} minutes in all)", ylim=(0, 1), title=title)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    with atomic_path(out / f"{stem}.png") as temporary:
        figure.savefig(temporary, dpi=100)
    plt.close(figure)


def save_sheet(folder: Path, character: str, out: Path) -> None:
    """The policy over two seconds."""
    rollout = record_rollout(folder, _SHEET_SECONDS)
    picked = np.linspace(0, len(rollout.qpos) - 1, _SHEET_TILES).round().astype(int)
    look = RenderConfig(height=320, world_width=280)
    frames = list(character_frames(rollout.qpos[picked], load_character(character), look))
    write_png(out, contact_sheet(frames, [f"{index / rollout.fps:.2f} s" for index in picked], 6, look.height))
