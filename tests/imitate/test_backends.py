"""The imitation task is the same on both backends, and says of every new tensor on which device it is to be."""

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from sfv.character import load_character
from sfv.imitate.config import AsiConfig, ImitationConfig
from sfv.imitate.starts.ring import RENEWED_EVERY
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.motion.clip import Clip
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import build_model, joint_layout

pytest.importorskip("mujoco_warp")

from sfv.physics.warp import WarpWorlds

WORLDS = 6


@pytest.fixture(scope="module")
def swaying(flat):
    """A clip of any character: it stands with its joints swinging a little. 2 s, does not cycle."""

    def build(name):
        model = build_model(load_character(name), flat, PhysicsConfig())
        names, widths = joint_layout(model)
        frames = 61
        qpos = np.repeat(model.qpos0[None].copy(), frames, axis=0)
        swing = 0.1 * np.sin(np.linspace(0.0, 2 * np.pi, frames))
        start = 7
        for width in widths:
            if width == 1:
                qpos[:, start] += swing
            start += width
        return Clip(qpos, 30.0, name, names, widths, cyclic=False, name="swaying")

    return build


def task(clip, flat, backend, worlds=WORLDS, auto_reset=False, **settings):
    character = load_character(clip.character)
    physics = PhysicsConfig(substeps=8, armature=character.training.armature)
    model = build_model(character, flat, physics)
    made = WarpWorlds(model, worlds, physics, "cpu") if backend == "warp" else CpuWorlds(model, worlds, physics, 1)
    return ImitationWorlds(made, clip, character, physics, ImitationConfig(**settings), 0, auto_reset)


@pytest.mark.parametrize("character", ["humanoid", "atlas", "g1"])
def test_observation_reward_and_termination_agree(character, swaying, walk_clip, flat):
    """After one control step to 1e-3, after ten to a few hundredths; both reward kinds."""
    clip = walk_clip if character == "humanoid" else swaying(character)
    settings = {"reward_kind": "beyondmimic"} if character == "g1" else {}
    pair = [task(clip, flat, backend, **settings) for backend in ("cpu", "warp")]
    start = torch.arange(WORLDS) * 20
    seen = [core.reset(start=start) for core in pair]
    torch.testing.assert_close(*seen, atol=1e-4, rtol=1e-4)
    generator = torch.Generator().manual_seed(1)
    for step in range(10):
        action = 0.1 * torch.randn((WORLDS, pair[0].action_size), generator=generator)
        first, second = (core.step(action) for core in pair)
        close = (first.observation - second.observation).abs().amax(1) < (2e-3 if step == 0 else 0.05)
        rewarded = (first.reward - second.reward).abs() < (1e-4 if step == 0 else 0.01)
        enough = WORLDS - 2  # where limbs touch each other the engines differ from the first step on
        assert int(close.sum()) >= enough, (step, first.observation - second.observation)
        assert int(rewarded.sum()) >= enough, (step, first.reward, second.reward)
        assert int((first.failed == second.failed).sum()) >= enough
    assert float(first.reward.max()) > 0.3


def test_falls_and_divergence_end_episodes_alike(walk_clip, flat):
    cores = [task(walk_clip, flat, backend, auto_reset=True) for backend in ("cpu", "warp")]
    for core in cores:
        lying = core.worlds.qpos[:1].clone()
        lying[0, 2:7] = torch.tensor([0.1, 0.7071068, 0.0, 0.7071068, 0.0])
        core.worlds.reset(torch.tensor([3]), lying, torch.zeros(1, core.worlds.model.nv))
        core.worlds.qvel[5] = torch.nan
        step = core.step(torch.zeros(WORLDS, core.action_size))
        assert step.failed.tolist() == [i in (3, 5) for i in range(WORLDS)]
        assert step.diverged.tolist() == [i == 5 for i in range(WORLDS)]
        assert step.reward[3] == step.reward[5] == 0.0
        assert torch.isfinite(step.observation).all()
        assert (core.elapsed == torch.tensor([1, 1, 1, 0, 1, 0])).all()
        assert not core.step(torch.zeros(WORLDS, core.action_size)).diverged.any()


def test_new_episodes_begin_without_a_look_at_the_device(walk_clip, flat):
    """Each on a start of its own, in order, with what is seen there; renewed after a while, repeated when used up before."""
    core = task(walk_clip, flat, "warp", auto_reset=True, episode_seconds=0.1, start_pose_noise=0.05)
    ring = core._ring
    seen = []
    for step in range(1, 3 * RENEWED_EVERY):
        result = core.step(torch.zeros(WORLDS, core.action_size))
        if step % 3:
            continue
        assert result.ended.all()
        assert (core.elapsed == 0).all()
        expected = core.observer.observe(core.worlds, core.library.frame(core.moment))
        torch.testing.assert_close(result.observation, expected, atol=1e-5, rtol=1e-5)
        assert (result.final_observation - result.observation).abs().max() > 0.05
        seen.append(core.start.clone())
        assert set(core.start[:, 1].tolist()) == set(ring._moments[:, 1].tolist())
    assert len({tuple(start[:, 1].sort().values.tolist()) for start in seen}) == 3


def test_saved_tasks_go_on_bit_for_bit(walk_clip, flat):
    core = task(walk_clip, flat, "warp", auto_reset=True)
    action = torch.full((WORLDS, core.action_size), 1.0)
    for _ in range(5):
        core.step(action)
    state, runs = core.save_state(), []
    for _ in range(2):
        core.load_state(state)
        runs.append([core.step(action) for _ in range(25)])
    assert any(step.ended.any() for step in runs[0])
    assert all(torch.equal(a.observation, b.observation) and torch.equal(a.reward, b.reward) for a, b in zip(*runs))


class Homeless(TorchFunctionMode):
    """Notes every tensor that is made without a word on where."""

    MAKERS = (
        "zeros",
        "ones",
        "full",
        "empty",
        "arange",
        "tensor",
        "rand",
        "randn",
        "randint",
        "randperm",
        "linspace",
        "eye",
    )

    def __init__(self):
        self.found = []

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func in [getattr(torch, name) for name in self.MAKERS] and (kwargs or {}).get("device") is None:
            self.found.append(func.__name__)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"start": "asi", "asi": AsiConfig(episodes=5), "failure_weight": 0.5},
        {"start": "first", "reward_kind": "beyondmimic", "pose_termination": 0.5},
        {"failure_weight": 0.5, "start_position_noise": 0.1, "targets": "absolute"},
    ],
)
def test_every_tensor_is_made_on_the_devices_side(settings, walk_clip, flat):
    core = task(walk_clip, flat, "warp", auto_reset=True, start_pose_noise=0.02, start_velocity_noise=0.1, **settings)
    with Homeless() as mode:
        for _ in range(6):
            core.step(torch.full((WORLDS, core.action_size), 2.0, device="cpu"))
        core.load_state(core.save_state())
    assert mode.found == []
