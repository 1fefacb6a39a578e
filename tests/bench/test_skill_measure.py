import json
from dataclasses import replace

import numpy as np
import pytest

from sfv.bench.skills.curves import plot_curves, save_curve
from sfv.bench.skills.flight import after_take_off
from sfv.bench.skills.measure import Truth, last_quarter, measure, measured, write_origin
from sfv.bench.skills.sheet import save_sheet
from sfv.errors import SfvError
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.folder import SUMMARY, read_run
from sfv.learn.run.policy import POLICY_FILE
from sfv.learn.train import train

SMALL = TrainConfig(
    worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=512, nr_starts=2, nr_interval=256, seed=3
)


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory, short_clip):
    """A tiny finished training of a clip that counts as recovered from a rendered video."""
    folder = tmp_path_factory.mktemp("runs") / "synthetic_backflip_humanoid_s3"
    write_origin(folder, "abc1234", 2)
    train(RunConfig(learner=SMALL), short_clip, folder)
    return folder


@pytest.fixture(scope="module")
def row(run_folder, short_clip):
    return measure(run_folder, Truth(short_clip, short_clip.fps))


def test_row_holds_what_the_table_needs(row, run_folder):
    assert (row["clip"], row["source"], row["character"], row["seed"], row["init"]) == (
        "backflip", "synthetic-video", "humanoid", 3, "rsi",
    )  # fmt: skip
    assert row["nr_true"] == row["nr"]  # the true motion is what it learned from
    assert row["nr_true_reference"] == 1.0
    assert (row["samples"], row["jobs"], row["commit"]) == (512, 2, "abc1234")
    assert row["steps_per_s"] > 0
    assert row["finished"].endswith("/32")
    assert "learner.worlds=32" in row["settings"]
    assert "seed" not in row["settings"]


def test_measured_once(row, run_folder, tmp_path):
    assert measured(run_folder) == row
    assert measured(tmp_path) is None
    before = (run_folder / POLICY_FILE).read_bytes()
    (run_folder / POLICY_FILE).write_bytes(before + b"x")
    assert measured(run_folder) is None  # another policy has to be measured anew
    (run_folder / POLICY_FILE).write_bytes(before)


def test_what_has_not_ended_has_no_row(run_folder):
    summary = (run_folder / SUMMARY).read_text()
    (run_folder / SUMMARY).unlink()
    with pytest.raises(SfvError, match="has not ended"):
        measure(run_folder)
    (run_folder / SUMMARY).write_text(summary)


def test_last_quarter_is_what_swings_there(tmp_path):
    lines = [f"{100 * (k + 1)},{'' if k == 14 else 0.9 + 0.01 * (-1) ** k if k > 11 else 0.1}" for k in range(16)]
    (tmp_path / "progress.csv").write_text("\n".join(["samples,nr", *lines]) + "\n")
    late = last_quarter(tmp_path)
    assert late["range_last_quarter"] == pytest.approx(0.02)
    assert late["spread_last_quarter"] == pytest.approx(np.std([0.91, 0.89, 0.89], ddof=1), abs=1e-4)
    (tmp_path / "progress.csv").write_text("samples,nr\n100,0.5\n")
    assert last_quarter(tmp_path) == {}


def test_curves_and_sheet_are_drawn(row, run_folder, tmp_path):
    save_curve(run_folder, tmp_path / "synthetic_backflip_humanoid_s3.csv")
    table = (tmp_path / "synthetic_backflip_humanoid_s3.csv").read_text().splitlines()
    assert table[0].startswith("samples,minutes,nr")
    assert len(table) == 3
    plot_curves([row, row | {"seed": 9}], tmp_path, tmp_path / "curve.png", "a title")
    assert (tmp_path / "curve.png").stat().st_size > 1000
    save_sheet(run_folder, tmp_path / "sheet.jpg")
    assert 10_000 < (tmp_path / "sheet.jpg").stat().st_size < 250_000


def test_leap_from_a_roof_begins_in_the_air(short_clip, humanoid):
    count, fps = 40, short_clip.fps
    qpos = np.repeat(short_clip.qpos[:1], count, 0)
    seconds = np.maximum((np.arange(count) - 9) / fps, 0)
    high = 1.8 + 2.0 * seconds - 4.9 * seconds**2
    qpos[:, 2] += np.maximum(high, 0)
    leap = replace(short_clip, qpos=qpos, first_frame=5)
    cut = after_take_off(leap, humanoid)
    assert cut.first_frame - 5 == int(np.flatnonzero(high > 1.9)[0])
    assert len(cut) == count - (cut.first_frame - 5)
    assert "1.8 m above the ground" in cut.notes[-1]
    fall = replace(leap, qpos=np.concatenate([qpos[:10], qpos[-1:]]))
    with pytest.raises(SfvError, match="without a leap"):
        after_take_off(fall, humanoid)
    with pytest.raises(SfvError, match="does not come down"):
        after_take_off(short_clip, humanoid)


def test_row_file_says_which_policy_it_is_of(row, run_folder):
    kept = json.loads((run_folder / "row.json").read_text())
    assert len(kept["policy"]) == 64
    assert read_run(run_folder)[0].learner.seed == kept["row"]["seed"]
