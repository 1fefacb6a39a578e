"""Forces on a character: a statue weighs what it weighs, whatever stands between it and the ground."""

import mujoco
import numpy as np
import pytest
import torch

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.motion.ground import lowest_points
from sfv.physics.backend import make_character_worlds
from sfv.physics.config import PhysicsConfig
from sfv.physics.contacts import NOTHING_ACTS, ContactProbe
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import build_model

GRAVITY = 9.81
FEET = {"humanoid": {"left_ankle", "right_ankle"}, "atlas": {"l_foot", "r_foot"}}


def statue(name, flat, height=0.0):
    """Worlds of one character in its file's pose, its servos holding it, its soles at ``height``."""
    config = PhysicsConfig(substeps=8, armature=load_character(name).training.armature)
    model = build_model(load_character(name), flat, config)
    worlds = CpuWorlds(model, 1, config, 1)
    qpos = worlds.qpos.clone()
    qpos[0, 2] += height - lowest_points(model, qpos.numpy())[0, model.geom_bodyid > 0].min()
    worlds.reset(torch.tensor([0]), qpos, torch.zeros(1, model.nv))
    return worlds, ContactProbe(model)


def held(worlds, steps=1):
    for _ in range(steps):
        worlds.step(torch.zeros(1, worlds.model.nu))


@pytest.mark.parametrize("name", FEET)
def test_a_standing_statue_is_carried_under_its_feet(name, flat):
    worlds, probe = statue(name, flat)
    held(worlds, 12)
    upward = []
    for _ in range(10):
        held(worlds)
        contacts = probe.of_world(worlds).contacts
        upward.append(contacts.forces[:, 2].sum())
        assert (contacts.forces[:, 2] > 0).all()
        assert np.abs(contacts.points[:, 2]).max() < 0.01
        assert {worlds.model.body(body).name for body in contacts.bodies} == FEET[name]
    weight = float(worlds.model.body_subtreemass[1]) * GRAVITY
    assert np.mean(upward) == pytest.approx(weight, rel=0.01)


def test_nothing_acts_in_the_air(flat):
    worlds, probe = statue("humanoid", flat, height=1.0)
    held(worlds)
    acting = probe.of_world(worlds)
    assert (len(acting.contacts), len(acting.pushes)) == (0, 0)
    assert acting.contacts.points.shape == acting.pushes.forces.shape == (0, 3)


def test_a_push_is_there_for_the_step_in_which_it_acts(flat):
    worlds, probe = statue("humanoid", flat)
    chest = worlds.model.body("chest").id
    held(worlds, 12)
    before = probe.of_world(worlds).contacts.forces.sum(0)
    worlds.push(torch.tensor([0]), chest, torch.tensor([[0.0, 40.0, -60.0]]))
    held(worlds)
    acting = probe.of_world(worlds)
    assert acting.pushes.bodies.tolist() == [chest]
    np.testing.assert_allclose(acting.pushes.forces, [[0.0, 40.0, -60.0]])
    data = mujoco.MjData(worlds.model)
    data.qpos[:] = worlds.qpos[0].numpy()
    mujoco.mj_kinematics(worlds.model, data)
    np.testing.assert_allclose(acting.pushes.points[0], data.xipos[chest], atol=1e-6)
    assert acting.contacts.forces[:, 2].sum() > before[2] + 20.0
    held(worlds)
    assert len(probe.of_world(worlds).pushes) == 0


def test_an_object_presses_with_its_weight_and_the_ground_carries_both():
    model = mujoco.MjModel.from_xml_string(
        """<mujoco><worldbody>
        <geom type="plane" size="0 0 1"/>
        <body name="stone" pos="0 0 0.1"><freejoint/><geom type="box" size=".2 .2 .1" mass="8"/></body>
        <body name="crate" pos="0 0 0.25"><freejoint/><geom type="box" size=".1 .1 .05" mass="3"/></body>
        </worldbody></mujoco>"""
    )
    data = mujoco.MjData(model)
    for _ in range(500):
        mujoco.mj_step(model, data)
    contacts = ContactProbe(model).read(data.qpos, data.qvel, data.ctrl).contacts
    below = contacts.points[:, 2] < 0.1
    np.testing.assert_allclose(contacts.forces[below].sum(0), [0, 0, 11 * GRAVITY], atol=0.3)
    np.testing.assert_allclose(contacts.forces[~below].sum(0), [0, 0, -3 * GRAVITY], atol=0.3)
    assert set(contacts.bodies.tolist()) == {1}


def test_a_box_leans_on_nobody_until_it_is_pushed_against(humanoid):
    """The box of the pushing task stands ahead of the character; put into its chest it presses it back, and it is where it was put."""
    environment = load_environment("push_box")
    config = PhysicsConfig(substeps=8)
    worlds = make_character_worlds(humanoid, environment, config, 1, threads=1)
    qpos = worlds.qpos.clone()
    qpos[0, 2] -= lowest_points(worlds.model, qpos.numpy())[0, worlds.model.geom_bodyid > 0].min() + 0.001
    worlds.reset(torch.tensor([0]), qpos, torch.zeros(1, worlds.model.nv))
    probe = ContactProbe.of(worlds)
    start = probe.at_start(worlds)
    np.testing.assert_allclose(start.objects[0, :3], environment.objects[0].place, atol=0.05)
    assert len(start.contacts) == 0
    apart = probe.of_world(worlds)
    assert np.abs(apart.contacts.points[:, 2]).max() < 0.02  # feet
    inside = torch.tensor([[0.28, 0.0, 1.2, 1.0, 0.0, 0.0, 0.0]])
    worlds.place_objects(torch.tensor([0]), 0, inside, torch.zeros(1, 6))
    pressed = probe.of_world(worlds)
    np.testing.assert_allclose(pressed.objects, inside, atol=1e-6)
    high = pressed.contacts.points[:, 2] > 0.8
    assert high.any()
    assert pressed.contacts.forces[high].sum(0)[0] < -10.0
    assert (pressed.contacts.bodies < worlds.model.nbody).all()


def test_a_broken_state_has_no_forces(flat_model):
    qpos = np.full(flat_model.nq, np.nan)
    zeros = np.zeros(flat_model.nv), np.zeros(flat_model.nu)
    assert ContactProbe(flat_model).read(qpos, *zeros) is NOTHING_ACTS
