"""`sfv complete` as a user calls it, and what it says of input it cannot use."""

import json
from dataclasses import replace

import numpy as np
import pytest

from sfv.cli import main
from sfv.evaluate.complete import Completion
from sfv.evaluate.completion_config import CompletionConfig
from sfv.front.completed import outcome, words
from sfv.imitate.nearest import NearestMoment
from sfv.physics.contacts import NOTHING_ACTS
from sfv.render.sheet import write_png
from sfv.video import open_video

SMALL = ("--video.height", "96", "--video.world-width", "96", "--video.samples", "0", "--video.no-shadows")


@pytest.fixture(scope="module")
def image(walk_crop_video, tmp_path_factory):
    """One frame of the walk."""
    path = tmp_path_factory.mktemp("still") / "walker.png"
    write_png(path, next(iter(open_video(walk_crop_video, 1.0, 1.05))))
    return path


def test_a_walker_in_a_picture_walks_on(image, tmp_path, capsys):
    out = tmp_path / "on.mp4"
    command = ["complete", str(image), "--skill", "walk", "--out", str(out), "--seconds", "1", "--hold-seconds", "0.5"]
    assert main.run([*command, *SMALL]) == 0
    facts = json.loads((tmp_path / "on.json").read_text())
    assert (facts["skill"], facts["character"], facts["cyclic"]) == ("walk", "humanoid", True)
    assert facts["shows_the_skill"]
    assert facts["pose_distance_rad"] < 0.5
    assert not facts["fell"]
    video = open_video(out)
    assert len(video) == 15 + 1 + 30
    assert video.size[1] == 96
    frames = [frame.astype(int) for frame in video]
    assert np.abs(frames[5][:, -96:] - frames[0][:, -96:]).mean() < 2, "the first pose is held"
    assert np.abs(frames[-1][:, -96:] - frames[0][:, -96:]).mean() > 2, "then it moves"
    said = capsys.readouterr().out
    assert "walk: nearest at" in said
    assert "went on for 1.00 s without a fall" in said


def test_words_say_when_the_picture_does_not_show_the_skill():
    far = Completion(
        np.zeros((46, 35)), np.zeros((46, 35)), [NOTHING_ACTS] * 46, 30.0, NearestMoment(120, 0.5, 0.5, 0.71, 0.0), 0.5
    )
    facts = outcome(far, 1.0, False, CompletionConfig(most_distance=0.7)) | {"skill": "kick"}
    assert (facts["shows_the_skill"], facts["fell"], facts["simulated_seconds"]) == (False, True, 1.5)
    assert words(facts)[1].startswith("the picture does not show this skill")
    assert words(facts)[2] == "it fell after 0.50 s"
    near = outcome(replace(far, fell_after=None), 2.0, False, CompletionConfig(most_distance=0.72)) | {"skill": "kick"}
    assert words(near) == [
        "kick: nearest at 0.50 s of 2.00 s, 0.71 rad from the pose (root mean square over joints)",
        "it went on for 1.50 s without a fall, to the clip's end",
    ]


def test_input_that_cannot_be_used_is_one_clear_line(image, walk_crop_video, tiny_run, tmp_path, capsys):
    grey, text = tmp_path / "grey.png", tmp_path / "text.png"
    write_png(grey, np.full((240, 320, 3), 128, np.uint8))
    text.write_text("hello")
    cases = {
        "nobody was found": [str(grey), "--skill", "walk"],
        "text.png": [str(text), "--skill", "walk"],
        "does not end like a video": [str(image), "--skill", "walk", "--out", str(tmp_path / "x.png")],
        "none.png does not exist; give a picture of a person": [str(tmp_path / "none.png"), "--skill", "walk"],
        "is a video": [str(walk_crop_video), "--skill", "walk"],
        "unknown skill 'moonwalk'; known: backflip": [str(image), "--skill", "moonwalk"],
        "is a policy of 'humanoid', not of 'atlas'": [str(image), "--skill", str(tiny_run), "--character", "atlas"],
        "unknown character 'robot'": [str(image), "--character", "robot"],
    }
    for says, arguments in cases.items():
        assert main.run(["complete", "--out", str(tmp_path / "x.mp4"), *arguments]) == 1
        error = capsys.readouterr().err.splitlines()
        assert error[-1].startswith("sfv: error: ")
        assert says in error[-1]
        assert not (tmp_path / "x.json").exists()
