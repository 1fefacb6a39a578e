"""``sfv bench skills`` from end to end with trainings of a few updates."""

import json
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from sfv.bench.skills.names import Job
from sfv.bench.skills.worker import settings
from sfv.cli import main
from sfv.errors import SfvError
from sfv.learn.run.checkpoint import CHECKPOINT, samples_of
from sfv.learn.run.folder import read_progress, read_summary

_PATIENCE = 300.0  # seconds until a process that does not do what is waited for counts as stuck


def command(tmp_path, *words):
    return ["bench", "skills", *words, "--runs", str(tmp_path / "runs"), "--out", str(tmp_path / "out")]


def wait_for(what, process=None):
    begin = time.monotonic()
    while not what():
        assert time.monotonic() - begin < _PATIENCE
        assert process is None or process.poll() is None, "it ended before"
        time.sleep(0.05)


def writers(folder):
    """Open files below ``folder``, of all processes."""
    found = []
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # closed in the meantime
            found.append(handle.readlink())
    return [path for path in found if path.is_relative_to(folder)]


def test_killed_and_gone_on_with_while_another_fails(tmp_path, capsys):
    run = tmp_path / "runs" / "walk_humanoid_s0"
    broken = tmp_path / "runs" / "run_humanoid_s0"
    broken.mkdir(parents=True)
    (broken / "config.toml").write_text("no toml")
    words = command(tmp_path, "run", "walk", "--samples", "24576")
    process = subprocess.Popen([sys.executable, "-c", "from sfv.cli.main import main; main()", *words])
    wait_for(lambda: (run / CHECKPOINT).is_file() and samples_of(run) > 0, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: not writers(tmp_path / "runs"))  # the training does not outlive who started it
    assert read_summary(run) is None

    assert main.run(words) == 1
    said = capsys.readouterr().err
    assert "1 of 2 failed (run_humanoid_s0" in said
    assert "is not a readable TOML file" in said
    samples = read_progress(run)["samples"].tolist()
    assert samples == [8192, 16384, 24576]
    rows = json.loads((tmp_path / "out" / "skills.json").read_text())["rows"]
    assert [(row["clip"], row["source"], row["samples"], row["jobs"]) for row in rows] == [("walk", "mocap", 24576, 1)]
    for made in ("skills.md", "curves/walk_humanoid_s0.csv", "curves/walk_humanoid.png", "sheets/walk_humanoid.jpg"):
        assert (tmp_path / "out" / made).stat().st_size > 100
    assert "going on at" in (tmp_path / "runs" / "logs" / "walk_humanoid_s0.log").read_text()

    kept = (run / "row.json").stat().st_mtime_ns
    assert main.run(command(tmp_path, "--collect", str(run))) == 0  # measured before, by whichever command
    assert (run / "row.json").stat().st_mtime_ns == kept
    head = json.loads((tmp_path / "out" / "skills.json").read_text())
    assert head["rows"] == rows
    assert str(tmp_path) not in head["command"]


def test_settings_are_the_usual_ones_with_the_jobs_own(short_clip):
    run = settings(Job("jump", "humanoid", "first", 5), short_clip, 1000, jobs=2, threads=1)
    assert (run.imitation.start, run.learner.seed, run.learner.total_samples) == ("first", 5, 1000)
    assert (run.learner.physics_threads, run.learner.torch_threads) == (1, 1)
    alone = settings(Job("jump", "humanoid", "rsi", 0), short_clip, None, jobs=1, threads=2)
    assert (alone.learner.physics_threads, alone.learner.torch_threads) == (0, 0)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["salto"], "unknown skill 'salto'"),
        (["walk", "--jobs", "0"], "--jobs must be at least 1"),
        (["walk", "--character", "nobody"], "unknown character 'nobody'"),
    ],
)
def test_wrong_words_are_told_before_anything_runs(tmp_path, words, message, capsys):
    assert main.run(command(tmp_path, *words)) == 1
    assert message in capsys.readouterr().err


def test_samples_of_a_begun_run_cannot_change(tmp_path, short_clip):
    from sfv.bench.skills.worker import train
    from sfv.learn.run.folder import write_run

    job = {"clip": "jump", "character": "humanoid", "init": "rsi", "seed": 0}
    run = settings(Job(**job), short_clip, 1000, 1, 2)
    write_run(tmp_path / "jump_humanoid_s0", run, [short_clip])
    with pytest.raises(SfvError, match="was begun with 1000 samples"):
        train({"job": job, "samples": 2000, "runs": str(tmp_path), "jobs": 1, "threads": 1})
