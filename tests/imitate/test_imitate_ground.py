"""Heights under the character, and the reference placed on the ground."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.environment import load_environment
from sfv.imitate.config import ImitationConfig
from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.reference.placed import ends_in_world
from sfv.imitate.state.heading import heading
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.motion.placing import along_x, way_of
from sfv.physics.config import PhysicsConfig

CPU = torch.device("cpu")
STILL = ImitationConfig(start_pose_noise=0.0, start_velocity_noise=0.0)


@pytest.fixture
def make(humanoid):
    def build(clip, env, worlds=16, auto_reset=True, **settings):
        config = replace(STILL, **settings)
        environment = load_environment(env)
        return make_imitation_worlds(clip, humanoid, environment, PhysicsConfig(), config, worlds, 2, 0, auto_reset)

    return build


@pytest.mark.parametrize("name", ["slope", "slopes", "rough", "stairs", "gaps", "box"])
def test_tables_hold_the_terrains_heights(name):
    terrain = load_environment(name).terrain
    ground = GroundBelow(terrain, CPU)
    random = np.random.default_rng(0)
    x, y = random.uniform(-2, 20, 500), random.uniform(-5, 5, 500)
    xy = torch.from_numpy(np.stack([x, y], -1)).float()
    for table, heights in ((ground.surface, terrain.surface(x, y)), (ground.support, terrain.support(x, y))):
        wrong = (table.at(xy) - torch.from_numpy(heights)).abs() > 0.01
        assert wrong.float().mean() < 0.1  # only within half a cell of an edge


def test_the_reference_climbs_with_the_slope(make, walk_clip):
    core = make(walk_clip, "slope")
    frame, plain = core.frame, core.library.frame(core.moment)
    rise = np.tan(np.radians(15))
    torch.testing.assert_close(frame.qpos[:, 2] - plain.qpos[:, 2], rise * frame.qpos[:, 0], atol=1e-4, rtol=0)
    torch.testing.assert_close(frame.com[:, 2] - plain.com[:, 2], rise * frame.qpos[:, 0], atol=1e-4, rtol=0)
    torch.testing.assert_close(frame.qvel[:, 2] - plain.qvel[:, 2], rise * plain.qvel[:, 0], atol=1e-3, rtol=0)


def test_starts_stand_on_the_ground_and_not_in_it(make, walk_clip):
    for env in ("slope", "rough", "stairs", "gaps"):
        core = make(walk_clip, env)
        assert core.worlds.ground_distance.min() > -0.015  # of a foot across a hill
        feet = core.worlds.xpos[:, core.skeleton.feet]
        above = core.ground.above(feet)[..., 2].amin(1)
        assert above.max() < 0.2, env  # an ankle is at 0.05 m when its foot is flat


def test_nobody_starts_with_a_standing_foot_over_a_gap(make, walk_clip):
    core = make(walk_clip, "gaps", worlds=256)
    core.reset()
    feet = core.worlds.xpos[:, core.skeleton.feet]
    low = feet[..., 2] < 0.12
    assert low.any(dim=1).all()
    assert core.ground.broken
    assert (core.ground.surface.at(feet[..., :2])[low] == 0).float().mean() > 0.99
    free = core.ground.places(256, torch.Generator().manual_seed(0)) - core.library.frame(core.start).qpos[:, :2]
    ends = ends_in_world(core.library.frame(core.start))
    torch.testing.assert_close(
        ends[..., :2] + core.offset[:, None], core.worlds.xpos[:, core.skeleton.end_effectors, :2], atol=1e-4, rtol=0
    )
    ends[..., :2] += free[:, None]
    assert not core.ground.holds(ends).all(), "not every place would do"


@pytest.mark.parametrize("name", ["slope", "rough", "stairs", "slopes", "ledge"])
def test_ground_without_holes_is_not_broken(name):
    assert not GroundBelow(load_environment(name).terrain, CPU).broken


def test_on_level_ground_a_map_is_flat_and_nothing_else_changes(make, walk_clip):
    plain, seen = make(walk_clip, "flat"), make(walk_clip, "flat", height_map=True)
    a, b = plain.reset(start=torch.arange(16)), seen.reset(start=torch.arange(16))
    torch.testing.assert_close(a, b[:, : a.shape[1]])
    assert (b[:, a.shape[1] :] == 0).all()
    assert b.shape[1] - a.shape[1] == 50


def test_the_map_shows_what_lies_ahead(make, walk_clip):
    """On a slope each point is as much higher as it lies ahead; over a gap it shows the depth, cut at a metre."""
    core = make(walk_clip, "slope", height_map=True)
    seen = core.reset()[:, -50:].view(-1, 10, 5)
    cos, sin = heading(core.worlds.xquat[:, core.skeleton.root])
    ahead, aside = torch.tensor(STILL.height_map_ahead), torch.tensor(STILL.height_map_aside)
    x = cos[:, None, None] * ahead[:, None] - sin[:, None, None] * aside
    torch.testing.assert_close(seen, float(np.tan(np.radians(15))) * x, atol=2e-3, rtol=0)
    gaps = make(walk_clip, "gaps", height_map=True).reset()[:, -50:]
    assert set(gaps.unique().tolist()) == {0.0, -1.0}


def test_reward_on_a_slope_is_that_of_level_ground_for_who_climbs(make, walk_clip):
    """A character put on its placed reference earns all but the hands' and feet's share: only they meet another ground."""
    core = make(walk_clip, "slope")
    frame = core.frame
    core.worlds.reset(torch.arange(16), frame.qpos, frame.qvel)
    root = core.skeleton.root
    terms = core.reward_terms(frame, core.worlds.subtree_com[:, root], heading(core.worlds.xquat[:, root]))
    torch.testing.assert_close(terms[:, [0, 3]], torch.ones(16, 2), atol=1e-3, rtol=0)
    assert terms[:, 2].min() > 0.5


def test_a_clip_recorded_on_its_ground_keeps_its_heights(make, walk_clip):
    core = make(walk_clip, "ledge")
    torch.testing.assert_close(core.frame.qpos[:, 2], core.library.frame(core.moment).qpos[:, 2])


def test_cyclic_episodes_start_where_the_ground_says(make, walk_clip):
    core = make(walk_clip, "rough", worlds=64)
    place = core.frame.qpos[:, :2]
    assert place.abs().max() <= 4.0
    assert place.std(0).min() > 1.0


def test_the_reference_waits_at_the_end_of_its_leash(make, walk_clip):
    core = make(walk_clip, "flat", max_reference_distance=0.5, auto_reset=False, termination_distance=50.0)
    qpos = core.worlds.qpos.clone()
    qpos[:, 1] += 2.0  # somebody moved it aside
    core.worlds.reset(torch.arange(16), qpos, core.worlds.qvel.clone())
    core.step(torch.zeros(16, core.action_size))
    distance = (core.worlds.xpos[:, core.skeleton.root, :2] - core.frame.qpos[:, :2]).norm(dim=-1)
    torch.testing.assert_close(distance, torch.full((16,), 0.5), atol=0.02, rtol=0)


def test_state_on_terrain_comes_back(make, walk_clip):
    core = make(walk_clip, "rough")
    state = core.save_state()
    action = torch.zeros(16, core.action_size)
    first = [core.step(action).observation.clone() for _ in range(5)]
    core.load_state(state)
    again = [core.step(action).observation for _ in range(5)]
    assert all(torch.equal(a, b) for a, b in zip(first, again))


def test_clips_are_laid_along_x(walk_clip, turning_clip):
    turned = along_x(turning_clip)
    assert way_of(turned.qpos) == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(turned.qpos[0, :2], 0.0, atol=1e-9)
    np.testing.assert_allclose(turned.qpos[:, 2], turning_clip.qpos[:, 2])
    distance = np.linalg.norm(np.diff(turning_clip.qpos[:, :2], axis=0), axis=1)
    np.testing.assert_allclose(np.linalg.norm(np.diff(turned.qpos[:, :2], axis=0), axis=1), distance, atol=1e-9)
