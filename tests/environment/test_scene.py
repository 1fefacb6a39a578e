"""Ground drawn in MJCF."""

import mujoco
import numpy as np
import pytest

from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model

FLOOR = '<geom type="plane" size="0 0 1"/>'


def scene(folder, geoms, settings=""):
    (folder / "env.toml").write_text(f'[terrain]\nkind = "scene"\n{settings}')
    (folder / "scene.xml").write_text(f"<mujoco><worldbody>{geoms}</worldbody></mujoco>")
    return load_environment(str(folder)).terrain


def test_heights_are_those_of_what_collides_below_the_ceiling(tmp_path):
    step = '<geom type="box" pos="2 0 0.1" size="0.5 1 0.1"/>'
    decor = '<geom type="box" pos="4 0 0.5" size="0.5 1 0.5" contype="0" conaffinity="0"/>'
    roof = '<geom type="box" pos="6 0 4" size="0.5 1 0.1"/>'
    terrain = scene(tmp_path, FLOOR + step + decor + roof)
    np.testing.assert_allclose(terrain.surface(np.array([0.0, 2.0, 4.0, 6.0]), 0.0), [0, 0.2, 0, 0], atol=1e-9)


def test_where_there_is_nothing_is_a_hole(tmp_path):
    terrain = scene(tmp_path, '<geom type="box" pos="0 0 -0.1" size="1 1 0.1"/>')
    assert terrain.surface(np.array([0.0, 3.0]), 0.0).tolist() == [0.0, -10.0]


def test_the_shipped_yard_has_a_kerb_and_a_ramp_up_to_a_stage():
    terrain = load_environment("yard").terrain
    x = np.array([0.0, 2.5, 4.0, 6.0, 7.4, 9.0])
    np.testing.assert_allclose(terrain.surface(x, 0.0), [0.0, 0.1, 0.0, 0.26, 0.5, 0.52], atol=0.01)


@pytest.mark.parametrize(
    ("geoms", "words"),
    [
        ("", "nothing to stand on"),
        ('<geom type="box" pos="3 0 0" size="1 1 1"/>', "no ground around the origin"),
        (f'{FLOOR}<body name="door"><joint/><geom size="0.1"/></body>', "has the body 'door'"),
        (
            f'{FLOOR}<geom name="wall" type="box" pos="5 0 2" size="0.1 2 2"/>',
            "geom 'wall' reaches through the ceiling of 3 m",
        ),
        ('<geom type="egg"/>', "MuJoCo cannot read"),
    ],
)
def test_what_cannot_be_ground_is_refused(tmp_path, geoms, words):
    with pytest.raises(SfvError, match=words):
        scene(tmp_path, geoms)


def test_a_scene_without_its_file_is_told(tmp_path):
    with pytest.raises(SfvError, match=r"other\.xml does not exist"):
        scene(tmp_path, FLOOR, 'file = "other.xml"')


def test_ice_in_a_scene_is_ice(tmp_path, humanoid):
    scene(tmp_path, FLOOR, "friction = 0.1\nsoftness_seconds = 0.05")
    model = build_model(humanoid, load_environment(str(tmp_path)), PhysicsConfig())
    (ground,) = np.flatnonzero(model.geom_bodyid == 0)
    assert model.geom_friction[ground, 0] == 0.1
    assert model.geom_solref[ground, 0] == 0.05
    assert model.body(1).name == humanoid.root  # a scene brings no bodies
    assert mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM, "ground/0") == ground


def test_the_reference_rides_on_it(humanoid, walk_clip):
    """Half a second on the floor, then up the kerb: the root rises with the ground under it."""
    environment = load_environment("yard")
    core = make_imitation_worlds(walk_clip, humanoid, environment, PhysicsConfig(), ImitationConfig(), 2, 1)
    index = core.start[:1] * 0
    over = core.placed.frame(index, core.offset[:1] * 0 + 2.5 * core.offset.new_tensor([1.0, 0.0]))
    level = core.placed.frame(index, core.offset[:1] * 0)
    assert float(over.qpos[0, 2] - level.qpos[0, 2]) == pytest.approx(0.1, abs=0.01)
