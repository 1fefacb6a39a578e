"""Keypoints on disk, older files, and one person cut out."""

import numpy as np
import pytest

from sfv.detect.keypoints import SCHEMA, Keypoints
from sfv.errors import FileFormatError
from sfv.files import save_npz


@pytest.fixture
def keypoints():
    """Two people over ten frames with two landmarks; person 1 is seen in frames 3 to 7; a cut at 5, a pan afterwards."""
    rng = np.random.default_rng(0)
    confidence = np.full((2, 10, 2), 0.9)
    confidence[1, [0, 1, 2, 8, 9]] = 0
    xy = np.where(confidence[..., None] > 0, rng.uniform(0, 90, (2, 10, 2, 2)), np.nan)
    background = np.array([np.nan, 0, 0, 0, 0, np.nan, 4, 4, 4, 4])
    return Keypoints(xy, confidence, np.full((2, 10, 2, 3), np.nan), 30.0, (100, 90), ("nose", "left_ear"),
                     background_px=background, cuts=(5,))  # fmt: skip


def test_background_and_cuts_are_kept(keypoints, tmp_path):
    keypoints.save(tmp_path / "keypoints.npz")
    again = Keypoints.load(tmp_path / "keypoints.npz")
    np.testing.assert_array_equal(again.background_px, keypoints.background_px)
    assert again.cuts == (5,)
    np.testing.assert_allclose(again.xy_px, keypoints.xy_px, rtol=1e-6)


def test_a_part_has_its_own_cuts(keypoints):
    part = keypoints.select(1)
    assert part.first_frame == 3
    assert part.cuts == (2,)
    np.testing.assert_array_equal(part.background_px, [0, 0, np.nan, 4, 4])
    assert keypoints.select(1, start=5).cuts == ()  # it begins with the shot


def test_files_of_version_1_are_read(keypoints, tmp_path):
    old = {"xy_px": keypoints.xy_px, "confidence": keypoints.confidence, "fps": 30.0, "image_size": (100, 90),
           "landmark_names": np.asarray(keypoints.names)}  # fmt: skip
    save_npz(tmp_path / "old.npz", SCHEMA, 1, old)
    read = Keypoints.load(tmp_path / "old.npz")
    assert read.background_px is None
    assert read.cuts == ()
    assert read.select(0).background_px is None


def test_arrays_must_fit(keypoints):
    with pytest.raises(FileFormatError, match="background_px has shape"):
        Keypoints(keypoints.xy_px, keypoints.confidence, keypoints.world_c, 30.0, (100, 90), keypoints.names,
                  background_px=np.zeros(4))  # fmt: skip
