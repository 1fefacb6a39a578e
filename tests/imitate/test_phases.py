import pytest
import torch

from sfv.imitate.config import FailureConfig
from sfv.imitate.starts.phases import PhaseBins


def make(weight=0.5, cyclic=False, bins=10, frames=100, length=120, **settings):
    return PhaseBins(bins, frames, length, cyclic, weight, FailureConfig(**settings))


def fail(phases, frame, steps=50):
    moment = torch.tensor([[0, frame]]).expand(8, -1)
    for _ in range(steps):
        phases.record(moment, torch.ones(8, dtype=torch.bool))


def test_without_failures_all_parts_are_equally_likely():
    torch.testing.assert_close(make().probabilities(), torch.full((10,), 0.1))


def test_failures_draw_starts_to_their_part_and_the_ones_before():
    phases = make(weight=0.9, kernel=3, kernel_decay=0.8)
    fail(phases, 55)
    chance = phases.probabilities()
    assert float(chance.sum()) == pytest.approx(1.0)
    assert chance.argmax() == 5
    assert chance[5] > chance[4] > chance[3] > chance[2]
    torch.testing.assert_close(chance[[0, 1, 2, 6, 7]], chance[:1].expand(5))
    # little floor is left: (1, .8, .64) of 2.44, times the weight
    assert float(chance[5]) == pytest.approx(0.9 / 2.44 + 0.01, abs=0.02)


def test_weight_bounds_how_far_from_uniform_it_goes():
    for weight in (0.0, 0.3, 1.0):
        phases = make(weight=weight, kernel=1, floor=0.0)
        fail(phases, 0)
        assert float(phases.probabilities()[0]) == pytest.approx(weight + (1 - weight) / 10)


def test_drawn_parts_follow_the_probabilities():
    phases = make(weight=0.8)
    fail(phases, 70)
    drawn = phases.draw(20_000, torch.Generator().manual_seed(0))
    share = torch.bincount(drawn, minlength=10) / 20_000
    torch.testing.assert_close(share, phases.probabilities(), atol=0.012, rtol=0)


def test_average_forgets():
    phases = make(memory=0.1)
    fail(phases, 5)
    assert float(phases.failures[0]) == pytest.approx(8.0, rel=0.01)
    for _ in range(50):
        phases.record(torch.tensor([[0, 5]]).expand(8, -1), torch.zeros(8, dtype=torch.bool))
    assert float(phases.failures[0]) < 0.1


@pytest.mark.parametrize(("cyclic", "frame", "part"), [(True, 121, 0), (True, 239, 9), (False, 119, 9), (False, 0, 0)])
def test_failures_are_credited_to_the_phase_they_happen_in(cyclic, frame, part):
    phases = make(cyclic=cyclic, frames=120 if cyclic else 100)
    fail(phases, frame, 1)
    assert phases.failures.argmax() == part


def test_before_the_beginning_of_a_cycle_lies_its_end():
    around, ends = make(cyclic=True, frames=120, kernel=2), make(kernel=2)
    for phases in (around, ends):
        fail(phases, 3)
    assert around.probabilities()[9] > 2 * around.probabilities()[5]
    torch.testing.assert_close(ends.probabilities()[9], ends.probabilities()[5])


def test_frames_lie_in_their_part_and_cover_it():
    phases = make(bins=7, frames=100)
    bins = torch.arange(7).repeat(400)
    frames = phases.frames_in(bins, torch.Generator().manual_seed(0))
    assert torch.equal(phases.part(frames), bins)
    assert set(frames.tolist()) == set(range(100))
