import torch

from sfv.reconstruct.hmr.config import NetworkConfig
from sfv.reconstruct.hmr.features import FEATURES
from sfv.reconstruct.hmr.network import THETA, Regressor, unpack

CONFIG = NetworkConfig(width=32, hidden=48, blocks=1)


def test_three_iterations_start_near_the_mean():
    torch.manual_seed(0)
    mean = torch.randn(THETA)
    answers = Regressor(CONFIG, mean)(torch.randn(2, CONFIG.window, FEATURES))
    assert len(answers) == 3
    assert all(answer.shape == (2, CONFIG.window, THETA) for answer in answers)
    away = [(answer - mean).abs().mean() for answer in answers]
    assert 0 < away[0] < away[2] < 0.2


def test_unpacked_rotations_are_rotations():
    said = unpack(torch.randn(2, 4, THETA))
    assert said.rotations.shape == (2, 4, 24, 3, 3)
    torch.testing.assert_close(torch.linalg.det(said.rotations), torch.ones(2, 4, 24), atol=1e-4, rtol=0)
    assert said.betas.shape == (2, 4, 10)
    assert said.camera.shape == (2, 4, 3)
