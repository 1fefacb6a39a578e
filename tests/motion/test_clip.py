"""The clip's file and its checks."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.files import save_npz
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


def test_contacts_and_report_are_remembered(walk_clip, tmp_path):
    contacts = np.random.default_rng(0).random((len(walk_clip), 4))
    clip = replace(walk_clip, contacts=contacts, report={"frames": 3, "doubts": ["a"]})
    clip.save(tmp_path / "clip.npz")
    again = Clip.load(tmp_path / "clip.npz")
    np.testing.assert_array_equal(again.contacts, contacts)
    assert again.report == {"frames": 3, "doubts": ["a"]}
    with pytest.raises(FileFormatError, match="contacts"):
        replace(walk_clip, contacts=contacts[1:])
    with pytest.raises(FileFormatError, match="between 0 and 1"):
        replace(walk_clip, contacts=contacts + 1)


def test_version_1_is_read(walk_clip, tmp_path):
    """As the first version wrote it: without contacts and report."""
    arrays = {
        "qpos": walk_clip.qpos,
        "fps": walk_clip.fps,
        "character": walk_clip.character,
        "joint_names": np.array(walk_clip.joints),
        "joint_widths": np.array(walk_clip.widths),
        "cyclic": True,
        "name": "walk",
    }
    save_npz(tmp_path / "old.npz", "sfv.clip", 1, arrays)
    old = Clip.load(tmp_path / "old.npz")
    assert old.contacts is None
    assert old.report is None
    np.testing.assert_array_equal(old.qpos, walk_clip.qpos)


@pytest.mark.parametrize("report", [np.array("{"), np.array("[1]"), np.array(3.0), np.array(["{}", "{}"])])
def test_a_report_that_is_none_is_refused(walk_clip, tmp_path, report):
    walk_clip.save(tmp_path / "clip.npz")
    arrays = dict(np.load(tmp_path / "clip.npz"))
    np.savez(tmp_path / "clip.npz", **(arrays | {"report": report}))
    with pytest.raises(FileFormatError, match="report"):
        Clip.load(tmp_path / "clip.npz")
