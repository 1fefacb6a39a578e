from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError, SfvError, UnknownNameError
from sfv.evaluate.protocols.pushes.curve import crossing, standing_force
from sfv.evaluate.protocols.pushes.push import run_push
from sfv.evaluate.protocols.pushes.trials import DIRECTIONS, Push, PushConfig, play_pushes
from sfv.evaluate.protocols.subject import load_subject
from sfv.imitate.config import NrConfig

CALM = PushConfig(settle_seconds=0.1, spread_seconds=0.1)


def value(result, setting, metric):
    (row,) = (row for row in result.rows if (row.setting, row.metric) == (setting, metric))
    return row


def test_a_statue_tips_over_at_the_computed_force(tall_statue):
    """Over its short edge forward and backward, over its long one to the sides; both parts of the protocol find it."""
    config = replace(CALM, trials=2, coarse_step=100, fine_step=10, halfway_most=400)
    result = run_push(load_subject(tall_statue.run_dir, threads=2), config)
    for metric, along in (("forward", "x"), ("backward", "x"), ("left", "y"), ("right", "y"), ("sideways", "y")):
        wanted = tall_statue.tipping_force(0.2, along)
        halfway = value(result, "halfway", f"max_force_{metric}")
        assert halfway.value == pytest.approx(wanted, rel=0.1), (metric, wanted)
        assert (halfway.low, halfway.high) == (halfway.value, halfway.value + 10)
        assert value(result, "random, no fall", f"max_force_{metric}").value == pytest.approx(wanted, rel=0.1)
        assert value(result, "random, half stand", f"max_force_{metric}").value == pytest.approx(wanted, rel=0.1)
    assert tall_statue.tipping_force(0.2, "y") > 1.3 * tall_statue.tipping_force(0.2, "x")
    assert {failure.sweep for failure in result.failures} == set(DIRECTIONS)
    assert all(failure.how == "trunk touched the ground" for failure in result.failures)
    poses = result.failures[0].poses
    assert poses.shape == (3, 8)
    lean = 1 - 2 * (poses[:, 4] ** 2 + poses[:, 5] ** 2)  # height of the upright axis
    assert lean[0] > lean[1] > lean[2]


def test_a_longer_push_needs_less_force(tall_statue):
    short, long = (tall_statue.tipping_force(seconds, "x") for seconds in (0.2, 0.6))
    result = run_push(
        load_subject(tall_statue.run_dir, threads=2), replace(CALM, seconds=0.6, trials=0, halfway_most=200)
    )
    assert value(result, "halfway", "max_force_forward").value == pytest.approx(long, rel=0.1)
    assert long < 0.7 * short


def test_what_never_falls_survives_at_least_the_largest_force(flat_statue):
    config = replace(CALM, trials=4, halfway_step=50, halfway_most=300, coarse_step=100, most=300)
    result = run_push(load_subject(flat_statue.run_dir, threads=2), config)
    for setting in ("halfway", "random, no fall", "random, 90 % stand", "random, half stand"):
        row = value(result, setting, "max_force_sideways")
        assert (row.value, row.high) == (300.0, None), setting
    assert not result.failures


def test_pushes_act_in_the_own_heading_for_their_time_and_no_longer(flat_statue):
    """Impulse over mass is the change of speed; the worlds' statues look in different directions."""
    subject = load_subject(flat_statue.run_dir, threads=1)
    core = subject.worlds(4, NrConfig(pose_noise=0.0, velocity_noise=0.0), falls_only=True)
    seen, act = [], subject.policy.act
    original = core.reset

    def turned(start):
        original(start=start)
        qpos = core.worlds.qpos.clone()
        qpos[:, 2] += 2.0  # in the air there is no friction
        qpos[1, 3:7] = torch.tensor([0.5**0.5, 0.0, 0.0, 0.5**0.5])  # looks along y
        core.worlds.reset(torch.arange(4), qpos, torch.zeros(4, core.worlds.model.nv))
        return core.observer.observe(core.worlds, core.frame)

    def watch(observation):
        seen.append(core.worlds.qvel[:, :2].clone())
        return act(observation)

    core.reset = turned
    pushes = [Push("forward", 50.0), Push("forward", 50.0), Push("left", 50.0), Push("backward", 0.0)]
    config = PushConfig(stand_seconds=0.1)
    play_pushes(core, watch, torch.zeros(4, dtype=torch.long), pushes, torch.tensor([2, 2, 3, 3]), config)
    speed = torch.stack(seen)
    full = 50.0 * 0.2 / 50.01
    torch.testing.assert_close(speed[2].abs().amax(), torch.tensor(0.0).to(speed), atol=1e-6, rtol=0)
    for world, way in enumerate([(full, 0.0), (0.0, full), (0.0, full), (0.0, 0.0)]):
        torch.testing.assert_close(speed[10, world], torch.tensor(way).to(speed), atol=0.02 * full, rtol=0)
    torch.testing.assert_close(speed[-1], speed[9], atol=1e-3, rtol=0)


def test_a_force_is_read_off_the_curve():
    forces = np.array([0.0, 100.0, 200.0])
    assert crossing(forces, np.array([1.0, 0.8, 0.2]), 0.9) == pytest.approx(50.0)
    assert crossing(forces, np.array([1.0, 0.8, 0.2]), 0.5) == pytest.approx(150.0)
    assert crossing(forces, np.array([0.4, 0.8, 0.2]), 0.5) == 0.0
    assert np.isinf(crossing(forces, np.array([1.0, 1.0, 1.0]), 0.5))
    survived = np.arange(40)[None] < np.array([[40], [32], [8]])
    middle, low, high = standing_force(forces, survived, 0.5, seed=0)
    assert middle == pytest.approx(150.0)
    assert 120 < low < middle < high < 180
    assert standing_force(forces, np.ones((3, 8), bool), 0.5, seed=0) == (200.0, 200.0, None)


def test_pushes_lie_inside_a_clip_that_ends(tiny_ending_run):
    config = PushConfig(trials=4, most=200, halfway_most=20)
    result = run_push(load_subject(tiny_ending_run, threads=2), config)
    assert all(failure.seconds <= 1.3 for failure in result.failures)
    assert {row.sweep for row in result.rows} == {"", *DIRECTIONS}
    again = run_push(load_subject(tiny_ending_run, threads=1), config)
    assert again.rows == result.rows


def test_what_cannot_be_pushed_is_told(tiny_run, flat_statue, tmp_path):
    with pytest.raises(UnknownNameError, match=r"unknown body 'tail'; known: .*left_wrist"):
        run_push(load_subject(tiny_run), PushConfig(body="tail", trials=1))
    with pytest.raises(FileFormatError, match="not a run folder"):
        run_push(load_subject(tmp_path))
    with pytest.raises(UnknownNameError, match="unknown env"):
        run_push(load_subject(tiny_run, env="swamp"))
    for name in ("config.toml", "clip.npz"):
        (tmp_path / name).write_bytes((flat_statue.run_dir / name).read_bytes())
    (tmp_path / "policy.npz").write_bytes((tiny_run / "policy.npz").read_bytes())
    with pytest.raises(SfvError, match="belongs to another character"):
        run_push(load_subject(tmp_path), CALM)
