"""Balance tells gravity: the centre of mass over the feet, with what an acceleration shifts it."""

import numpy as np
import pytest
import torch

from sfv.reconstruct.fit.balance import GRAVITY, centre_of_mass, mean_imbalance
from sfv.reconstruct.model.limits import usual_pose
from sfv.reconstruct.model.skeleton import LAYOUT, Skeleton

FEET = torch.tensor([[1.0, 1, 1, 1, 0, 0]]).repeat(50, 1)
UP = torch.tensor([0.0, 1.0, 0.0])


@pytest.fixture
def standing(body):
    """50 frames of somebody who stands, y up."""
    dofs = usual_pose()[0].repeat(50, 1)
    for part in ("left_hip", "right_hip", "spine", "left_knee", "right_knee"):
        dofs[:, LAYOUT[part]] = 0
    dofs[:, LAYOUT["root"]] = torch.tensor([1.0, 0, 0, 0, 1, 0])
    skeleton = Skeleton(body)
    return lambda shift: skeleton.pose(dofs + torch.nn.functional.pad(shift, (0, dofs.shape[1] - 3)), torch.zeros(10))


def _imbalance(posed, contact, up, fps):
    return mean_imbalance(posed.joints, posed.contacts, contact, up, fps)


def test_centre_of_mass_of_a_standing_adult(standing):
    posed = standing(torch.zeros(50, 3))
    height = (centre_of_mass(posed.joints)[0] - posed.soles[0].min(0).values)[1]
    assert height / 1.69 == pytest.approx(0.56, abs=0.03)  # 55-57 % of stature in the literature


def test_a_standing_body_is_over_its_feet(standing):
    off = _imbalance(standing(torch.zeros(50, 3)), FEET, UP, 30.0)
    assert abs(off[0]) < 1e-3, "mirror symmetric"
    assert abs(off[2]) < 0.09, "between heel and toe"


def test_acceleration_is_part_of_the_balance(standing):
    time = torch.arange(50) / 30.0
    pulled = torch.stack((0.5 * 2.0 * time**2, torch.zeros(50), torch.zeros(50)), 1)  # 2 m/s^2 to the left
    still = _imbalance(standing(torch.zeros(50, 3)), FEET, UP, 30.0)
    moving = _imbalance(standing(pulled), FEET, UP, 30.0)
    height = float(still[1])
    assert float(still[0] - moving[0]) == pytest.approx(2.0 * height / GRAVITY * 48 / 50, rel=0.02)


def test_frames_without_support_do_not_count(standing):
    contact = torch.zeros(50, 6)
    contact[:10, 0] = 1.0
    posed = standing(torch.zeros(50, 3))
    left = _imbalance(posed, contact, UP, 30.0)
    np.testing.assert_allclose(left[0], (centre_of_mass(posed.joints)[0] - posed.contacts[0, 0])[0], atol=1e-3)
