"""MuJoCo Warp on its CPU device does what MuJoCo does: the same states and controls through both backends."""

import subprocess
import sys
from dataclasses import replace

import mujoco
import numpy as np
import pytest
import torch

from sfv.character import load_character
from sfv.errors import CapacityError, DeviceError, SfvError
from sfv.physics.backend import choose_device
from sfv.physics.capacity import Capacity, measure_capacity
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import build_model

pytest.importorskip("mujoco_warp")

from sfv.physics.warp import WarpWorlds

WORLDS = 6
CHARACTERS = ("humanoid", "atlas", "g1")
FEET_APART = 0.3  # metres
DERIVED = ("xpos", "xquat", "cvel", "subtree_com", "ground_distance")


def physics_of(name):
    return PhysicsConfig(substeps=8, armature=load_character(name).training.armature)


@pytest.fixture(scope="module", params=CHARACTERS)
def pair(request, flat):
    config = physics_of(request.param)
    model = build_model(load_character(request.param), flat, config)
    return CpuWorlds(model, WORLDS, config, 1), WarpWorlds(model, WORLDS, config, "cpu")


@pytest.fixture(scope="module")
def worlds(flat):
    model = build_model(load_character("humanoid"), flat, PhysicsConfig())
    return WarpWorlds(model, WORLDS, PhysicsConfig(), "cpu")


def scattered(model, seed=0):
    """Poses and speeds about the standing one, some worlds with their feet in the ground, and controls.

    No limb starts inside another: which points push two boxes apart that share some of their room is the one thing in which
    the two engines differ from the first step on.
    """
    generator = torch.Generator().manual_seed(seed)
    heights = model.qpos0[2] + np.linspace(-0.02, 0.1, WORLDS)
    qpos = np.stack([_apart(model, height, generator) for height in heights])
    qvel = 0.3 * torch.randn((WORLDS, model.nv), generator=generator)
    return torch.from_numpy(qpos), qvel, 0.2 * torch.randn((WORLDS, model.nu), generator=generator)


def _apart(model, height, generator):
    """A random pose whose pelvis is at ``height`` and whose feet are wide enough apart, too, to stay so for a while."""
    data, ankles = (
        mujoco.MjData(model),
        [i for i in range(model.nbody) if "ankle" in model.body(i).name or "foot" in model.body(i).name],
    )
    while True:
        mujoco.mj_resetData(model, data)
        move = 0.2 * torch.randn(model.nv, generator=generator, dtype=torch.float64).numpy()
        mujoco.mj_integratePos(model, data.qpos, move, 1.0)
        data.qpos[2] = height
        mujoco.mj_forward(model, data)
        with_ground = (model.geom_bodyid[data.contact.geom] == 0).any(-1).all()
        feet = data.xpos[ankles]
        if with_ground and np.linalg.norm(feet[0] - feet[-1]) > FEET_APART:
            return data.qpos.copy()


def differences(first, second, names=DERIVED):
    return {name: float((getattr(first, name) - getattr(second, name)).abs().max()) for name in names}


def start(pair, seed=0):
    qpos, qvel, ctrl = scattered(pair[0].model, seed)
    for side in pair:
        side.reset(torch.arange(WORLDS), qpos, qvel)
    return ctrl


def test_a_reset_gives_the_same_bodies_and_contacts(pair):
    start(pair)
    apart = differences(*pair)
    assert max(apart[name] for name in ("xpos", "xquat", "subtree_com")) < 1e-5, apart
    assert apart["cvel"] < 1e-4, apart
    assert apart["ground_distance"] < 1e-4, apart
    assert torch.equal(pair[0].ground_contact, pair[1].ground_contact)
    assert pair[0].ground_contact.any()
    assert not pair[0].ground_contact.all(0)[1:].any()


@pytest.mark.parametrize(("steps", "position", "speed"), [(1, 1e-5, 1e-3), (10, 1e-4, 0.01)])
def test_steps_agree(pair, steps, position, speed):
    """To float32's precision where no limb touches another; in ten steps, in which most fall, some do."""
    ctrl = start(pair)
    shove = torch.tensor([[80.0, -30.0, 20.0, 0.0, 5.0, 0.0]])
    before = pair[0].qpos[:, :3].clone()
    for _ in range(steps):
        for side in pair:
            side.push(torch.tensor([2]), 1, shove)
            side.step(ctrl)
    bodies = (pair[0].xpos - pair[1].xpos).norm(dim=-1).amax(1)
    rates = (pair[0].qvel - pair[1].qvel).abs().amax(1)
    assert int((bodies < position).sum()) >= (5 if steps == 1 else 3), bodies
    assert int((rates < speed).sum()) >= (5 if steps == 1 else 3), rates
    assert bodies.max() < 0.1, bodies
    assert (pair[0].qpos[:, :3] - before).norm(dim=1).min() > (1e-4 if steps == 1 else 0.01)
    assert not pair[0].diverged.any()
    assert not pair[1].diverged.any()
    pair[1].check()


def _momentum(worlds):
    """Of each whole character, kg m/s. Shape (N, 3)."""
    mass = float(worlds.model.body_mass.sum())
    data, out = mujoco.MjData(worlds.model), []
    for qpos, qvel in zip(worlds.qpos, worlds.qvel):
        data.qpos[:], data.qvel[:] = qpos.numpy(), qvel.numpy()
        mujoco.mj_forward(worlds.model, data)
        mujoco.mj_subtreeVel(worlds.model, data)
        out.append(torch.from_numpy(data.subtree_linvel[1] * mass).float())
    return torch.stack(out)


def test_a_push_moves_the_world_it_is_meant_for_once(worlds):
    qpos, _, _ = scattered(worlds.model)
    qpos[:] = qpos[5]
    qpos[:, 2] += 1.0
    worlds.reset(torch.arange(WORLDS), qpos, torch.zeros(WORLDS, worlds.model.nv))
    worlds.push(torch.tensor([4]), 1, torch.tensor([[450.0, 0.0, 0.0]]))
    worlds.step(torch.full((WORLDS, worlds.model.nu), 0.1))
    assert float(worlds.ctrl.min()) == float(worlds.ctrl.max()) == pytest.approx(0.1)
    assert (float(worlds.pushed[4, 1, 0]), int(worlds.pushed.count_nonzero())) == (450.0, 1)
    worlds.step(torch.zeros(WORLDS, worlds.model.nu))
    assert not worlds.pushed.any()
    momentum = _momentum(worlds)
    torch.testing.assert_close(momentum[[1, 2, 3, 5]], momentum[:1].expand(4, 3), atol=1e-4, rtol=0)
    torch.testing.assert_close(momentum[4] - momentum[0], torch.tensor([450.0 / 30.0, 0.0, 0.0]), atol=1.0, rtol=0)


def test_resets_touch_only_the_named_worlds(worlds):
    qpos, qvel, ctrl = scattered(worlds.model)
    worlds.reset(torch.arange(WORLDS), qpos, qvel)
    for _ in range(4):
        worlds.step(ctrl)
    names = ("qpos", "qvel", *DERIVED, "ground_contact")
    kept = {name: getattr(worlds, name)[[0, 2, 3, 5]].clone() for name in names}
    worlds.reset(torch.tensor([1, 4]), qpos[:2] + 0.0, qvel[:2])
    for name, value in kept.items():
        torch.testing.assert_close(getattr(worlds, name)[[0, 2, 3, 5]], value, atol=1e-5, rtol=0)
    torch.testing.assert_close(worlds.qpos[[1, 4]], qpos[:2].float())


@pytest.mark.parametrize("masked", [False, True])
def test_an_adopted_start_goes_on_like_one_that_was_reset(worlds, masked):
    qpos, qvel, ctrl = scattered(worlds.model)
    ready, twin = worlds.spawn(3), worlds.spawn(WORLDS)
    ready.reset(torch.arange(3), qpos[:3], qvel[:3])
    for side in (worlds, twin):
        side.reset(torch.arange(WORLDS), qpos, qvel)
        side.step(ctrl)
    ids, rows = torch.tensor([1, 4]), torch.tensor([2, 0])
    twin.reset(ids, qpos[rows], qvel[rows])
    if masked:
        chosen, source = torch.zeros(WORLDS, dtype=torch.bool), torch.zeros(WORLDS, dtype=torch.long)
        chosen[ids], source[ids] = True, rows
        worlds.adopt_where(chosen, ready, source)
    else:
        worlds.adopt(ids, ready, rows)
    for _ in range(2):
        for name in ("qpos", "qvel", *DERIVED):
            torch.testing.assert_close(getattr(worlds, name), getattr(twin, name), atol=1e-5, rtol=0, msg=name)
        for side in (worlds, twin):
            side.step(ctrl)


def test_saved_state_goes_on_bit_for_bit(worlds):
    qpos, qvel, ctrl = scattered(worlds.model)
    worlds.reset(torch.arange(WORLDS), qpos, qvel)
    worlds.step(ctrl)
    state, runs = worlds.save_state(), []
    for _ in range(2):
        worlds.load_state(state)
        for _ in range(5):
            worlds.step(ctrl)
        runs.append([getattr(worlds, name).clone() for name in ("qpos", "qvel", *DERIVED)])
    assert all(torch.equal(a, b) for a, b in zip(*runs))


@pytest.mark.parametrize("value", [1e12, float("nan")])
def test_a_world_that_breaks_down_says_so_until_it_is_reset_and_harms_no_other(worlds, value):
    qpos, qvel, ctrl = scattered(worlds.model)
    worlds.reset(torch.arange(WORLDS), qpos, qvel)
    broken = qvel[:1].clone()
    broken[:, 7] = value
    worlds.reset(torch.tensor([4]), qpos[:1], broken)
    for _ in range(3):
        worlds.step(ctrl)
    assert worlds.diverged.tolist() == [i == 4 for i in range(WORLDS)]
    worlds.reset(torch.tensor([4]), qpos[:1], qvel[:1])
    worlds.step(ctrl)
    assert not worlds.diverged.any()
    assert torch.isfinite(worlds.qpos).all()
    worlds.check()


def test_too_little_room_is_an_error_and_never_silent(flat):
    config = PhysicsConfig()
    model = build_model(load_character("humanoid"), flat, config)
    tight = WarpWorlds(model, 2, config, "cpu", Capacity(contacts=24, constraints=8))
    qpos = torch.from_numpy(model.qpos0).repeat(2, 1)
    qpos[1, 2] = 0.0  # in the ground up to the waist
    tight.reset(torch.arange(2), qpos, torch.zeros(2, model.nv))
    tight.step(torch.zeros(2, model.nu))
    with pytest.raises(CapacityError, match=r"constraints"):
        tight.check()


def test_capacity_is_measured_and_settings_replace_it(flat_model):
    measured = measure_capacity(flat_model, PhysicsConfig())
    assert 8 <= measured.contacts <= 64
    assert measured.constraints >= 40
    assert measured == measure_capacity(flat_model, PhysicsConfig())
    assert measure_capacity(flat_model, replace(PhysicsConfig(), contacts=100)).contacts == 100


def test_nothing_on_the_cpus_path_imports_warp():
    code = (
        "import sys; import sfv.learn.train, sfv.evaluate.nr, sfv.skills.player; from sfv.physics.backend import choose_device; "
        "choose_device('cpu'); print([name for name in ('warp', 'mujoco_warp', 'ray') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_devices_that_are_not_there_are_named(flat_model, monkeypatch):
    with pytest.raises(DeviceError, match="cuda"):
        WarpWorlds(flat_model, 2, PhysicsConfig(), "cuda:9")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == "cpu"
    with pytest.raises(DeviceError, match=r"sfv\[gpu\]"):
        choose_device("cuda")
    with pytest.raises(SfvError, match="known: auto, cpu, cuda"):
        choose_device("tpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == "cuda"
    monkeypatch.setattr("sfv.physics.backend.importlib.util.find_spec", lambda _: None)
    assert choose_device("auto") == "cpu"
    with pytest.raises(DeviceError, match="mujoco-warp"):
        choose_device("cuda")
