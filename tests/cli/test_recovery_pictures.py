"""The folder of pictures of a recovery, and the verb that fills it."""

import json

import cv2
import numpy as np
import pytest

from sfv.body.model import load_body
from sfv.cli import main
from sfv.detect.keypoints import Keypoints
from sfv.draw.view import look_at
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES
from sfv.reconstruct.report.reprojection import landmarks_px
from sfv.render.config import RenderConfig
from sfv.render.recovery.pictures import draw_recovery
from sfv.video import open_video, write_video

FRAMES, SIZE = 6, (320, 240)
SMALL = RenderConfig(height=96, world_width=96, above_width=96, max_input_width=128, supersample=1)


@pytest.fixture(scope="module")
def motions():
    """Two people side by side; the second comes later."""
    body = load_body(name="open")
    poses = np.zeros((FRAMES, 24, 3))
    poses[:, 0] = [2 * np.pi / 3 / np.sqrt(3)] * 3  # y-up facing z to z-up facing x
    trans = np.zeros((FRAMES, 3))
    trans[:, 2] -= body.vertices(poses[:1], np.zeros(10), trans[:1])[..., 2].min()
    camera = look_at(np.array([0.0, 0.5, 0.8]), 180.0, 5.0, 6.0, SIZE)
    first = BodyMotion(poses, trans, np.zeros(10), 30.0, camera=camera)
    return [
        first,
        BodyMotion(poses, trans + np.array([0.0, 1.0, 0.0]), np.zeros(10), 30.0, camera=camera, first_frame=2),
    ]


@pytest.fixture(scope="module")
def keypoints(motions):
    """Of both, the second person in the first row."""
    xy = np.full((2, FRAMES + 2, len(LANDMARK_NAMES), 2), np.nan)
    xy[1, :FRAMES], xy[0, 2:] = (landmarks_px(motion, load_body(name="open")) for motion in motions)
    world = np.full((*xy.shape[:3], 3), np.nan)
    return Keypoints(xy, np.isfinite(xy[..., 0]).astype(float), world, 30.0, SIZE, LANDMARK_NAMES)


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("video") / "in.mp4"
    write_video(path, (np.full((240, 320, 3), 90, np.uint8) for _ in range(FRAMES + 2)), 30.0)
    return path


def test_everybody_gets_curves_extremes_and_a_report(motions, keypoints, video, tmp_path):
    made = draw_recovery(tmp_path, motions, video, keypoints, SMALL)
    names = {
        "recovery.mp4",
        "recovery.png",
        "recovery.json",
        "curves_0.png",
        "curves_1.png",
        "extremes_0.png",
        "extremes_1.png",
    }
    assert {file.name for file in made.files} == names
    assert all(file.is_file() for file in made.files)
    assert len(open_video(tmp_path / "recovery.mp4")) == FRAMES + 2
    people = json.loads((tmp_path / "recovery.json").read_text())["people"]
    assert [person["reprojection_px"] for person in people] == pytest.approx(
        [0, 0], abs=1e-6
    )  # each matched with its own row
    assert [person["words"] for person in people] == made.words


def test_without_video_and_keypoints_the_rest_is_made(motions, tmp_path):
    made = draw_recovery(tmp_path, motions[:1], config=SMALL)
    assert {file.name for file in made.files} == {"recovery.mp4", "recovery.png", "recovery.json", "curves.png"}
    assert made.reports[0]["reprojection_px"] is None


def test_the_verb_fills_the_folder(motions, keypoints, video, tmp_path, capsys):
    for number, motion in enumerate(motions):
        motion.save(tmp_path / f"motion_{number}.npz")
    keypoints.save(tmp_path / "keypoints.npz")
    files = [str(tmp_path / f"motion_{number}.npz") for number in range(2)]
    small = ["--height", "96", "--world-width", "96", "--above-width", "96", "--supersample", "1"]
    out = tmp_path / "pictures"
    known = ["--video", str(video), "--keypoints", str(tmp_path / "keypoints.npz")]
    assert main.run(["render", *files, *known, "--out", str(out), *small]) == 0
    said = capsys.readouterr().out
    assert "motion_1.npz:" in said
    assert "0.0 px from the 2D landmarks" in said
    assert cv2.imread(str(out / "extremes_1.png")) is not None
    assert main.run(["render", files[0], "--out", str(tmp_path / "film.mp4"), *small]) == 0
    assert len(open_video(tmp_path / "film.mp4")) == FRAMES


def test_the_verb_refuses_what_it_cannot_draw(motions, tmp_path, capsys):
    motions[0].save(tmp_path / "motion.npz")
    assert main.run(["render", str(tmp_path / "motion.npz"), str(tmp_path)]) == 1
    assert "several artefacts must all be motion.npz" in capsys.readouterr().err
    assert main.run(["render", str(tmp_path / "motion.npz"), "--video", "nothing.mp4"]) == 1
    assert "there is no video 'nothing.mp4'" in capsys.readouterr().err
