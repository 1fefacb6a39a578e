"""Each stage by itself, from the file of the one before."""

import json

import numpy as np
import pytest

from sfv.cli import main
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.video import open_video


def test_stage_by_stage_gives_what_the_chain_gave(finished, tmp_path, capsys):
    motion, clip = tmp_path / "motion.npz", tmp_path / "clip.npz"
    assert main.run(["reconstruct", str(finished / "keypoints.npz"), "--out", str(motion)]) == 0
    np.testing.assert_allclose(BodyMotion.load(motion).poses, BodyMotion.load(finished / "motion.npz").poses, atol=1e-5)
    assert main.run(["retarget", str(motion), "--out", str(clip)]) == 0
    mine, chains = Clip.load(clip), Clip.load(finished / "clip.npz")
    assert mine.cyclic == chains.cyclic
    np.testing.assert_allclose(mine.qpos, chains.qpos, atol=1e-3)
    assert "penetration: deepest" in capsys.readouterr().out


def test_evaluate_writes_what_the_chain_wrote(finished, tmp_path, capsys):
    out = tmp_path / "evaluation.json"
    assert main.run(["evaluate", str(finished / "train"), "--out", str(out)]) == 0
    mine, chains = json.loads(out.read_text()), json.loads((finished / "evaluation.json").read_text())
    assert mine["nr"] == pytest.approx(chains["nr"], abs=1e-3)
    assert "starts come to the end without a fall" in capsys.readouterr().out


@pytest.mark.parametrize(("artefact", "seconds"), [("motion.npz", 1.0), ("clip.npz", 0.5), ("train", 0.1)])
def test_render_films_every_artefact(finished, tmp_path, artefact, seconds):
    out = tmp_path / "film.mp4"
    small = ["--height", "96", "--world-width", "96", "--above-width", "96", "--samples", "0", "--supersample", "1"]
    assert main.run(["render", str(finished / artefact), "--out", str(out), *small]) == 0
    film = open_video(out)
    assert len(film) / film.fps > seconds
    if artefact == "motion.npz":  # from the side and from above, with a strip of time
        assert film.size[0] == 196
        assert film.size[1] > 96 + 40
    else:  # the policy has its reference beside it
        assert film.size == (144 if artefact == "train" else 96, 96)


def test_render_says_what_can_be_filmed(finished, tmp_path, capsys):
    assert main.run(["render", str(finished / "keypoints.npz"), "--out", str(tmp_path / "x.mp4")]) == 1
    assert "motion.npz, clip.npz and run folders can be filmed" in capsys.readouterr().err


def test_detect_prints_the_people_it_found(walk_crop_video, tmp_path, capsys):
    assert main.run(["detect", str(walk_crop_video), "--out", str(tmp_path / "k.npz"), "--stop", "1.2"]) == 0
    assert "person 0: 0.00 to" in capsys.readouterr().out


def test_list_names_what_exists(capsys):
    assert main.run(["list"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("humanoid", "flat", "blazepose", "demo_video"))


@pytest.mark.parametrize(
    ("kind", "marker"), [("characters", "character.toml"), ("envs", "env.toml"), ("skills", "skill.toml")]
)
def test_a_broken_folder_hides_nothing_else(kind, marker, tmp_path, monkeypatch, capsys):
    broken = tmp_path / kind / ("robot/broken" if kind == "skills" else "broken")
    broken.mkdir(parents=True)
    (broken / marker).write_bytes(b"\xff\xfe = = 1")
    monkeypatch.chdir(tmp_path)
    assert main.run(["list"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("humanoid", "flat", "blazepose", "humanoid/walk"))
    assert f"broken/{marker} is not " in listed
    assert main.run(["play"]) == 0
    assert "walk" in capsys.readouterr().out
