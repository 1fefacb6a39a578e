"""Clips of another character are retargeted on the way, once."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from sfv.assets import fetch
from sfv.character import load_character
from sfv.cli import main
from sfv.motion.clip import Clip
from sfv.names import find_clip, read_clip
from sfv.retarget.cached import retarget_cached
from sfv.retarget.config import RetargetConfig

FAST = RetargetConfig(iterations=3)


@pytest.fixture
def walk(tmp_path):
    return shutil.copy(fetch("humanoid3d_walk"), tmp_path / "humanoid3d_walk.txt")


def test_the_same_inputs_are_not_retargeted_again(walk):
    atlas, lines = load_character("atlas"), []
    clip = read_clip(walk, atlas)
    assert clip.character == "humanoid"
    made, report = retarget_cached(clip, walk, atlas, FAST, lines.append)
    assert any("optimising" in line for line in lines)
    lines.clear()
    again, known = retarget_cached(clip, walk, atlas, FAST, lines.append)
    assert len(lines) == 1
    assert "before" in lines[0]
    np.testing.assert_array_equal(again.qpos, made.qpos)
    assert known.words() == report.words()


def test_other_settings_are(walk):
    atlas, lines = load_character("atlas"), []
    clip = read_clip(walk, atlas)
    retarget_cached(clip, walk, atlas, FAST, lines.append)
    lines.clear()
    retarget_cached(clip, walk, atlas, replace(FAST, iterations=4), lines.append)
    assert any("optimising" in line for line in lines)


def test_a_clip_file_of_another_character_is_found_for_this_one(walk, tmp_path, capsys):
    source = tmp_path / "mine.npz"
    find_clip(str(walk), "humanoid").save(source)
    found = find_clip(str(source), "g1", FAST)
    assert found.character == "g1"
    assert found.cyclic
    assert "penetration" in capsys.readouterr().err
    assert find_clip(str(source), "humanoid").character == "humanoid"


def test_the_verb_takes_a_clip(walk, tmp_path, capsys):
    out = tmp_path / "clip.npz"
    assert main.run(["retarget", str(walk), "--character", "atlas", "--out", str(out), "--iterations", "3"]) == 0
    assert Clip.load(out).character == "atlas"
    assert main.run(["retarget", str(out), "--character", "atlas", "--out", str(out)]) == 1
    assert "is a clip of atlas already" in capsys.readouterr().err
