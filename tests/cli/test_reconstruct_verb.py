"""`sfv reconstruct` on everything it takes: keypoints, an image, another system's result; and what it says of bad input."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.body import load_body
from sfv.cli import main
from sfv.detect.keypoints import Keypoints
from sfv.files import save_npz
from sfv.motion.body_motion import BodyMotion
from sfv.render.sheet import write_png
from sfv.video import open_video


@pytest.fixture(scope="module")
def image(walk_crop_video, tmp_path_factory):
    """One frame of the walk."""
    path = tmp_path_factory.mktemp("image") / "walker.png"
    frames = list(open_video(walk_crop_video, 1.0, 1.05))
    write_png(path, frames[0])
    return path


def test_the_pose_in_a_single_image(image, tmp_path, capsys):
    out = tmp_path / "pose.npz"
    assert main.run(["reconstruct", str(image), "--out", str(out)]) == 0
    motion = BodyMotion.load(out)
    assert len(motion) == 1
    assert motion.grounded
    body = load_body(name=motion.body)
    lowest = body.vertices(motion.poses, motion.betas, motion.trans)[0, :, 2].min()
    assert abs(lowest) < 0.03, "she stands on the ground"
    said = capsys.readouterr().out
    assert "focal length" in said
    assert "px from the 2D landmarks (" in said


def test_everybody_and_the_pictures(finished, tmp_path, capsys):
    pictures = tmp_path / "look"
    command = ["reconstruct", str(finished / "keypoints.npz"), "--person", "all", "--out", str(tmp_path / "m.npz")]
    assert main.run([*command, "--pictures", str(pictures)]) == 0
    assert {"recovery.mp4", "recovery.png", "recovery.json"} <= {path.name for path in pictures.iterdir()}
    assert "wrote" in capsys.readouterr().out


def test_spin_teaches_the_regressor(finished, tmp_path):
    out = tmp_path / "spun.npz"
    assert main.run(["reconstruct", str(finished / "keypoints.npz"), "--spin", "1", "--out", str(out)]) == 0
    plain = BodyMotion.load(finished / "motion.npz")
    spun = BodyMotion.load(out)
    assert spun.poses.shape == plain.poses.shape
    assert 0 < np.abs(spun.poses - plain.poses).max() < 1.5


def test_another_systems_result(finished, tmp_path):
    source, out = tmp_path / "amass_poses.npz", tmp_path / "m.npz"
    motion = BodyMotion.load(finished / "motion.npz")
    poses = np.zeros((len(motion), 156))
    poses[:, :66] = motion.poses[:, :22].reshape(len(motion), -1)
    np.savez(source, poses=poses, trans=motion.trans, betas=np.zeros(16), mocap_framerate=motion.fps, gender="neutral")
    assert main.run(["reconstruct", str(source), "--out", str(out)]) == 0
    found = BodyMotion.load(out)
    assert len(found) == len(motion)
    assert found.fps == pytest.approx(motion.fps)


def _broken(kind, keypoints, path):
    k = Keypoints.load(keypoints)
    arrays = {
        "nobody": {"confidence": np.zeros_like(k.confidence)},
        "nan": {"xy_px": np.full_like(k.xy_px, np.nan)},
        "short": {name: getattr(k, name)[:, :5] for name in ("xy_px", "confidence", "world_c")}
        | {"background_px": None},
    }[kind]
    replace(k, **arrays).save(path)


@pytest.mark.parametrize(
    ("kind", "says"), [("nobody", "seen for 0.0 s"), ("nan", "seen for 0.0 s"), ("short", "at least 1 s are needed")]
)
def test_keypoints_without_a_person_are_one_clear_line(kind, says, finished, tmp_path, capsys):
    path = tmp_path / "k.npz"
    _broken(kind, finished / "keypoints.npz", path)
    assert main.run(["reconstruct", str(path), "--out", str(tmp_path / "m.npz")]) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("reconstruct")]
    assert len(said) == 1
    assert said[0].startswith("sfv: error: ")
    assert says in said[0]
    assert not (tmp_path / "m.npz").exists()


def test_files_that_are_neither_are_refused(tmp_path, capsys):
    strange, text, missing = tmp_path / "x.npz", tmp_path / "x.pkl", tmp_path / "none.npz"
    save_npz(strange, "sfv.clip", 1, {"qpos": np.zeros((2, 3))})
    text.write_text("hello")
    for path in (strange, text, missing):
        assert main.run(["reconstruct", str(path), "--out", str(tmp_path / "m.npz")]) == 1
        assert capsys.readouterr().err.startswith("sfv: error: ")
