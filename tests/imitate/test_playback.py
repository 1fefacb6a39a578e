import pytest
import torch

from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.imitate.playback import make_nr_worlds, play
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig


@pytest.fixture
def make(humanoid, flat):
    return lambda clip, **nr: make_nr_worlds(
        clip, humanoid, flat, PhysicsConfig(), ImitationConfig(), NrConfig(**nr), 2
    )


def idle(observation):
    return torch.zeros(len(observation), 28)


def test_steps_after_a_fall_count_zero(make, walk_clip):
    """Recomputed step by step: the sum of rewards up to the failure over all 60 steps."""
    core = make(walk_clip, starts=8, seconds=2.0)
    start = torch.arange(8) * 30
    core.generator.manual_seed(7)
    played = play(core, idle, start)
    core.generator.manual_seed(7)
    observation, total, alive = core.reset(start=start), torch.zeros(8), torch.ones(8, dtype=torch.bool)
    for _ in range(60):
        step = core.step(idle(observation))
        alive &= ~step.failed
        total += step.reward * alive
    assert (played.whole == 60).all()
    assert not played.finished.all()  # without a policy the walk falls
    torch.testing.assert_close(played.nr, total / 60)
    weights = torch.tensor([0.65, 0.10, 0.15, 0.10])
    torch.testing.assert_close(played.terms @ weights, played.nr)


def test_clip_that_ends_is_played_from_its_first_frame(make, short_clip):
    core = make(short_clip, starts=4)
    played = play(core, idle)
    assert (core.start == 0).all()
    assert played.whole.tolist() == [38] * 4
    assert played.nr.unique().numel() == 4  # start noise makes four different episodes


def test_divergence_counts_as_a_failure(make, walk_clip):
    core = make(walk_clip, starts=3, seconds=1.0)

    def hit(observation):
        core.worlds.qvel[1] = 1e12
        return idle(observation)

    played = play(core, hit)
    assert played.diverged.tolist() == [False, True, False]
    assert int(played.steps[1]) == 0
    assert float(played.nr[1]) == 0.0


def test_refuses_worlds_that_reset_themselves(walk_clip, humanoid, flat):
    core = make_imitation_worlds(walk_clip, humanoid, flat, PhysicsConfig(), ImitationConfig(), 2, 1)
    with pytest.raises(ValueError, match="reset by themselves"):
        play(core, idle)
