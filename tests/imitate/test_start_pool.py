import torch

from sfv.imitate.starts.pool import StartPool
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds


class Source:
    """Numbered starts: start k stands k metres along x."""

    def __init__(self, worlds):
        self.worlds, self.made = worlds, 0

    def draw(self, count):
        numbers = torch.arange(self.made, self.made + count)
        self.made += count
        qpos = self.worlds.qpos[:1].repeat(count, 1)
        qpos[:, 0], qpos[:, 2] = numbers.double(), 2.0
        offsets = torch.stack((0.5 * numbers, -numbers), dim=-1)
        return numbers, offsets, qpos, torch.zeros(count, self.worlds.model.nv)

    def observe(self, worlds, frames, offsets):
        return torch.stack((worlds.xpos[:, 1, 0], frames.float() + 0 * offsets[:, 0]), dim=-1).clone()


def pool_of(flat_model, size):
    worlds = CpuWorlds(flat_model, 8, PhysicsConfig(), threads=1)
    source = Source(worlds)
    return worlds, source, StartPool(worlds.spawn(size), source.draw, source.observe)


def test_every_start_is_used_once_and_in_order(flat_model):
    worlds, source, pool = pool_of(flat_model, 5)
    seen = []
    for ids in ([0, 3], [1], [7, 2, 0, 5], list(range(8))):  # the last two go beyond a filling
        ids = torch.tensor(ids)
        frames, offsets, observation = pool.begin(worlds, ids)
        seen += frames.tolist()
        assert torch.equal(worlds.qpos[ids, 0], frames.double())
        assert torch.equal(worlds.xpos[ids, 1, 0], frames.float())
        assert torch.equal(offsets, torch.stack((0.5 * frames, -frames), dim=-1))
        assert torch.equal(observation, torch.stack((frames, frames), dim=-1).float())
    assert seen == list(range(15))
    assert source.made == 15


def test_a_loaded_pool_goes_on_where_it_was(flat_model):
    worlds, source, pool = pool_of(flat_model, 5)
    pool.begin(worlds, torch.arange(3))
    state = {name: value.clone() for name, value in pool.state().items()}
    first = pool.begin(worlds, torch.arange(2))
    pool.begin(worlds, torch.arange(5))
    pool.load(state)
    again = pool.begin(worlds, torch.arange(2))
    assert all(torch.equal(a, b) for a, b in zip(first, again))
    assert source.made == 10  # nothing was drawn for it
