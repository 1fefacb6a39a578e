from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.evaluate.nr import evaluate_nr, fine_physics, record_rollout
from sfv.imitate.config import NrConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.train import train

SMALL = TrainConfig(worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=256, nr_starts=2)


@pytest.fixture(scope="module")
def cyclic_run(tmp_path_factory, walk_clip):
    folder = tmp_path_factory.mktemp("cyclic")
    train(RunConfig(learner=SMALL), walk_clip, folder)
    return folder


@pytest.fixture(scope="module")
def ending_run(tmp_path_factory, short_clip):
    folder = tmp_path_factory.mktemp("ending")
    train(RunConfig(learner=SMALL), short_clip, folder)
    return folder


def test_result_is_consistent_and_repeats(cyclic_run):
    result = evaluate_nr(cyclic_run, NrConfig(starts=6, seconds=4.0))
    assert result.nr == pytest.approx(result.per_start.mean())
    assert result.per_start.shape == result.seconds.shape == (6,)
    assert result.survival == pytest.approx((result.seconds / 4.0).mean())
    assert result.finished == int((result.seconds >= 4.0).sum())
    assert result.diverged == 0
    total = 0.65 * result.terms["pose"] + 0.10 * result.terms["velocity"]
    total += 0.15 * result.terms["end_effector"] + 0.10 * result.terms["com"]
    assert total == pytest.approx(result.nr, abs=1e-5)
    assert 0 < result.nr < result.survival  # the untrained walk falls, and less than one a step is earned until then
    assert evaluate_nr(cyclic_run, NrConfig(starts=6, seconds=4.0)).per_start.tolist() == result.per_start.tolist()
    other = evaluate_nr(cyclic_run, NrConfig(starts=6, seconds=4.0, seed=5))
    assert other.per_start.tolist() != result.per_start.tolist()


def test_finer_physics_is_another_world(ending_run):
    coarse, fine = (
        evaluate_nr(ending_run, NrConfig(starts=4)),
        evaluate_nr(ending_run, NrConfig(starts=4), fine_physics("humanoid")),
    )
    assert coarse.per_start.tolist() != fine.per_start.tolist()
    assert abs(coarse.nr - fine.nr) < 0.3


def test_recorded_rollout_lies_beside_its_reference(cyclic_run, walk_clip):
    rollout = record_rollout(cyclic_run, seconds=3.0)
    frames = len(rollout.qpos)
    assert rollout.fps == 30.0
    assert rollout.reference.shape == rollout.qpos.shape == (frames, walk_clip.qpos.shape[1])
    assert len(rollout.reward) == frames - 1
    np.testing.assert_allclose(rollout.qpos[0, :2], rollout.reference[0, :2], atol=1e-5)
    np.testing.assert_allclose(rollout.reference[: min(frames, 38)], walk_clip.qpos[: min(frames, 38)], atol=1e-4)
    assert rollout.reward[0] > 0.9
    assert len(rollout.acting) == frames
    assert (len(rollout.acting[0].contacts), len(rollout.acting[1].pushes)) == (0, 0)
    assert rollout.acting[1].contacts.forces[:, 2].sum() > 50.0  # newtons, of 441
    assert rollout.failed == (rollout.reward[-1] == 0.0)


def test_recording_of_a_clip_that_ends_stops_at_its_end(ending_run):
    rollout = record_rollout(ending_run, seconds=30.0)
    assert len(rollout.qpos) <= 39


def test_bad_input_says_so(tmp_path, cyclic_run):
    with pytest.raises(FileFormatError, match="not a run folder"):
        evaluate_nr(tmp_path)
    with pytest.raises(SfvError, match="at least 1"):
        evaluate_nr(cyclic_run, replace(NrConfig(), starts=0))
