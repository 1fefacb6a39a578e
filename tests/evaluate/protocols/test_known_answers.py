"""Physics that can be computed by hand, measured by the protocols and in the environments that they use."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.environment import load_environment
from sfv.evaluate.protocols.parameters import Levels, ParametersConfig, run_parameters
from sfv.evaluate.protocols.simulator import SimulatorConfig, run_simulator
from sfv.evaluate.protocols.starts import StartsConfig, recovery_times, run_starts, turned
from sfv.evaluate.protocols.subject import load_subject
from sfv.evaluate.protocols.terrain import Grounds, TerrainConfig, run_terrain
from sfv.imitate.config import ImitationConfig
from sfv.imitate.worlds_env import make_imitation_worlds

NONE = Levels(*([()] * 9))
NOWHERE = Grounds(*([()] * 10))


def completion(result, sweep):
    return {row.level: row.value for row in result.rows if row.sweep == sweep and row.metric == "completion"}


def test_a_statue_slides_down_a_slope_beyond_the_angle_of_friction(flat_statue):
    """15 degrees hold with a friction of tan(15 degrees) = 0.268 and more; with less it slides away from its place."""
    levels = replace(NONE, friction=(0.15, 0.22, 0.31, 0.5))
    config = ParametersConfig(levels, trials=2, seconds=6.0, pose_noise=0.0, velocity_noise=0.0)
    result = run_parameters(load_subject(flat_statue.run_dir, env="slope:angle_deg=15", threads=2), config)
    assert completion(result, "friction") == {0.15: 0.0, 0.22: 0.0, 0.31: 1.0, 0.5: 1.0, 1.0: 1.0}
    (lowest,) = (row for row in result.rows if row.metric == "lowest")
    assert (lowest.value, lowest.low) == (0.31, 0.22)
    assert result.failures[0].how.startswith("strayed, 1.0 m")


def test_it_slides_as_fast_as_it_must(flat_statue):
    """a = g (sin - mu cos), from rest: 0.5 a t^2 along the slope; the factor on the friction is the friction, the ground's is 1."""
    core = flat_statue.worlds(
        "slope:angle_deg=15", 1, start_pose_noise=0.0, start_velocity_noise=0.0, termination_distance=9.0
    )
    core.reset()
    for _ in range(20):
        core.step(torch.zeros(1, 1))
    core.disturbances.set("friction", torch.tensor([0.15]))
    place, before, away = core.worlds.qpos[0, :3].clone(), core.worlds.qvel[0, :3].norm(), []
    for _ in range(30):
        core.step(torch.zeros(1, 1))
        away.append(float((core.worlds.qpos[0, :3] - place).norm()))
    angle = math.radians(15.0)
    assert float(before) < 0.02
    assert away[-1] == pytest.approx(0.5 * 9.81 * (math.sin(angle) - 0.15 * math.cos(angle)), rel=0.05)


@pytest.mark.parametrize("height", [1.0, 1.96])
def test_a_free_fall_off_the_ledge_takes_as_long_as_it_must(flat_statue, height):
    """sqrt(2 h / g) until the base meets the ground, to one of 120 control steps a second."""
    physics = replace(flat_statue.physics, control_hz=120.0, substeps=4)
    core = make_imitation_worlds(
        flat_statue.clip, flat_statue.character, load_environment(f"ledge:height={height}"), physics,
        ImitationConfig(), 2, 1, auto_reset=False,
    )  # fmt: skip
    core.reset()
    qpos = core.worlds.qpos.clone()
    qpos[:, 2] = height + flat_statue.trunk_height  # stands on the roof's level
    qpos[:, 0] = torch.tensor([-1.0, 1.0])  # on the roof, and beside it
    core.worlds.reset(torch.arange(2), qpos, torch.zeros(2, core.worlds.model.nv))
    touched = []
    for _ in range(100):
        core.worlds.step(torch.zeros(2, 1))
        touched.append(core.worlds.ground_contact.any(1).tolist())
    on_roof, falling = np.array(touched).T
    assert on_roof[1:].all()
    assert falling.argmax() / 120 == pytest.approx(math.sqrt(2 * height / 9.81), abs=1.5 / 120)


def test_ground_that_tips_a_statue_over(tall_statue):
    """Its centre of mass is 0.82 m high and 0.1 m behind its edge: it tips on slopes of more than 7 degrees, and
    on less if it swings while it settles."""
    config = TerrainConfig(
        replace(NOWHERE, slope_up=(1.0, 10.0), slippery=(0.3,)), trials=2, seconds=3.0, pose_noise=0.0
    )
    result = run_terrain(load_subject(tall_statue.run_dir, threads=2), config)
    assert completion(result, "slope_up") == {0.0: 1.0, 1.0: 1.0, 10.0: 0.0}
    assert completion(result, "slippery") == {0.3: 1.0, 1.0: 1.0}
    assert (result.failures[0].setting, result.failures[0].failed) == ("10 degrees uphill", 2)


def test_ground_that_a_clip_cannot_be_put_on_is_left_out_with_a_reason(flat_statue):
    grounds = replace(NOWHERE, stairs_up=(5.0,), gaps=(30.0,), slope_up=(70.0,))
    result = run_terrain(load_subject(flat_statue.run_dir, threads=1), TerrainConfig(grounds, trials=1, seconds=0.5))
    assert len(result.notes) == 3
    assert "first obstacle is 1.0 m away" in result.notes[2]
    assert "70" in result.notes[0]
    assert not result.rows


def test_named_environments_are_measured_too(flat_statue):
    config = TerrainConfig(NOWHERE, trials=1, seconds=0.3)
    result = run_terrain(load_subject(flat_statue.run_dir, env="soft", threads=1), config)
    assert [(row.setting, row.metric) for row in result.rows] == [("soft", "completion"), ("soft", "nr")]


def test_loads_delays_and_strength_do_nothing_to_a_statue(flat_statue):
    levels = replace(NONE, load=(20.0,), load_hand=(2.0,), strength=(0.3,), delay_seconds=(1 / 60,), gravity=(0.5,))
    result = run_parameters(
        load_subject(flat_statue.run_dir, threads=1), ParametersConfig(levels, trials=2, seconds=0.5)
    )
    assert {row.sweep for row in result.rows} - {""} == {"load", "strength", "delay_seconds", "gravity"}
    assert all(row.value == 1.0 for row in result.rows if row.metric == "completion")
    assert "names no hands" in result.notes[0]


def test_a_statue_does_not_lean_on_its_simulator(flat_statue):
    result = run_simulator(
        load_subject(flat_statue.run_dir, threads=1),
        SimulatorConfig(steps=(8,), iterations=(5,), trials=2, seconds=0.5),
    )
    names = ["as trained", "1/240 s", "1/600 s, light joints", "elliptic cone", "5 solver iterations"]
    assert [row.setting for row in result.rows if row.metric == "completion"] == names
    assert all(row.value == pytest.approx(1.0, abs=0.02) for row in result.rows)


def test_a_statue_never_finds_back_to_its_place(flat_statue):
    """It stands wherever it is put: nobody falls, and the reward of the place stays lost unless it is small."""
    config = StartsConfig(pose=(), velocity=(), displaced=(0.05, 0.8), turned=(), trials=3, seconds=1.5)
    result = run_starts(load_subject(flat_statue.run_dir, threads=1), config)
    found = {(row.setting, row.metric): row.value for row in result.rows}
    assert all(row.value == 1.0 for row in result.rows if row.metric == "completion")
    assert found[("root displaced by 0.05 m", "recovery_seconds")] == 0.0
    assert found[("root displaced by 0.8 m", "recovered")] == 0.0
    assert ("root displaced by 0.8 m", "recovery_seconds") not in found


def test_recovery_is_the_last_return_to_the_undisturbed_reward():
    plain = np.ones((4, 20))
    rewards = np.ones((4, 20))
    rewards[1, :6] = 0.0
    rewards[2, 17:] = 0.0
    rewards[3, 5:7] = 0.5
    times = recovery_times(rewards, plain, np.full(4, 20), 4, 0.9)
    assert times.tolist() == [0.0, 6.0, np.inf, 7.0]


def test_turning_a_start_turns_its_velocity():
    qpos = torch.tensor([[1.0, 2.0, 3.0, 1.0, 0.0, 0.0, 0.0]])
    qvel = torch.tensor([[1.0, 0.0, 0.5, 0.1, 0.2, 0.3]])
    pose, speed = turned(qpos, qvel, torch.tensor([math.pi / 2]))
    torch.testing.assert_close(pose, torch.tensor([[1.0, 2.0, 3.0, 0.5**0.5, 0.0, 0.0, 0.5**0.5]]))
    torch.testing.assert_close(speed, torch.tensor([[0.0, 1.0, 0.5, 0.1, 0.2, 0.3]]))
