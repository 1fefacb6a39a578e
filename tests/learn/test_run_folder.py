from dataclasses import replace

import pytest

from sfv.errors import FileFormatError
from sfv.imitate.config import ImitationConfig, RewardConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.folder import (
    ProgressFile,
    Summary,
    differences,
    read_progress,
    read_run,
    read_summary,
    write_run,
    write_summary,
)
from sfv.physics.config import PhysicsConfig

RUN = RunConfig(
    physics=PhysicsConfig(substeps=8, armature=None),
    imitation=ImitationConfig(targets="absolute", reward=RewardConfig(com_scale=3.0)),
    learner=TrainConfig(hidden=(64, 32, 16), stop_nr=0.9),
)


def test_settings_and_clip_come_back(tmp_path, walk_clip):
    write_run(tmp_path, RUN, [walk_clip])
    run, clip = read_run(tmp_path)
    assert run == RUN
    assert (clip.qpos == walk_clip.qpos).all()
    assert "mujoco" in (tmp_path / "config.toml").read_text()


def test_what_differs_is_named(tmp_path, walk_clip):
    write_run(tmp_path, RUN, [walk_clip])
    assert differences(tmp_path, RUN, [walk_clip]) == []
    other = replace(RUN, learner=replace(RUN.learner, gamma=0.9), env="hills")
    assert differences(tmp_path, other, [walk_clip]) == ["env", "learner.gamma"]
    assert differences(tmp_path, RUN, [replace(walk_clip, qpos=walk_clip.qpos + 1e-3)]) == ["clip"]
    assert differences(tmp_path, RUN, [replace(walk_clip, fps=31.0)]) == ["clip"]


def test_what_is_no_run_folder(tmp_path):
    with pytest.raises(FileFormatError, match="not a run folder"):
        read_run(tmp_path)
    assert read_summary(tmp_path) is None
    with pytest.raises(FileFormatError, match="progress"):
        read_progress(tmp_path)


def test_summary_comes_back_and_a_broken_one_says_so(tmp_path):
    summary = Summary("nr", 1000, 2.5, 0.91, 900, 1.0, "float32")
    write_summary(tmp_path, summary)
    assert read_summary(tmp_path) == summary
    (tmp_path / "summary.json").write_text('{"reason": ')
    with pytest.raises(FileFormatError, match="train again"):
        read_summary(tmp_path)


def test_progress_goes_on_after_the_last_checkpoint(tmp_path):
    columns = ("samples", "nr", "kl")
    rows = ProgressFile(tmp_path, columns, 0)
    for samples in (100, 200, 300):
        rows.append({"samples": samples, "kl": 0.01})
    with (tmp_path / "progress.csv").open("a") as stream:
        stream.write("40")  # killed in the middle of a row
    resumed = ProgressFile(tmp_path, columns, 200)
    resumed.append({"samples": 300, "nr": 0.5})
    table = read_progress(tmp_path)
    assert table["samples"].tolist() == [100, 200, 300]
    assert table["nr"][2] == 0.5
    assert str(table["nr"][0]) == str(table["kl"][2]) == "nan"


def test_the_folder_above_a_training_says_where_the_training_is(tmp_path, walk_clip):
    write_run(tmp_path / "train", RunConfig(), [walk_clip])
    (tmp_path / "config.toml").write_text("[reconstruct]\n")
    with pytest.raises(FileFormatError, match=r"says nothing about a training; give .*train$"):
        read_run(tmp_path)
