"""The body motion's file, its cuts, and AMASS."""

import numpy as np
import pytest

from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.camera import Camera
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS


def make_motion(**changes) -> BodyMotion:
    rng = np.random.default_rng(1)
    camera = Camera(1000.0, np.array([320.0, 240.0]), np.eye(3), np.array([0.0, 0.0, 4.0]), (640, 480))
    values = {
        "poses": rng.normal(size=(9, 24, 3)), "trans": rng.normal(size=(9, 3)), "betas": rng.normal(size=10), "fps": 25.0,
        "contacts": rng.random((9, 4)), "confidence": rng.random((9, 24)), "camera": camera, "first_frame": 5,
        "grounded": False, "notes": ("far arm not seen",),
    }  # fmt: skip
    return BodyMotion(**(values | changes))


def test_everything_survives_the_file(tmp_path):
    motion = make_motion()
    motion.save(tmp_path / "motion.npz")
    read = BodyMotion.load(tmp_path / "motion.npz")
    for field in ("poses", "trans", "betas", "contacts", "confidence"):
        np.testing.assert_allclose(getattr(read, field), getattr(motion, field))
    for field in ("fps", "gender", "body", "first_frame", "grounded", "notes"):
        assert getattr(read, field) == getattr(motion, field)
    assert read.camera is not None
    assert read.camera.image_size == (640, 480)
    np.testing.assert_allclose(read.camera.translation, [0, 0, 4])


def test_the_file_is_a_superset_of_amass(tmp_path):
    motion = make_motion()
    motion.save(tmp_path / "motion.npz")
    with np.load(tmp_path / "motion.npz") as data:
        assert data["poses"].shape == (9, 156)
        assert data["betas"].shape == (16,)
        assert float(data["mocap_framerate"]) == 25.0
        np.testing.assert_allclose(data["poses"][:, :66], motion.poses[:, :22].reshape(9, 66))


@pytest.mark.parametrize(("width", "kept"), [(156, 22), (72, 24)])
def test_plain_amass_is_read(tmp_path, width, kept):
    poses = np.random.default_rng(2).normal(size=(4, width))
    np.savez(
        tmp_path / "amass.npz",
        poses=poses,
        trans=np.zeros((4, 3)),
        mocap_framerate=120.0,
        betas=np.ones(16),
        gender="female",
    )
    read = BodyMotion.load(tmp_path / "amass.npz")
    np.testing.assert_allclose(read.poses[:, :kept], poses[:, : 3 * kept].reshape(4, kept, 3))
    assert (read.fps, read.gender, read.body, len(read.betas)) == (120.0, "female", "smpl", 10)


def test_a_cut_keeps_the_source_frame():
    cut = make_motion().slice(2, 6)
    assert (len(cut), cut.first_frame) == (4, 7)
    assert cut.contacts is not None
    assert len(cut.contacts) == 4
    assert cut.seconds == pytest.approx(3 / 25)


@pytest.mark.parametrize(
    "changes", [{"poses": np.zeros((9, 22, 3))}, {"trans": np.zeros((8, 3))}, {"trans": np.full((9, 3), np.inf)}]
)
def test_arrays_that_do_not_fit_are_refused(changes):
    with pytest.raises(FileFormatError):
        make_motion(**changes)


def test_foreign_files_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(FileFormatError, match="AMASS"):
        BodyMotion.load(tmp_path / "other.npz")


def test_parents_come_before_children():
    assert len(SMPL_JOINTS) == len(SMPL_PARENTS) == 24
    assert all(parent < joint for joint, parent in enumerate(SMPL_PARENTS))
