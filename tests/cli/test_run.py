"""The whole chain on a short real crop of the demo video, and everything a user can do wrong with it."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from sfv.cli import main
from sfv.detect.keypoints import Keypoints
from sfv.draw.gl import RenderError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.pipeline import chain as chain_module
from sfv.video import open_video, write_video


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.suffix in (".npz", ".json", ".mp4")}


def test_every_artefact_is_there_and_sound(finished, walk_crop_video):
    keypoints = Keypoints.load(finished / "keypoints.npz")
    motion = BodyMotion.load(finished / "motion.npz")
    clip = Clip.load(finished / "clip.npz")
    assert keypoints.num_people >= 1
    assert len(motion) / motion.fps > 1.0
    pelvis = motion.trans - motion.trans[0]
    speed = np.linalg.norm(pelvis[-1, :2]) / motion.seconds
    assert 0.6 < speed < 2.0, "a walk"
    assert clip.character == "humanoid"
    assert clip.qpos[:, 2].min() > 0.6, "upright"
    for name in ("policy.npz", "config.toml", "progress.csv", "clip.npz", "summary.json"):
        assert (finished / "train" / name).is_file()
    assert 0 <= json.loads((finished / "evaluation.json").read_text())["nr"] <= 1
    report = (finished / "report.md").read_text()
    assert "px from the 2D landmarks (" in report
    assert "NR 0." in report
    assert "(this one)" in report
    film = open_video(finished / "side_by_side.mp4")
    assert film.size[0] > 2 * film.size[1]
    assert len(film) / film.fps >= open_video(walk_crop_video).num_frames / 30 * 0.8


def test_a_second_run_does_nothing_twice(finished, walk_crop_video, capsys, small):
    before = stamps(finished)
    assert main.run(["run", str(walk_crop_video), "--out", str(finished), *small]) == 0
    assert stamps(finished) == before
    said = capsys.readouterr().err
    for stage in ("detect", "reconstruct", "retarget", "train", "evaluate", "render"):
        assert f"{stage}: done before" in said


def test_its_own_config_file_repeats_a_run(finished, walk_crop_video):
    before = stamps(finished)
    config = finished / "config.toml"
    assert main.run(["run", str(walk_crop_video), "--out", str(finished), "--config", str(config)]) == 0
    assert stamps(finished) == before


@pytest.mark.parametrize("stage", ["detect", "reconstruct", "retarget", "train", "evaluate", "render"])
def test_ctrl_c_in_any_stage_loses_nothing(stage, finished, walk_crop_video, tmp_path, monkeypatch, capsys, small):
    """Stop inside the stage's work: nothing under a final name; the stages before are kept."""
    work = {
        "detect": "sfv.detect.run.detect",
        "reconstruct": "sfv.reconstruct.reconstruct.reconstruct",
        "retarget": "sfv.retarget.retarget.retarget",
        "train": "sfv.learn.watched.watched_training",
        "evaluate": "sfv.evaluate.evaluation.evaluate_run",
        "render": "sfv.pipeline.pictures.draw_chain",
    }
    outputs = {
        "detect": "keypoints.npz",
        "reconstruct": "motion.npz",
        "retarget": "clip.npz",
        "train": "train/summary.json",
        "evaluate": "evaluation.json",
        "render": "side_by_side.mp4",
    }
    stages = list(work)
    record = json.loads((finished / "stages.json").read_text())
    kept = stages[: stages.index(stage)]
    for name in kept:
        target = tmp_path / outputs[name]
        if name == "train":
            target = target.parent
            target.mkdir()
            for file in (finished / "train").iterdir():
                (target / file.name).write_bytes(file.read_bytes())
        else:
            target.write_bytes((finished / outputs[name]).read_bytes())
    (tmp_path / "stages.json").write_text(json.dumps({name: record[name] for name in kept}))

    def interrupted(*arguments, **settings):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(work[stage], interrupted)
        assert main.run(["run", str(walk_crop_video), "--out", str(tmp_path), *small]) == 130
    assert "goes on from there" in capsys.readouterr().err
    assert not (tmp_path / outputs[stage]).exists()
    assert all((tmp_path / outputs[name]).exists() for name in kept)
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()], "no temporary file is left"


def test_without_opengl_everything_but_the_video_is_made(finished, walk_crop_video, tmp_path, monkeypatch, small):
    def no_gl(*arguments):
        raise RenderError("no OpenGL here; apt-get install libegl1")

    shutil.copytree(finished, tmp_path / "run")
    (tmp_path / "run" / "side_by_side.mp4").unlink()
    monkeypatch.setattr("sfv.pipeline.pictures.draw_chain", no_gl)
    assert main.run(["run", str(walk_crop_video), "--out", str(tmp_path / "run"), *small]) == 0
    report = (tmp_path / "run" / "report.md").read_text()
    assert "No video was made: no OpenGL here; apt-get install libegl1" in report
    assert "NR 0." in report


def noise_video(path, frames=45):
    rng = np.random.default_rng(0)
    write_video(path, (rng.integers(0, 255, (240, 320, 3), dtype=np.uint8) for _ in range(frames)), 30)
    return path


def one_line(capsys):
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("sfv: error: ")]
    assert len(lines) == 1
    return lines[0]


def test_bad_videos_are_one_clear_line(walk_crop_video, tmp_path, capsys):
    out = ["--out", str(tmp_path / "run")]
    text = tmp_path / "notes.mp4"
    text.write_text("this is not a video")
    assert main.run(["run", str(text), *out]) == 1
    assert "notes.mp4" in one_line(capsys)
    assert main.run(["run", str(tmp_path / "missing.mp4"), *out]) == 1
    assert "there is no video" in one_line(capsys)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(walk_crop_video.read_bytes()[: walk_crop_video.stat().st_size // 2])
    assert main.run(["run", str(cut), *out]) == 1
    assert "cut.mp4" in one_line(capsys)
    assert main.run(["run", str(noise_video(tmp_path / "noise.mp4")), *out]) == 1
    assert "nobody was found" in one_line(capsys)
    assert main.run(["run", str(walk_crop_video), *out, "--detect.stop", "0.7"]) == 1
    assert "is seen for only" in one_line(capsys)
    assert not list((tmp_path / "run").glob("*.npz"))


def test_wrong_names_and_places_are_told_before_any_work(walk_crop_video, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(chain_module.Chain, "detect", lambda self: pytest.fail("work began"))
    run = ["run", str(walk_crop_video), "--out", str(tmp_path / "run")]
    assert main.run([*run, "--character", "atlasx"]) == 1
    assert "unknown character 'atlasx'; known: " in one_line(capsys)
    assert main.run([*run, "--env", "mars"]) == 1
    assert "unknown env 'mars'" in one_line(capsys)
    (tmp_path / "file").write_text("")
    assert main.run(["run", str(walk_crop_video), "--out", str(tmp_path / "file" / "run")]) == 1
    assert "choose another folder with --out" in one_line(capsys)


def test_a_clip_of_another_character_is_refused(finished, tmp_path, capsys):
    clip = Clip.load(finished / "clip.npz")
    replace(clip, character="atlas").save(tmp_path / "clip.npz")
    assert main.run(["train", str(tmp_path / "clip.npz"), "--out", str(tmp_path / "run")]) == 1
    assert "the clip is for character 'atlas'" in one_line(capsys)
    (tmp_path / "broken.npz").write_bytes((tmp_path / "clip.npz").read_bytes()[:200])
    assert main.run(["train", str(tmp_path / "broken.npz"), "--out", str(tmp_path / "run")]) == 1
    assert "truncated" in one_line(capsys)
