"""A training run in a folder: it logs, checks on held-out clips, and goes on where it was interrupted."""

import csv
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from sfv.body import Body
from sfv.files import atomic_path
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.hmr.config import RegressorTrainConfig
from sfv.reconstruct.hmr.training.trainer import Trainer
from sfv.reconstruct.hmr.training.validate import mean_errors
from sfv.reconstruct.hmr.weights import Weights, save_weights
from sfv.system.threads import one_torch_thread

LOG, CHECKPOINT, WEIGHTS = "progress.csv", "checkpoint.npz", "weights.npz"
"""Names inside a run folder."""
_TERMS = (
    "total",
    "joints",
    "rotations",
    "root",
    "betas",
    "reprojection",
    "velocity",
    "certainty",
    "adversarial",
    "discriminators",
)
Progress = Callable[[int, int], None]


@one_torch_thread()
def train_hmr(
    config: RegressorTrainConfig,
    clips: Mapping[str, BodyMotion],
    body: Body,
    folder: Path,
    device: str,
    progress: Progress,
    start: Weights | None = None,
) -> Path:
    """Train to ``config.steps``, from the checkpoint in ``folder`` where there is one, else from ``start``. Returns the weights file.

    ``progress.csv`` holds the mean of each term of the loss since the row before, and from each check the errors on the
    held-out clips (millimetres, landmarks with noise).
    """
    trainer = Trainer(config, clips, body, device)
    rows: list[dict[str, float]] = []
    before = 0.0
    if start is not None:
        trainer.begin_with(start)
    if (folder / CHECKPOINT).is_file():
        trainer.load(folder / CHECKPOINT)
        rows = [row for row in _read_log(folder / LOG) if row["step"] <= trainer.step]
        before = rows[-1]["minutes"] if rows else 0.0
    started, since = time.monotonic(), []
    while trainer.step < config.steps:
        minutes = before + (time.monotonic() - started) / 60
        share = max(trainer.step / config.steps, minutes / config.minutes if config.minutes else 0.0)
        last = share >= 1.0 or trainer.step + 1 == config.steps
        since.append(trainer.update(share))
        progress(round(1000 * share), 1000)
        check = trainer.step % config.check_every == 0 or last
        if trainer.step % config.log_every == 0 or check:
            row = {"step": float(trainer.step), "minutes": minutes}
            row |= {name: float(np.mean([terms[name] for terms in since])) for name in _TERMS}
            since = []
            if check:
                row |= mean_errors(trainer.networks.average, clips, config, body)
                save_weights(
                    folder / WEIGHTS,
                    Weights(trainer.networks.average, trainer.networks.discriminators),
                    f"sfv hmr train, step {trainer.step}",
                )
                trainer.save(folder / CHECKPOINT)
            rows.append(row)
            _write_log(folder / LOG, rows)
        if last:
            break
    return folder / WEIGHTS


def _write_log(path: Path, rows: list[dict[str, float]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with atomic_path(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows({name: f"{value:.5g}" for name, value in row.items()} for row in rows)


def _read_log(path: Path) -> list[dict[str, float]]:
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
