"""The clip's file and its checks."""

import numpy as np
import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip


def make_clip(**changes) -> Clip:
    qpos = np.tile([0.0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0.3], (7, 1))
    qpos[:, 0] = np.linspace(0, 1, 7)
    values = {
        "qpos": qpos, "fps": 30.0, "character": "humanoid", "joints": ("chest", "knee"), "widths": (4, 1), "cyclic": True,
        "name": "walk", "source": "a test", "first_frame": 12, "notes": ("one", "two"),
    }  # fmt: skip
    return Clip(**(values | changes))


def test_everything_survives_the_file(tmp_path):
    clip = make_clip()
    clip.save(tmp_path / "clip.npz")
    read = Clip.load(tmp_path / "clip.npz")
    np.testing.assert_array_equal(read.qpos, clip.qpos)
    for field in ("fps", "character", "joints", "widths", "cyclic", "name", "source", "first_frame", "notes"):
        assert getattr(read, field) == getattr(clip, field)


def test_duration_counts_both_ends():
    assert make_clip().seconds == pytest.approx(0.2)


def test_another_character_or_order_is_refused():
    clip = make_clip()
    clip.check_character("humanoid", ("chest", "knee"))
    with pytest.raises(SfvError, match="--character atlas"):
        clip.check_character("atlas", ("chest", "knee"))
    with pytest.raises(SfvError):
        clip.check_character("humanoid", ("knee", "chest"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qpos": np.zeros((7, 11))}, "12"),
        ({"qpos": np.zeros((1, 12))}, "two frames"),
        ({"qpos": np.full((7, 12), np.nan)}, "NaN"),
        ({"widths": (4,), "qpos": np.zeros((7, 11))}, "fit together"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(changes, words):
    with pytest.raises(FileFormatError, match=words):
        make_clip(**changes)


def test_files_of_other_kinds_are_refused(tmp_path):
    motion = BodyMotion(np.zeros((3, 24, 3)), np.zeros((3, 3)), np.zeros(10), 30.0)
    motion.save(tmp_path / "motion.npz")
    with pytest.raises(FileFormatError, match=r"sfv\.motion"):
        Clip.load(tmp_path / "motion.npz")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "motion.npz").read_bytes()[:100])
    with pytest.raises(FileFormatError, match="truncated"):
        Clip.load(tmp_path / "cut.npz")
