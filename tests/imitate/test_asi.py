import pytest
import torch

from sfv.errors import SfvError
from sfv.imitate.config import AsiConfig
from sfv.imitate.starts.asi import AdaptiveStarts

BEST = torch.tensor([0.3, -0.2, 0.0])  # the toy's return falls off quadratically around this offset
STD = torch.tensor([0.4, 0.2, 0.1])


def make(worlds, episodes=10**9, horizon=(50, 50), **settings):
    config = AsiConfig(**({"episodes": episodes, "step_size": 0.001, "spread": 1.0} | settings))
    return AdaptiveStarts(STD, torch.tensor(horizon), worlds, config)


def play_once(asi, seed=0, height=5.0, bins=2):
    """One-step episodes of return height - |x - best|^2 in every world; expected value height - |mu - best|^2 - |sigma|^2."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.arange(len(asi.bin))
    offset = asi.draw(ids, ids % bins, generator)
    asi.earn(height - ((offset - BEST) ** 2).sum(-1))
    asi.finish(ids)


@pytest.mark.parametrize("baseline", [True, False])
def test_gradient_agrees_with_the_analytic_one(baseline):
    asi = make(100_000, baseline=baseline)
    play_once(asi)
    by_mean, by_log_std = 2 * BEST, -2 * STD**2
    expected = torch.cat((by_mean, by_log_std)) / 2  # the objective is the mean over the two phases
    torch.testing.assert_close(asi.gradient(), expected.expand(2, -1), atol=0.05 if baseline else 0.3, rtol=0)


def test_baseline_takes_most_of_the_variance_away():
    spread = []
    for baseline in (True, False):
        estimates = []
        for seed in range(60):
            asi = make(400, baseline=baseline)
            play_once(asi, seed)
            estimates.append(asi.gradient())
        spread.append(float(torch.stack(estimates).var(0).sum()))
    assert spread[0] < 0.1 * spread[1]


def test_means_move_to_higher_return_and_distributions_narrow():
    asi = make(2000, episodes=2000, step_size=0.2)
    for seed in range(60):
        play_once(asi, seed)
    assert asi.tally[3] == 60
    torch.testing.assert_close(asi.mean, BEST.expand(2, -1), atol=0.05, rtol=0)
    assert (asi.log_std.exp() < STD).all()


def test_one_update_is_step_size_times_gradient_and_begins_anew():
    asi = make(1999, episodes=2000)
    play_once(asi)
    gradient, log_std = asi.gradient(), asi.log_std.clone()
    assert asi.tally[3] == 0
    asi.draw(torch.tensor([0]), torch.tensor([0]), torch.Generator().manual_seed(1))
    asi.earn(torch.zeros(1999))
    asi.finish(torch.tensor([0]))
    assert asi.tally[3] == 1
    assert asi.count.sum() == 0
    torch.testing.assert_close(asi.mean, 0.001 * gradient[:, :3], atol=3e-5, rtol=0)
    torch.testing.assert_close(asi.log_std - log_std, 0.001 * gradient[:, 3:], atol=3e-5, rtol=0)
    assert asi.mean.abs().min() > 0


def test_other_phases_returns_leave_a_phase_alone():
    """A phase in which all starts are equally good has a gradient near zero, however good its neighbours are."""
    asi = make(20_000)
    ids = torch.arange(20_000)
    asi.draw(ids, ids % 2, torch.Generator().manual_seed(0))
    asi.earn(torch.where(ids % 2 == 0, 10.0, asi._score[:, 0]))
    asi.finish(ids)
    assert asi.gradient()[0].abs().max() < 1e-4
    assert float(asi.gradient()[1, 0]) > 1.0


def test_returns_are_discounted_and_late_phases_are_scaled_up_to_long_episodes():
    """Reward 1 in every step is worth the same from a phase with 60 steps left as from one with 5."""
    asi = make(2, horizon=(60, 5), discount=0.9)
    asi.draw(torch.arange(2), torch.arange(2), torch.Generator().manual_seed(0))
    for step in range(60):
        asi.earn(torch.ones(2))
        if step == 4:
            asi.finish(torch.tensor([1]))
    asi.finish(torch.tensor([0]))
    expected = (1 - 0.9**60) / 0.1
    torch.testing.assert_close(asi._sum_return, torch.full((2,), expected))


def test_only_episodes_that_were_drawn_count_and_each_once():
    asi = make(4)
    ids = torch.arange(4)
    asi.draw(ids, ids % 2, torch.Generator().manual_seed(0))
    asi.leave(torch.tensor([2]))
    asi.reject(torch.tensor([3]))
    asi.finish(ids)
    asi.finish(ids)
    assert asi.count.tolist() == [1, 2]
    assert asi.tally.tolist() == [4, 1, 0, 0]


def test_a_running_episode_keeps_the_score_of_the_distribution_it_was_drawn_from():
    asi = make(3, episodes=2, step_size=0.5)
    asi.draw(torch.arange(3), torch.zeros(3, dtype=torch.long), torch.Generator().manual_seed(0))
    score = asi._score[2].clone()
    asi.earn(torch.tensor([1.0, 5.0, 2.0]))
    asi.finish(torch.tensor([0, 1]))
    assert asi.tally[3] == 1
    asi.finish(torch.tensor([2]))
    torch.testing.assert_close(asi._sum_score[0], score)


def test_standard_deviations_have_a_floor():
    asi = AdaptiveStarts(torch.tensor([0.0, 0.3]), torch.tensor([9]), 1, AsiConfig(min_std=0.02, spread=0.5))
    torch.testing.assert_close(asi.log_std.exp(), torch.tensor([[0.02, 0.15]]))


@pytest.mark.parametrize("wrong", [{"discount": 1.0}, {"episodes": 0}, {"min_std": 0.0}, {"spread": -1.0}])
def test_refuses_settings_out_of_range(wrong):
    with pytest.raises(SfvError, match=f"{next(iter(wrong))} must be"):
        AdaptiveStarts(STD, torch.tensor([9]), 1, AsiConfig(**wrong))
