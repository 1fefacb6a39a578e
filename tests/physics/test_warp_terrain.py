"""Warp's worlds on uneven ground and with parameters of their own do what MuJoCo's do."""

import math

import pytest
import torch

from sfv.environment import load_environment
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import build_model

pytest.importorskip("mujoco_warp")

from sfv.physics.warp import WarpWorlds

PHYSICS = PhysicsConfig()
WORLDS = 4


def pair(humanoid, env):
    model = build_model(humanoid, load_environment(env), PHYSICS)
    return CpuWorlds(model, WORLDS, PHYSICS, 1), WarpWorlds(model, WORLDS, PHYSICS, "cpu")


def stand(worlds, height, apart=0.0):
    """Upright, a centimetre in the ground, legs and arms spread: where limbs start inside each other the engines choose other
    contact points. Each world is so many metres further on than the one before."""
    qpos = worlds.qpos[:1].repeat(WORLDS, 1).clone()
    qpos[:, 0] = apart * torch.arange(WORLDS)
    qpos[:, 2] = height(qpos[:, 0]) + 0.845
    for name, angle in (("right_hip", -0.3), ("left_hip", 0.3), ("right_shoulder", -0.5), ("left_shoulder", 0.5)):
        first = int(worlds.model.joint(name).qposadr[0])
        turn = [math.cos(angle / 2), math.sin(angle / 2), 0.0, 0.0]
        qpos[:, first : first + 4] = torch.tensor(turn).to(qpos)
    worlds.reset(torch.arange(WORLDS), qpos, torch.zeros(WORLDS, worlds.model.nv))


@pytest.mark.slow
@pytest.mark.parametrize(("env", "close"), [("slope:angle_deg=10", 1e-5), ("yard", 1e-5), ("rough", 0.03)])
def test_feet_meet_the_same_ground(humanoid, env, close):
    """Exactly where the ground is a plane; the engines push apart what is inside a height field by different prisms."""
    terrain = load_environment(env).terrain
    both = cpu, gpu = pair(humanoid, env)
    for worlds in both:
        stand(worlds, lambda x: torch.from_numpy(terrain.surface(x.numpy(), 0 * x.numpy())).to(x), apart=1.0)
    assert cpu.ground_contact.any(1).all()
    torch.testing.assert_close(cpu.ground_contact, gpu.ground_contact)
    torch.testing.assert_close(cpu.ground_distance, gpu.ground_distance, atol=close, rtol=0)
    for worlds in both:
        worlds.step(torch.zeros(WORLDS, worlds.model.nu))
    torch.testing.assert_close(cpu.xpos, gpu.xpos.float(), atol=close, rtol=0)


@pytest.mark.slow
def test_each_world_has_its_own_parameters(humanoid):
    both = pair(humanoid, "flat")
    factors = torch.tensor([0.5, 1.0, 1.5, 2.0])
    for worlds in both:
        for name in ("gravity", "body_mass", "body_inertia", "actuator_forcerange"):
            own = worlds.parameter(name)
            own.mul_(factors.to(own).view(-1, *(1,) * (own.dim() - 1)))
        worlds.parameters_changed(torch.ones(WORLDS, dtype=torch.bool))
        stand(worlds, lambda x: 0 * x + 3.0)
        worlds.push(torch.arange(WORLDS), 1, torch.tensor([200.0, 0, 0]).expand(WORLDS, 3))
        worlds.step(torch.full((WORLDS, worlds.model.nu), 0.3))
    cpu, gpu = both
    torch.testing.assert_close(cpu.xpos, gpu.xpos.float(), atol=1e-4, rtol=0)
    torch.testing.assert_close(cpu.subtree_com[:, 1], gpu.subtree_com[:, 1].float(), atol=1e-4, rtol=0)
    assert (cpu.subtree_com[:, 1, 0].diff() < 0).all()  # the heavier, the less


@pytest.mark.slow
def test_late_controls_are_late_on_both(humanoid):
    both = pair(humanoid, "flat")
    late = torch.tensor([0, 1, 2, 4])
    for worlds in both:
        stand(worlds, lambda x: 0 * x + 3.0)
        worlds.step(torch.zeros(WORLDS, worlds.model.nu))
        stand(worlds, lambda x: 0 * x + 3.0)
        worlds.step(torch.full((WORLDS, worlds.model.nu), 0.1), late)
    torch.testing.assert_close(both[0].xpos, both[1].xpos.float(), atol=1e-4, rtol=0)
