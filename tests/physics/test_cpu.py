from dataclasses import replace

import mujoco
import numpy as np
import pytest
import torch

from sfv.errors import DivergedError
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import build_model

CONFIG = PhysicsConfig()


@pytest.fixture
def worlds(flat_model):
    return CpuWorlds(flat_model, 6, CONFIG, threads=2)


def noise(worlds, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return 0.3 * torch.randn((worlds.num_worlds, worlds.model.nu), generator=generator)


def test_steps_like_plain_mujoco(worlds, flat_model):
    data = mujoco.MjData(flat_model)
    control = noise(worlds)
    data.ctrl[:] = control[2].numpy()
    for _ in range(5):
        worlds.step(control)
        mujoco.mj_step(flat_model, data, CONFIG.substeps)
    mujoco.mj_forward(flat_model, data)
    torch.testing.assert_close(worlds.ctrl, control.to(worlds.ctrl))
    np.testing.assert_allclose(worlds.qpos[2].numpy(), data.qpos, atol=1e-9)
    np.testing.assert_allclose(worlds.qvel[2].numpy(), data.qvel, atol=1e-8)
    np.testing.assert_allclose(worlds.xpos[2].numpy(), data.xpos, atol=1e-5)
    np.testing.assert_allclose(worlds.cvel[2].numpy(), data.cvel, atol=1e-4)
    np.testing.assert_allclose(worlds.subtree_com[2].numpy(), data.subtree_com, atol=1e-5)


def test_reset_touches_only_the_named_worlds_and_refreshes_what_is_derived(worlds):
    for _ in range(4):
        worlds.step(noise(worlds))
    kept = worlds.qpos[[0, 2, 3, 5]].clone()
    qpos, qvel = worlds.qpos[[0, 2]].clone(), torch.zeros(2, worlds.model.nv)
    qpos[:, :3] = torch.tensor([[5.0, 1.0, 2.0], [6.0, 1.0, 3.0]])
    worlds.reset(torch.tensor([1, 4]), qpos, qvel)
    torch.testing.assert_close(worlds.qpos[[0, 2, 3, 5]], kept)
    torch.testing.assert_close(worlds.xpos[[1, 4], 1], qpos[:, :3].float())
    assert worlds.cvel[[1, 4]].abs().max() == 0
    assert not worlds.ground_contact[[1, 4]].any()


def test_reset_to_the_same_pose_is_not_forgotten(worlds):
    """Values equal to those already there must still be set."""
    qpos = worlds.qpos[:1].clone()
    qpos[0, 0] = 3.0
    worlds.reset(torch.tensor([0]), qpos, worlds.qvel[:1])
    worlds.reset(torch.tensor([0]), qpos, worlds.qvel[:1])
    assert float(worlds.qpos[0, 0]) == 3.0


def test_reset_world_goes_on_like_a_new_one(flat_model, worlds):
    qpos, qvel = worlds.qpos[:1].clone(), worlds.qvel[:1].clone()
    for _ in range(10):
        worlds.step(noise(worlds))
    worlds.push(torch.tensor([3]), 1, torch.tensor([[100.0, 0.0, 0.0]]))
    worlds.step(noise(worlds))
    worlds.reset(torch.tensor([3]), qpos, qvel)
    fresh = CpuWorlds(flat_model, 6, CONFIG, threads=1)
    for seed in range(3):
        worlds.step(noise(worlds, seed))
        fresh.step(noise(worlds, seed))
    assert torch.equal(worlds.qpos[3], fresh.qpos[3])


def test_an_adopted_start_goes_on_like_one_that_was_reset(worlds):
    """Derived values too; worlds that had fallen and been pushed forget all of it."""
    ready = worlds.spawn(3)
    qpos, qvel = ready.qpos[:2].clone(), 0.1 * torch.ones(2, worlds.model.nv)
    qpos[:, 2] -= 0.01  # feet in the ground
    ready.reset(torch.tensor([1, 2]), qpos, qvel)
    twin = worlds.spawn(6)
    for other in (worlds, twin):
        other.push(torch.tensor([3]), 1, torch.tensor([[300.0, 0.0, 0.0]]))
        for seed in range(10):
            other.step(noise(other, seed))
    ids = torch.tensor([3, 5])
    worlds.adopt(ids, ready, slice(1, 3))
    twin.reset(ids, qpos, qvel)
    names = ("qpos", "qvel", "xpos", "xquat", "cvel", "subtree_com", "ground_contact", "ground_distance", "diverged")
    assert worlds.ground_contact[ids].any()
    for _ in range(2):
        for name in names:
            assert torch.equal(getattr(worlds, name), getattr(twin, name)), name
        for seed in range(3):
            worlds.step(noise(worlds, seed))
            twin.step(noise(twin, seed))


def test_contact_says_which_body_and_how_deep(worlds):
    """Standing: the feet only. Lifted: none. Lowered by 3 cm: the feet, 3 cm deep. Lying: others."""
    feet = [worlds.model.body(name).id for name in ("right_ankle", "left_ankle")]
    qpos = worlds.qpos[:4].clone()
    qpos[0, 2] -= 1e-4
    qpos[1, 2] += 0.1
    qpos[2, 2] -= 0.03
    qpos[3, 2:7] = torch.tensor([0.15, 0.7071068, 0.0, 0.7071068, 0.0])
    worlds.reset(torch.arange(4), qpos, torch.zeros(4, worlds.model.nv))
    only_feet = torch.zeros(worlds.model.nbody, dtype=torch.bool)
    only_feet[feet] = True
    assert torch.equal(worlds.ground_contact[0], only_feet)
    assert not worlds.ground_contact[1].any()
    assert torch.equal(worlds.ground_contact[2], only_feet)
    torch.testing.assert_close(worlds.ground_distance[2, feet], torch.full((2,), -0.03), atol=1e-6, rtol=0)
    qpos[3, 2] = 0.0
    worlds.reset(torch.tensor([3]), qpos[3:], torch.zeros(1, worlds.model.nv))
    assert worlds.ground_contact[3, worlds.model.body("root").id]


@pytest.mark.parametrize("geom", ["sphere", "capsule", "box", "cylinder", "ellipsoid"])
def test_contact_works_for_every_geom_type(geom, tmp_path, flat, humanoid):
    path = tmp_path / "thing.xml"
    size = {"sphere": ".1", "capsule": ".1 .2", "box": ".1 .2 .1", "cylinder": ".1 .1", "ellipsoid": ".2 .2 .1"}[geom]
    turn = {"capsule": 'euler="90 0 0"'}.get(geom, "")
    path.write_text(
        f'<mujoco><worldbody><body name="root" pos="0 0 .099"><freejoint/><geom type="{geom}" size="{size}" {turn}/>'
        "</body></worldbody></mujoco>"
    )
    worlds = CpuWorlds(build_model(replace(humanoid, mjcf=path), flat, CONFIG), 2, CONFIG)
    assert worlds.ground_contact[:, 1].all()
    torch.testing.assert_close(worlds.ground_distance[:, 1], torch.full((2,), -0.001), atol=1e-5, rtol=0)


@pytest.mark.parametrize("value", [1e12, float("nan")])
def test_divergence_is_reported_until_reset_and_silent(worlds, value, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    sound, speed = worlds.qpos[:1].clone(), worlds.qvel[:1].clone()
    speed[:, 7] = value
    worlds.reset(torch.tensor([4]), sound, speed)
    worlds.step(noise(worlds))
    assert worlds.diverged.tolist() == [False, False, False, False, True, False]
    worlds.step(noise(worlds))
    assert worlds.diverged[4]
    worlds.reset(torch.tensor([4]), sound, torch.zeros_like(speed))
    assert not worlds.diverged.any()
    worlds.step(noise(worlds))
    assert not worlds.diverged.any()
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().err == ""


def test_speed_limit(flat_model):
    worlds = CpuWorlds(flat_model, 2, replace(CONFIG, speed_limit=5.0), threads=1)
    speed = torch.zeros(2, flat_model.nv)
    speed[1, 0] = 6.0
    worlds.reset(torch.arange(2), worlds.qpos.clone(), speed)
    assert worlds.diverged.tolist() == [False, True]


def test_push_moves_one_body_of_one_world_for_one_step(worlds):
    body = worlds.model.body("chest").id
    qpos = worlds.qpos.clone()
    qpos[:, 2] += 1.0  # in the air, so that only the push tells the worlds apart
    worlds.reset(torch.arange(6), qpos, torch.zeros(6, worlds.model.nv))
    control = torch.zeros(6, worlds.model.nu)
    worlds.push(torch.tensor([2]), body, torch.tensor([[0.0, 90.0, 0.0]]))
    worlds.step(control)
    assert worlds.pushed[2, body].tolist() == [0.0, 90.0, 0.0, 0.0, 0.0, 0.0]
    assert int(worlds.pushed.count_nonzero()) == 1
    momentum = 90.0 / 30.0 / float(worlds.model.body_subtreemass[1])
    shift = worlds.subtree_com[2, 1] - worlds.subtree_com[0, 1]
    assert 0.3 * momentum / 30 < float(shift[1]) < momentum / 30
    before = worlds.subtree_com[2, 1].clone()
    worlds.step(control)
    assert not worlds.pushed.any()
    drift = worlds.subtree_com[2, 1] - before
    torch.testing.assert_close(float(drift[1]), momentum / 30, rtol=0.02, atol=0)


def test_saved_state_goes_on_bit_for_bit(worlds):
    for seed in range(3):
        worlds.step(noise(worlds, seed))
    state = worlds.save_state()
    runs = []
    for _ in range(2):
        worlds.load_state(state)
        for seed in range(5):
            worlds.step(noise(worlds, 10 + seed))
        runs.append((worlds.qpos.clone(), worlds.xpos.clone(), worlds.ground_contact.clone()))
    assert all(torch.equal(a, b) for a, b in zip(*runs))


def test_a_mujoco_error_becomes_one_line(worlds, monkeypatch):
    class Broken:
        def step(self, nstep):
            raise RuntimeError("sim 3: stack overflow")

    monkeypatch.setattr(worlds, "_batch", Broken())
    with pytest.raises(DivergedError, match="sim 3"):
        worlds.step(noise(worlds))


def test_body_poses_are_of_the_new_state_and_contacts_of_the_last_physics_step(worlds, flat_model):
    """Every derived field after a step is what mj_forward says of the new state; contacts are of one physics step before."""
    qpos = worlds.qpos.clone()
    qpos[:, 2] += torch.linspace(-0.01, 0.05, 6, dtype=qpos.dtype)
    worlds.reset(torch.arange(6), qpos, torch.zeros(6, flat_model.nv))
    reference, before = mujoco.MjData(flat_model), mujoco.MjData(flat_model)
    columns = [flat_model.sensor(i) for i in range(flat_model.nsensor)]
    for world in range(6):
        before.qpos[:], before.qvel[:] = qpos[world].numpy(), 0.0
        for seed in range(6):
            before.ctrl[:] = noise(worlds, seed)[world].numpy()
            for _ in range(CONFIG.substeps):
                mujoco.mj_step(flat_model, before)  # leaves its sensors as they were before its integration
        if world == 0:
            for seed in range(6):
                worlds.step(noise(worlds, seed))
        reference.qpos[:], reference.qvel[:] = worlds.qpos[world].numpy(), worlds.qvel[world].numpy()
        mujoco.mj_forward(flat_model, reference)
        np.testing.assert_allclose(worlds.xpos[world].numpy(), reference.xpos, atol=1e-6)
        np.testing.assert_allclose(worlds.xquat[world].numpy(), reference.xquat, atol=1e-6)
        np.testing.assert_allclose(worlds.cvel[world].numpy(), reference.cvel, atol=1e-5)
        np.testing.assert_allclose(worlds.subtree_com[world].numpy(), reference.subtree_com, atol=1e-6)
        for sensor in columns:
            body = flat_model.body(sensor.name.removeprefix("ground_contact/")).id
            found, distance = before.sensordata[sensor.adr[0] : sensor.adr[0] + 2]
            assert bool(worlds.ground_contact[world, body]) == bool(found)
            np.testing.assert_allclose(float(worlds.ground_distance[world, body]), distance, atol=1e-6)
