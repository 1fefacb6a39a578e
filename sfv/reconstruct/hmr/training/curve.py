"""The learning curve of a training run as a picture."""

import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from sfv.files import atomic_path


def plot_curve(log: Path, out: Path, command: str) -> None:
    """Errors on made-up landmarks while training and, at each check, on the held-out clips; ``command`` goes into the title."""
    with log.open(newline="") as file:
        rows = [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    steps = [row["step"] for row in rows]
    left.semilogy(steps, [1000 * row["joints"] for row in rows], label="training: joints, mm", alpha=0.7)
    checks = [row for row in rows if "held_out_pa_mpjpe_mm" in row]
    for name, label in (("mpjpe", "MPJPE"), ("pa_mpjpe", "PA-MPJPE")):
        left.semilogy(
            [row["step"] for row in checks],
            [row[f"held_out_{name}_mm"] for row in checks],
            "o-",
            markersize=3,
            label=f"held-out clips: {label}, mm",
        )
    right.plot(steps, [row["adversarial"] for row in rows], label="regressor against the prior")
    right.plot(steps, [row["discriminators"] for row in rows], label="discriminators")
    right.set(ylim=(0, None), title="adversarial prior (25 discriminators)")
    left.set_title(command, fontsize=9)
    right.title.set_fontsize(9)
    for axes in (left, right):
        axes.set_xlabel(f"updates ({rows[-1]['minutes']:.0f} minutes in all)")
        axes.grid(alpha=0.3, which="both")
        axes.legend(fontsize=8)
    with atomic_path(out) as temporary:
        figure.savefig(temporary, dpi=100)
    plt.close(figure)
