"""The pose prior that ships: order of its numbers, gradients, what it finds usual."""

import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError
from sfv.files import read_npz, save_npz
from sfv.reconstruct.model.from_smpl import POSE_NUMBERS
from sfv.reconstruct.model.limits import limits, usual_pose
from sfv.reconstruct.model.pose_prior import FILE, SCHEMA, VERSION, PosePrior, number_names, pose_prior
from sfv.reconstruct.model.skeleton import LAYOUT

BENDS = slice(LAYOUT["root"].stop, None)
SIDES = [
    number_names().index(name.replace("left", "#").replace("right", "left").replace("#", "right"))
    for name in number_names()
]
SIGNS = torch.tensor([-1.0 if name.endswith((" y", " z")) else 1.0 for name in number_names()])


def test_names_follow_the_layout():
    names = number_names()
    assert len(names) == POSE_NUMBERS
    for joint, cut in LAYOUT.items():
        if joint in ("trans", "root"):
            continue
        own = names[cut.start - BENDS.start : cut.stop - BENDS.start]
        assert all(name.split(" ")[0] == joint for name in own)


def test_the_energy_is_that_of_the_nearest_gaussian():
    prior = PosePrior(
        torch.stack((torch.zeros(POSE_NUMBERS), torch.ones(POSE_NUMBERS))),
        torch.stack((torch.eye(POSE_NUMBERS), 2 * torch.eye(POSE_NUMBERS))),
        torch.tensor([0.0, -1.0]),
    )
    numbers = torch.zeros(2, POSE_NUMBERS)
    numbers[1] = 1.0
    numbers[1, 0] = 1.5
    assert torch.allclose(prior.components(numbers)[:, 0], torch.tensor([0.0, 0.5 * (35 + 2.25)]))
    assert torch.allclose(prior.energy(numbers), torch.tensor([0.0, 0.5 * 4 * 0.25 + 1.0]))


def test_gradients_lead_to_usual_poses():
    prior = pose_prior()
    mean, deviation = (value[BENDS] for value in usual_pose())
    generator = torch.Generator().manual_seed(0)
    numbers = (mean + deviation * torch.randn(20, POSE_NUMBERS, generator=generator)).requires_grad_()
    before = prior.energy(numbers)
    (gradient,) = torch.autograd.grad(before.sum(), numbers)
    assert torch.isfinite(gradient).all()
    after = prior.energy(numbers.detach() - 1e-3 * gradient)
    assert (after < before).all()


def test_ordinary_poses_are_cheap_and_broken_ones_dear():
    prior = pose_prior()
    standing = usual_pose()[0][None, BENDS].clone()
    assert prior.energy(standing).item() < 30
    for number, value in (("left_knee", -0.8), ("right_elbow", -1.0), ("spine z", 1.2), ("left_hip y", 1.5)):
        broken = standing.clone()
        broken[0, number_names().index(number)] = value
        assert prior.energy(broken).item() > prior.energy(standing).item() + 3
    assert (prior.energy(prior.means) >= -1e-3).all()


def test_left_and_right_are_alike():
    prior = pose_prior()
    generator = torch.Generator().manual_seed(1)
    drawn = prior.means[torch.randint(len(prior.means), (400,), generator=generator)]
    noise = 0.3 * usual_pose()[1][BENDS] * torch.randn(400, POSE_NUMBERS, generator=generator)
    energy, mirrored = (prior.energy(x) for x in (drawn + noise, (drawn + noise)[:, SIDES] * SIGNS))
    assert abs(energy.mean() - mirrored.mean()) < 0.1 * energy.mean()


def test_means_are_within_the_limits():
    low, high = (limit[BENDS] for limit in limits())
    means = pose_prior().means
    assert ((means > low) & (means < high)).all()


def test_the_file_is_small_and_named():
    assert FILE.stat().st_size < 200_000
    assert [str(name) for name in read_npz(FILE)["number_names"]] == list(number_names())


def test_a_prior_of_another_skeleton_is_refused(tmp_path):
    data = {key: value for key, value in read_npz(FILE).items() if not key.startswith("schema")}
    path = tmp_path / "prior.npz"
    save_npz(path, SCHEMA, VERSION, data | {"number_names": np.array(["a"] * POSE_NUMBERS)})
    with pytest.raises(FileFormatError, match="spine x"):
        pose_prior(path)
    save_npz(path, SCHEMA, VERSION, data | {"number_names": np.array(number_names()[::-1])})
    pose_prior.cache_clear()
    with pytest.raises(FileFormatError, match="another order"):
        pose_prior(path)
