import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError, SfvError
from sfv.learn.ppo.network import build_network
from sfv.learn.run.policy import load_policy, save_policy, save_small_policy


@pytest.fixture
def network():
    torch.manual_seed(0)
    network = build_network(12, 4, (32, 16))
    with torch.no_grad():
        network.action_net.weight.normal_()
    network.features_extractor.update(5.0 + 3.0 * torch.randn(200, 12))
    return network


def test_loaded_policy_plays_the_same_normaliser_included(network, tmp_path):
    save_policy(network, tmp_path / "policy.npz")
    observation = 5.0 + torch.randn(30, 12)
    expected = network.mean_action(observation)
    assert torch.equal(load_policy(tmp_path / "policy.npz").act(observation), expected)
    assert torch.equal(load_policy(tmp_path).act(observation), expected)  # by its run folder
    network.features_extractor.mean += 1.0
    assert not torch.equal(network.mean_action(observation), expected)  # the statistics do matter


def test_artefact_holds_no_pickle(network, tmp_path):
    save_policy(network, tmp_path / "policy.npz")
    with np.load(tmp_path / "policy.npz", allow_pickle=False) as data:
        assert all(data[name].dtype != object for name in data.files)


def test_playing_ignores_low_precision(network):
    observation = torch.randn(30, 12)
    expected = network.mean_action(observation)
    network.low_precision = True
    assert torch.equal(network.mean_action(observation), expected)


def test_refuses_a_truncated_file_and_the_wrong_task(network, tmp_path):
    save_policy(network, tmp_path / "policy.npz")
    policy = load_policy(tmp_path)
    with pytest.raises(SfvError, match="12 observed numbers"):
        policy.act(torch.zeros(1, 13))
    whole = (tmp_path / "policy.npz").read_bytes()
    (tmp_path / "policy.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileFormatError, match=r"policy\.npz"):
        load_policy(tmp_path)
    with pytest.raises(FileFormatError, match="does not exist"):
        load_policy(tmp_path / "nothing.npz")


def test_explore_and_evaluate_agree_with_torchs_normal(network):
    observation, noise = torch.randn(20, 12), torch.randn(20, 4)
    with torch.no_grad():
        network.log_std.copy_(torch.tensor([-2.0, -1.0, 0.0, 0.5]))
        features = network.features(observation)
        actions, log_prob = network.explore(features, noise)
        values, same_values = network.values(observation), network.feature_values(features)
        same_log_prob, entropy = network.log_prob(features, actions), network.entropy()
        normal = torch.distributions.Normal(network.mean_action(observation), network.log_std.exp())
    torch.testing.assert_close(actions, normal.mean + noise * normal.stddev)
    torch.testing.assert_close(log_prob, normal.log_prob(actions).sum(-1), atol=1e-4, rtol=0)
    torch.testing.assert_close(same_log_prob, log_prob, atol=1e-4, rtol=0)
    torch.testing.assert_close(values, same_values)
    torch.testing.assert_close(entropy, normal.entropy()[0].sum())
    sb3_values, sb3_log_prob, _ = network.evaluate_actions(observation, actions)
    torch.testing.assert_close(sb3_log_prob, log_prob, atol=1e-4, rtol=0)
    torch.testing.assert_close(sb3_values.squeeze(-1), values)


def test_small_policy_holds_the_actor_alone_in_half_precision(network, tmp_path):
    save_policy(network, tmp_path / "policy.npz")
    whole = load_policy(tmp_path)
    save_small_policy(whole, tmp_path / "small.npz")
    small = load_policy(tmp_path / "small.npz")
    observation = 5.0 + 3.0 * torch.randn(200, 12)
    difference = (whole.act(observation) - small.act(observation)).abs().max()
    assert 0 < difference < 1e-2 * whole.act(observation).abs().max()
    with np.load(tmp_path / "small.npz", allow_pickle=False) as data:
        names = {name.removeprefix("network.") for name in data.files if name.startswith("network.")}
        assert data["network.action_net.weight"].shape == (2, 4, 16)  # low and high bytes of float16
        assert data["network.features_extractor.variance"].dtype == np.float32
    assert names == set(whole.network.state_dict())
