import torch

from sfv.imitate.vec_env import observation_space
from sfv.learn.ppo.normalizer import FLOOR, LIMIT, ObservationNormalizer


def test_merging_batches_equals_all_at_once():
    generator = torch.Generator().manual_seed(0)
    data = torch.randn((300, 5), generator=generator) * torch.tensor([1, 10, 0.1, 3, 1.0]) + 100.0
    normalizer = ObservationNormalizer(observation_space(5))
    for batch in data.split([1, 99, 150, 50]):
        normalizer.update(batch)
    torch.testing.assert_close(normalizer.mean, data.double().mean(0), rtol=1e-6, atol=0)
    torch.testing.assert_close(normalizer.variance, data.double().var(0, correction=0), rtol=1e-5, atol=0)
    whitened = normalizer(data)
    assert whitened.mean(0).abs().max() < 1e-3
    torch.testing.assert_close(whitened.std(0, correction=0), torch.ones(5), atol=1e-3, rtol=0)


def test_constant_columns_stay_small_and_outliers_are_clipped():
    normalizer = ObservationNormalizer(observation_space(2))
    normalizer.update(torch.tensor([[1.0, 0.0], [1.0, 2.0]]))
    out = normalizer(torch.tensor([[1.0 + 1e-3, 1e6]]))
    torch.testing.assert_close(out, torch.tensor([[1e-3 / FLOOR, LIMIT]]), atol=1e-4, rtol=0)


def test_statistics_are_in_the_state_dict_and_are_not_trained():
    normalizer = ObservationNormalizer(observation_space(3))
    assert set(normalizer.state_dict()) == {"mean", "variance", "count"}
    assert list(normalizer.parameters()) == []
