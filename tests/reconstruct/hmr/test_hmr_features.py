import torch

from sfv.reconstruct.hmr.features import FEATURES, prepare, turn
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES

OWN, SURE = slice(38, 76), slice(76, 95)


def person(frames: int = 16) -> torch.Tensor:
    """Landmarks of an upright stick figure that drifts to the right. Shape (1, frames, 19, 2)."""
    height = {"nose": -0.65, "ear": -0.66, "shoulder": -0.5, "elbow": -0.25, "wrist": 0.0, "hip": 0.0, "knee": 0.4, "ankle": 0.8,
              "heel": 0.85, "foot_index": 0.87}  # fmt: skip
    rows = []
    for name in LANDMARK_NAMES:
        y = next(value for part, value in height.items() if name.endswith(part))
        rows.append([0.15 if "left" in name else -0.15 if "right" in name else 0.0, y])
    drift = torch.arange(frames)[:, None, None] * torch.tensor([0.02, 0.0])
    return (torch.tensor(rows) + drift)[None] * 0.1


def test_a_turned_moved_and_scaled_picture_gives_the_same_upright_landmarks():
    xy, sure = person(), torch.ones(1, 16, 19)
    window = prepare(xy, sure)
    changed = prepare(2.5 * turn(xy, torch.tensor(1.1)) + torch.tensor([0.3, -0.2]), sure)
    assert window.features.shape == (1, 16, FEATURES)
    torch.testing.assert_close(changed.features[..., OWN], window.features[..., OWN], atol=2e-4, rtol=0)
    torch.testing.assert_close(changed.angle, window.angle + 1.1, atol=1e-4, rtol=0)


def test_the_torso_of_an_upright_figure_is_upright():
    window = prepare(person(), torch.ones(1, 16, 19))
    torch.testing.assert_close(window.angle, torch.zeros(1, 16), atol=1e-3, rtol=0)
    torch.testing.assert_close(window.camera_rotation()[0, 0], torch.eye(3), atol=1e-3, rtol=0)


def test_what_is_unseen_does_not_matter():
    xy, sure = person(), torch.ones(1, 16, 19)
    sure[0, 4:7] = 0.0
    sure[0, :, 3] = 0.0
    spoiled = xy.clone()
    spoiled[sure == 0] = 77.0
    torch.testing.assert_close(prepare(spoiled, sure).features, prepare(xy, sure).features)


def test_nothing_seen_is_finite():
    window = prepare(torch.zeros(2, 16, 19, 2), torch.zeros(2, 16, 19))
    assert window.features.isfinite().all()


def test_upright_undoes_the_turn():
    xy, sure = turn(person(), torch.tensor(0.7)), torch.ones(1, 16, 19)
    window = prepare(xy, sure)
    there = window.upright(xy)
    torch.testing.assert_close(there.flatten(2), window.features[..., OWN], atol=1e-5, rtol=0)
