from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.evaluate.against import aligned, evaluate_against
from sfv.evaluate.nr import evaluate_nr
from sfv.imitate.config import NrConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.train import train
from sfv.motion.cycle import yawed

SMALL = TrainConfig(worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=256, nr_starts=2)
FOUR = NrConfig(starts=4)


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory, short_clip):
    folder = tmp_path_factory.mktemp("against")
    train(RunConfig(learner=SMALL), short_clip, folder)
    return folder


def moved(clip, turn, place):
    """The clip elsewhere in the plane."""
    out = clip.qpos.copy()
    c, s = np.cos(turn), np.sin(turn)
    out[:, :2] = clip.qpos[:, :2] @ np.array([[c, s], [-s, c]]) + place
    out[:, 3:7] = yawed(clip.qpos[:, 3:7], turn)
    return replace(clip, qpos=out)


def test_against_its_own_clip_it_is_the_nr(run_dir, short_clip):
    own, result = evaluate_nr(run_dir, FOUR), evaluate_against(run_dir, short_clip, config=FOUR)
    np.testing.assert_allclose(result.per_start, own.per_start, atol=1e-5)
    assert result.terms == pytest.approx(own.terms, abs=1e-5)
    assert result.finished == own.finished
    assert result.reference == pytest.approx(1.0, abs=1e-5)
    assert result.covered == pytest.approx(1.0, abs=0.03)


def test_place_and_heading_of_the_true_world_do_not_count(run_dir, short_clip):
    here = evaluate_against(run_dir, short_clip, config=FOUR)
    there = evaluate_against(run_dir, moved(short_clip, 2.0, [3.0, -1.0]), config=FOUR)
    np.testing.assert_allclose(there.per_start, here.per_start, atol=1e-4)


def test_what_was_cropped_off_the_beginning_is_left_out(run_dir, short_clip):
    early = np.repeat(short_clip.qpos[:1], 12, 0)
    longer = replace(short_clip, qpos=np.concatenate([early, short_clip.qpos]))
    whole = evaluate_against(run_dir, short_clip, config=FOUR)
    later = evaluate_against(run_dir, longer, 12 / short_clip.fps, config=FOUR)
    np.testing.assert_allclose(later.per_start, whole.per_start, atol=1e-4)
    assert later.covered == pytest.approx(short_clip.seconds / longer.seconds, abs=0.03)


def test_another_motion_earns_less(run_dir, short_clip):
    bent = short_clip.qpos.copy()
    bent[:, 2] += 0.1
    other = evaluate_against(run_dir, replace(short_clip, qpos=bent), config=FOUR)
    assert other.reference < 0.97
    assert other.terms["com"] < evaluate_against(run_dir, short_clip, config=FOUR).terms["com"]


def test_straying_from_the_true_motion_is_a_failure(run_dir, short_clip):
    away = short_clip.qpos.copy()
    away[5:, 0] += 50.0
    result = evaluate_against(run_dir, replace(short_clip, qpos=away), config=FOUR)
    assert result.finished == 0
    assert result.nr < 0.3


def test_what_cannot_be_compared_is_told(run_dir, short_clip, walk_clip):
    with pytest.raises(SfvError, match="not cyclic"):
        evaluate_against(run_dir, walk_clip)
    with pytest.raises(SfvError, match="leaves nothing"):
        aligned(short_clip, short_clip, 30.0)
    with pytest.raises(SfvError, match="leaves nothing"):
        aligned(short_clip, short_clip, -1.0)
    with pytest.raises(SfvError, match="character"):
        aligned(replace(short_clip, character="robot"), short_clip, 0.0)
