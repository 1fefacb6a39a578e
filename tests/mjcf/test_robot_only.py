"""Of a robot's file only the robot counts: ground, light, gravity and other bodies are the environment's."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from sfv.environment import load_environment
from sfv.errors import InputWarning
from sfv.mjcf.robot import keep_robot, name_all
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model

OWN_WORLD = """
  <option density="1.2" viscosity="1e-5" wind="3 0 0"><flag gravity="disable" contact="disable"/></option>
  <size memory="100M" nkey="5"/>
  <asset><texture type="skybox" builtin="flat" width="8" height="48"/></asset>
"""
OWN_GROUND = """
    <geom name="floor" type="plane" size="20 20 .1" condim="1"/>
    <light name="sun"/><camera name="track"/>
    <body name="ball" pos="3 0 1"><freejoint name="ball"/><geom name="ball" size=".1"/></body>
"""
AFTER = """
  <contact><pair geom1="floor" geom2="left_foot"/><exclude body1="ball" body2="root"/></contact>
  <equality><connect body1="ball" body2="root" anchor="0 0 0"/></equality>
  <sensor><jointpos joint="left_knee"/></sensor>
  <keyframe><key name="home" qpos="0 0 1 1 0 0 0"/></keyframe>
"""


@pytest.fixture
def furnished(humanoid, tmp_path):
    """The humanoid in a file with a world of its own, before and behind it."""
    text = humanoid.mjcf.read_text()
    text = text.replace("<default>", f"{OWN_WORLD}<default>", 1)
    text = text.replace('<geom condim="3" friction', '<geom condim="1" margin=".01" contype="3" friction')
    text = text.replace("<worldbody>", f"<worldbody>{OWN_GROUND}", 1).replace("</mujoco>", f"{AFTER}</mujoco>")
    path = tmp_path / "own.xml"
    path.write_text(text.replace('qpos="0 0 1 1 0 0 0"', f'qpos="{"0 " * 50}"'))
    return replace(humanoid, mjcf=path)


def lowest(model, length=4.0):
    """Height of the highest fixed geom along the way, the lowest of it, metres."""
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    heights = []
    for x in np.linspace(0.0, length, 81):
        hit = np.full(1, -1, np.int32)
        groups = np.ones(6, np.uint8)
        away = np.array([x, 0.0, 3.0])
        distance = mujoco.mj_ray(model, data, away, np.array([0.0, 0.0, -1.0]), groups, 1, model.body("root").id, hit)
        while hit[0] >= 0 and model.geom_bodyid[hit[0]] != 0:  # the character itself
            away = away - [0.0, 0.0, distance + 1e-6]
            distance = mujoco.mj_ray(model, data, away, np.array([0.0, 0.0, -1.0]), groups, 1, -1, hit)
        heights.append(away[2] - distance)
    return min(heights)


@pytest.mark.parametrize(("env", "height"), [("gaps", -2.0), ("slope_down", -4 * np.tan(np.radians(15)))])
def test_terrain_is_the_environments_alone(furnished, humanoid, env, height):
    environment = load_environment(env)
    with pytest.warns(
        InputWarning, match=r"left out .*body 'ball', the geom 'floor', .*the keyframe 'home', the sky, air and wind"
    ):
        model = build_model(furnished, environment, PhysicsConfig())
    plain = build_model(humanoid, environment, PhysicsConfig())
    assert lowest(model) == pytest.approx(lowest(plain)) == pytest.approx(height, abs=0.01)
    ground = model.geom_bodyid == 0
    for field in ("geom_condim", "geom_margin", "geom_contype", "geom_conaffinity", "geom_friction", "geom_solimp"):
        np.testing.assert_array_equal(getattr(model, field)[ground], getattr(plain, field)[ground])
    assert (model.nq, model.nbody, model.njnt, model.nkey, model.neq) == (plain.nq, plain.nbody, plain.njnt, 0, 0)
    assert model.opt.disableflags == plain.opt.disableflags
    assert model.opt.density == 0
    assert model.opt.gravity[2] == -9.81
    assert model.narena < 50 * 2**20


@pytest.mark.filterwarnings("ignore::sfv.errors.InputWarning")
def test_keyframes_do_not_stand_in_the_way_of_objects(furnished):
    environment = load_environment("push_box")
    model = build_model(furnished, environment, PhysicsConfig(), environment.objects)
    assert model.nq == 43 + 7 * len(environment.objects)


def test_a_robot_alone_loses_nothing(humanoid, recwarn):
    spec = mujoco.MjSpec.from_file(str(humanoid.mjcf))
    assert keep_robot(spec, spec.body("root")) == []
    humanoid.spec()
    assert not [one for one in recwarn if issubclass(one.category, InputWarning)]


def test_what_has_no_name_gets_one():
    spec = mujoco.MjSpec.from_string(
        '<mujoco><worldbody><body name="body_2"><joint/><geom size=".1"/><body><joint name="j"/><geom size=".1"/></body></body></worldbody>'
        '<actuator><position joint="j"/></actuator></mujoco>'
    )
    name_all(spec)
    model = spec.compile()
    assert [model.body(i).name for i in range(3)] == ["world", "body_2", "body_2_0"]
    assert (model.joint(0).name, model.joint(1).name, model.actuator(0).name) == ("joint_0", "j", "actuator_0")


def test_own_armature_damping_and_friction_are_kept(humanoid, tmp_path):
    text = humanoid.mjcf.read_text()
    path = tmp_path / "own.xml"
    path.write_text(
        text.replace('type="hinge" armature=".02"', 'type="hinge" armature=".013" damping="3" frictionloss=".7"')
    )
    own = replace(humanoid, mjcf=path)
    model = build_model(own, load_environment("flat"), PhysicsConfig(armature=None))
    knee = model.joint("left_knee").dofadr[0]
    assert model.dof_armature[knee] == pytest.approx(0.013)
    assert model.dof_damping[knee] == 3.0
    assert model.dof_frictionloss[knee] == 0.7
    other = build_model(own, load_environment("flat"), PhysicsConfig(armature=0.05))  # armature alone is a setting
    assert (other.dof_armature[knee], other.dof_damping[knee], other.dof_frictionloss[knee]) == (0.05, 3.0, 0.7)
