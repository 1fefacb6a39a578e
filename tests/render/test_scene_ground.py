"""The ground of an environment in pictures, and where the reference stands on it."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from sfv.draw.scene import stage
from sfv.environment import load_environment
from sfv.render.policy.beside import sidesteps
from sfv.render.policy.character import character_frames

ASIDE = np.array([0.0, -1.3, 0.0])


def ground_of(model):
    return [geom for geom in range(model.ngeom) if model.geom(geom).name.startswith("ground")]


@pytest.mark.parametrize("name", ["flat", "slope", "rough", "stairs", "gaps"])
def test_all_ground_is_tiled_and_the_shadow_map_stays_on_the_character(humanoid, small, name):
    model, bare = stage(humanoid, small, load_environment(name)), stage(humanoid, small)
    ground = ground_of(model)
    tiles = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_MATERIAL, "sfv_ground")
    assert len(ground) == model.ngeom - bare.ngeom + 1
    assert (model.geom_matid[ground] == tiles).all()
    assert (model.geom_rgba[ground] == 1).all()
    assert model.stat.extent == pytest.approx(bare.stat.extent)


@pytest.mark.parametrize(("name", "rise"), [("slope", 0.0), ("slope_side", -1.3 * np.tan(np.radians(15)))])
def test_the_reference_steps_aside_onto_the_slope(name, rise):
    path = np.linspace([0.0, 0.0, 0.9], [3.0, 0.0, 0.9], 40)
    steps = sidesteps(path, ASIDE, load_environment(name))
    np.testing.assert_allclose(steps, np.tile([0.0, -1.3, rise], (40, 1)), atol=1e-6)


def test_it_keeps_its_height_on_level_ground_and_on_the_ground_of_its_clip():
    path = np.linspace([0.0, 0.0, 0.9], [3.0, 0.0, 0.9], 40)
    ledge = load_environment("ledge")
    assert not ledge.terrain.follow
    for environment in (None, load_environment("flat"), ledge):
        np.testing.assert_allclose(sidesteps(path, ASIDE, environment), np.tile(ASIDE, (40, 1)), atol=1e-9)


def test_a_slope_is_seen_to_slope(walk_clip, humanoid, small):
    """Looking along the way with a slope that rises to the left, the horizon is higher there."""
    slope, alone = load_environment("slope_side"), replace(small, shadows=False)
    pose = walk_clip.qpos[:1].copy()
    (level,) = character_frames(pose, humanoid, alone, 0.0)
    (tilted,) = character_frames(pose, humanoid, alone, 0.0, environment=slope)
    horizons = [
        [np.argmax(np.abs(np.diff(image[:, at].astype(int).sum(1)))) for at in (3, -4)] for image in (level, tilted)
    ]
    assert abs(horizons[0][0] - horizons[0][1]) < 5
    assert horizons[1][1] - horizons[1][0] > 10
