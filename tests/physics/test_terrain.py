"""The ground that is simulated is the ground that is looked up."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from sfv.environment import load_environment
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model
from sfv.physics.terrain import GROUND, add_ground

NAMES = (
    "slope",
    "slope_down",
    "slope_side",
    "slopes",
    "rough",
    "stairs",
    "stairs_down",
    "gaps",
    "beam",
    "box",
    "ledge",
    "yard",
)


@pytest.mark.parametrize("name", NAMES)
def test_rays_from_above_hit_the_surface(name, humanoid):
    environment = load_environment(name)
    model = build_model(humanoid, environment, PhysicsConfig())
    data = mujoco.MjData(model)
    data.qpos[2] = 200.0  # out of the way
    mujoco.mj_forward(model, data)
    random = np.random.default_rng(0)
    x0, x1, _, y1 = environment.terrain.region()
    lanes = [start[2] for start in environment.terrain.starts()] if name == "slopes" else [0.0]
    across = min(6.0, y1 - 0.5)
    x, y = random.uniform(x0 + 0.5, x1 - 0.5, 100), random.uniform(-across, across, 100) + random.choice(lanes, 100)
    hits = [_height(model, data, a, b) for a, b in zip(x, y)]
    heights = environment.terrain.surface(x, y)
    assert np.abs(hits - heights).max() < 0.01  # height fields are triangles here, squares there
    assert all(model.geom(i).name.startswith(GROUND) for i in range(model.ngeom) if model.geom_bodyid[i] == 0)


def _height(model, data, x, y):
    geom = np.zeros(1, np.int32)
    return 60 - mujoco.mj_ray(model, data, np.array([x, y, 60.0]), np.array([0, 0, -1.0]), None, 1, -1, geom)


def test_gravity_is_the_environments(humanoid):
    model = build_model(humanoid, load_environment("moon"), PhysicsConfig())
    assert model.opt.gravity.tolist() == [0, 0, -1.62]


@pytest.mark.parametrize(("friction", "slides"), [(0.2, True), (0.34, False)])
def test_a_brick_slides_where_the_slope_is_steeper_than_friction_holds(friction, slides, humanoid):
    """tan 15 degrees = 0.268; the brick's own friction of 1 does not count."""
    terrain = replace(load_environment("slope").terrain, friction=friction)
    spec = mujoco.MjSpec()
    add_ground(spec, replace(load_environment("slope"), terrain=terrain))
    body = spec.worldbody.add_body(pos=[1.0, 0.0, 1.0 * np.tan(np.radians(15)) + 0.06], quat=_pitched(-15))
    body.add_freejoint()
    body.add_geom(type=mujoco.mjtGeom.mjGEOM_BOX, size=[0.2, 0.2, 0.05], friction=[1.0, 0.005, 0.0001])
    model = spec.compile()
    data = mujoco.MjData(model)
    for _ in range(1000):  # 2 s
        mujoco.mj_step(model, data)
    way = 1.0 - data.qpos[0]
    if slides:
        expected = (
            0.5 * 9.81 * (np.sin(np.radians(15)) - friction * np.cos(np.radians(15))) * 4 * np.cos(np.radians(15))
        )
        assert way == pytest.approx(expected, rel=0.1)
    else:
        assert abs(way) < 0.03  # MuJoCo's soft contacts creep a little


def _pitched(degrees):
    half = np.radians(degrees) / 2
    return [np.cos(half), 0.0, np.sin(half), 0.0]
