"""Bodies, motors, senses and ground that differ from world to world."""

from dataclasses import replace

import pytest
import torch

from sfv.environment import load_environment
from sfv.environment.randomisation import RandomisationConfig
from sfv.errors import UnknownNameError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig


@pytest.fixture
def make(humanoid, flat):
    def build(clip, worlds=4, auto_reset=False, **randomisation):
        environment = replace(flat, randomisation=RandomisationConfig(**randomisation))
        config = ImitationConfig(start_pose_noise=0.0, start_velocity_noise=0.0, termination_distance=50.0)
        return make_imitation_worlds(clip, humanoid, environment, PhysicsConfig(), config, worlds, 1, 0, auto_reset)

    return build


def rise(core, steps=3):
    """Put the worlds 3 m up and let them fall: their root's height after some control steps. Shape (N,)."""
    qpos = core.worlds.qpos.clone()
    qpos[:] = qpos[0]
    qpos[:, 2] = 3.0
    core.worlds.reset(torch.arange(core.num_worlds), qpos, torch.zeros_like(core.worlds.qvel))
    for _ in range(steps):
        core.step(torch.zeros(core.num_worlds, core.action_size))
    return core.worlds.subtree_com[:, core.skeleton.root, 2].clone(), core.worlds.qpos.clone()


def test_gravity_acts_as_its_factor_says(make, walk_clip):
    core = make(walk_clip)
    start = core.worlds.subtree_com[:, core.skeleton.root, 2] - core.worlds.qpos[:, 2]
    core.disturbances.set("gravity", torch.tensor([0.0, 0.5, 1.0, 2.0]))
    height, _ = rise(core)
    fallen = 3.0 + start - height
    expected = 0.5 * 9.81 * (3 / 30) ** 2 * torch.tensor([0.0, 0.5, 1.0, 2.0])
    torch.testing.assert_close((fallen - fallen[0]).float(), expected, atol=0.006, rtol=0.05)


def test_heavier_bodies_yield_less_to_the_same_force(make, walk_clip):
    core = make(walk_clip)
    core.disturbances.set("mass", torch.tensor([1.0, 1.0, 2.0, 2.0]))
    qpos = core.worlds.qpos.clone()
    qpos[:] = qpos[0]
    qpos[:, 2] = 5.0
    core.worlds.reset(torch.arange(4), qpos, torch.zeros_like(core.worlds.qvel))
    before = core.worlds.subtree_com[:, core.skeleton.root].clone()
    force = torch.tensor([[0.0, 0, 0], [300.0, 0, 0], [0.0, 0, 0], [300.0, 0, 0]])
    core.worlds.push(torch.arange(4), core.skeleton.root, force)
    core.worlds.step(torch.zeros(4, core.action_size))
    moved = (core.worlds.subtree_com[:, core.skeleton.root] - before)[:, 0]
    assert (moved[1] - moved[0]) / (moved[3] - moved[2]) == pytest.approx(2.0, rel=0.05)


def test_a_load_changes_the_carriers_mass_only(make, walk_clip):
    core = make(walk_clip, load_body="right_wrist")
    core.disturbances.set("load", torch.tensor([0.0, 1.0, 2.0, 3.0]))
    mass = core.worlds.parameter("body_mass")
    wrist = core.worlds.model.body("right_wrist").id
    torch.testing.assert_close((mass[:, wrist] - mass[0, wrist]).float(), torch.tensor([0.0, 1.0, 2.0, 3.0]))
    others = [i for i in range(mass.shape[1]) if i != wrist]
    assert (mass[:, others] == mass[0, others]).all()


def test_weak_motors_push_with_less(make, walk_clip):
    core = make(walk_clip)
    core.disturbances.set("strength", torch.tensor([0.5, 1.0, 1.0, 1.0]))
    limits = core.worlds.parameter("actuator_forcerange")
    assert (limits[0] == 0.5 * limits[1]).all()
    core.disturbances.set("gain", torch.tensor([0.5, 1.0, 1.0, 2.0]))
    gains, biases = core.worlds.parameter("actuator_gainprm"), core.worlds.parameter("actuator_biasprm")
    assert (gains[0] == 0.5 * gains[1]).all()
    assert (biases[3] == 2 * biases[1]).all()


def test_friction_is_the_grounds(make, walk_clip):
    core = make(walk_clip)
    core.disturbances.set("friction", torch.tensor([0.1, 0.5, 1.0, 2.0]))
    friction = core.worlds.parameter("geom_friction")
    ground = core.worlds.model.geom("ground").id
    torch.testing.assert_close(friction[:, ground, 0].float(), torch.tensor([0.1, 0.5, 1.0, 2.0]))


def test_delayed_controls_arrive_late(make, walk_clip):
    """For the delay of a whole step the controls of the step before act; without any, the new ones at once."""
    core = make(walk_clip)
    late = torch.tensor([0, 2, 4, 4])
    qpos = core.worlds.qpos.clone()
    qpos[:] = qpos[0]
    qpos[:, 2] = 5.0
    old, new = torch.zeros(4, core.action_size), torch.full((4, core.action_size), 0.5)
    core.worlds.step(old)
    core.worlds.reset(torch.arange(4), qpos, torch.zeros_like(core.worlds.qvel))
    state = core.worlds.save_state()
    core.worlds.step(new, late)
    after = core.worlds.qpos.clone()
    core.worlds.load_state(state)
    core.worlds.step(old)
    kept = core.worlds.qpos.clone()
    core.worlds.load_state(state)
    core.worlds.step(new)
    torch.testing.assert_close(after[0], core.worlds.qpos[0])
    torch.testing.assert_close(after[2], kept[2])
    assert not torch.allclose(after[1], after[0], atol=1e-3)
    assert not torch.allclose(after[1], after[2], atol=1e-3)


def test_senses_are_noisy_but_not_the_clock(make, walk_clip):
    core = make(walk_clip, worlds=64)
    clean = core.reset(start=torch.zeros(64, dtype=torch.long))
    core.disturbances.set("sensor_noise", torch.full((64,), 0.1))
    noisy = core.reset(start=torch.zeros(64, dtype=torch.long))
    assert (noisy[:, :2] == clean[:, :2]).all()
    assert (noisy - clean)[:, 2:].std() == pytest.approx(0.1, rel=0.1)


def test_each_episode_draws_anew_within_its_range(make, walk_clip):
    core = make(walk_clip, worlds=64, strength=(0.5, 0.9), mass=(0.8, 1.2))
    limits, nominal = core.worlds.parameter("actuator_forcerange"), core.worlds.model.actuator_forcerange[0, 1]
    factor = limits[:, 0, 1] / nominal
    assert 0.5 <= factor.min() < 0.6
    assert 0.8 < factor.max() <= 0.9
    before = limits.clone()
    core.reset(torch.arange(8))
    changed = (limits != before).flatten(1).any(1)
    assert changed[:8].all()
    assert not changed[8:].any()


def test_pushes_come_and_go(make, walk_clip):
    core = make(walk_clip, worlds=64, push_newtons=(100.0, 200.0), push_interval=(0.1, 0.3), push_seconds=0.2)
    sizes = []
    for _ in range(45):
        core.step(torch.zeros(64, core.action_size))
        sizes.append(core.disturbances.pushes.force.norm(dim=-1))
    sizes = torch.stack(sizes)
    pushed = sizes > 0
    assert sizes[pushed].min() >= 100.0
    assert sizes[pushed].max() <= 200.0
    lengths = [len(run) for world in pushed.T.tolist() for run in "".join("x" if p else " " for p in world).split()]
    assert max(lengths) == 6  # 0.2 s


def test_one_push_early_in_each_episode(make, walk_clip):
    """The first push has an interval of its own; the next one would come after the episode's end, and the next episode's is early."""
    core = make(walk_clip, 64, push_newtons=(100.0, 200.0), push_first=(0.1, 0.5), push_interval=(20.0, 20.0))
    for _ in range(2):
        sizes = []
        for _ in range(45):
            core.step(torch.zeros(64, core.action_size))
            sizes.append(core.disturbances.pushes.force.norm(dim=-1))
        pushed = torch.stack(sizes) > 0
        assert (pushed.sum(0) == 6).all()
        first = pushed.float().argmax(0)
        assert first.min() >= 2
        assert first.max() <= 15
        core.reset()


def test_names_that_do_not_exist_are_told(make, walk_clip):
    with pytest.raises(UnknownNameError, match="right_wrist"):
        make(walk_clip, push_newtons=(1.0, 2.0), push_body="tail")
    with pytest.raises(UnknownNameError, match="known: com_offset"):
        make(walk_clip).disturbances.set("colour", torch.zeros(4))


def test_randomised_training_can_be_resumed_exactly(make, walk_clip):
    core = make(walk_clip, auto_reset=True, strength=(0.5, 1.0), mass=(0.8, 1.2), push_newtons=(50.0, 100.0))
    for _ in range(5):
        core.step(torch.zeros(4, core.action_size))
    state = core.save_state()
    first = [core.step(torch.zeros(4, core.action_size)).observation.clone() for _ in range(30)]
    core.load_state(state)
    again = [core.step(torch.zeros(4, core.action_size)).observation for _ in range(30)]
    assert all(torch.equal(a, b) for a, b in zip(first, again))


def test_environment_of_a_file_reaches_the_worlds(humanoid, walk_clip):
    environment = load_environment("flat:randomisation.gravity=[0.5,0.5]")
    core = make_imitation_worlds(walk_clip, humanoid, environment, PhysicsConfig(), ImitationConfig(), 2, 1)
    assert core.worlds.parameter("gravity")[:, 2].tolist() == pytest.approx([-4.905, -4.905])
