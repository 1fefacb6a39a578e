"""Cutting a turned square out and mapping back."""

import numpy as np
import pytest

from sfv.detect.blazepose.roi import Roi, towards


@pytest.mark.parametrize("angle", [0.0, 0.7, -2.5])
def test_to_image_follows_the_crop(angle):
    """A bright spot is found in the crop where ``to_image`` says that it comes from."""
    spot = np.array([130.5, 90.5])
    image = np.zeros((240, 320, 3), np.uint8)
    image[90, 130] = 255
    roi = Roi(np.array([150.0, 100.0]), 64.0, angle)
    crop = roi.crop(image, 128)[..., 0]
    rows, columns = np.mgrid[:128, :128] + 0.5
    middle = np.array([(columns * crop).sum(), (rows * crop).sum()]) / crop.sum()
    np.testing.assert_allclose(roi.to_image(middle, 128), spot, atol=0.05)


def test_large_regions_are_averaged_not_skipped():
    """One bright pixel in a region of twice the size keeps its brightness in the mean."""
    image = np.zeros((200, 200, 3), np.uint8)
    image[100, 100] = 255
    crop = Roi(np.array([100.0, 100.0]), 200.0).crop(image, 100)
    assert crop.sum() / 3 == pytest.approx(255 / 4, rel=0.05)


def test_outside_the_picture_is_black():
    crop = Roi(np.array([0.0, 0.0]), 100.0).crop(np.full((100, 100, 3), 200, np.uint8), 50)
    assert crop[:20].max() == 0
    assert crop[30:, 30:].min() == 200


def test_towards_makes_the_rim_point_up():
    """A person lying with her head to the right is upright in the crop of her region."""
    roi = towards(np.array([100.0, 100.0]), np.array([150.0, 100.0]), 1.25)
    assert roi.side == pytest.approx(125)
    np.testing.assert_allclose(roi.to_image(np.array([64.0, 128 * (0.5 - 0.4)]), 128), (150, 100), atol=1e-9)


def test_near_compares_place_and_size():
    roi = Roi(np.array([100.0, 100.0]), 100.0)
    assert roi.near(Roi(np.array([119.0, 100.0]), 100.0), 0.2, 1.5)
    assert not roi.near(Roi(np.array([121.0, 100.0]), 100.0), 0.2, 1.5)
    assert not roi.near(Roi(np.array([100.0, 100.0]), 151.0), 0.2, 1.5)
