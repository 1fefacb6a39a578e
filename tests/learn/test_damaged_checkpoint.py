"""A checkpoint whose content is not this run's: one sentence, and the learner stays as it was."""

import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError
from sfv.files import read_npz
from sfv.learn.run.checkpoint import CHECKPOINT, load_checkpoint
from sfv.learn.run.folder import read_run
from sfv.learn.train import build_learner


@pytest.fixture(scope="module")
def made(tiny_run):
    run, clip = read_run(tiny_run)
    return build_learner(run, [clip])[0], read_npz(tiny_run / CHECKPOINT)


def _nan(value):
    value = value.copy()
    value.reshape(-1)[0] = np.nan
    return value


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("network.action_net.weight", _nan),
        ("network.action_net.weight", lambda value: value[:-1]),
        ("adam.1.exp_avg", _nan),
        ("adam.1.exp_avg", lambda value: value.T[:1]),
        ("adam.1.exp_avg_sq", lambda value: -1 - value),
        ("adam.1.step", lambda value: value + np.inf),
        ("counter.samples", lambda value: value * np.nan),
        ("counter.samples", lambda value: -value),
        ("counter.minutes", lambda value: value + np.nan),
        ("counter.best_nr", None),
        ("updates", lambda value: np.asarray([1, 2])),
        ("low_precision", lambda value: np.asarray("yes")),
        ("ranks", lambda value: np.asarray(np.nan)),
        ("device", lambda value: np.asarray(3)),
        ("generator", lambda value: value[:-1]),
        ("generator", lambda value: value * 0 + 255),
        ("observation", lambda value: value[:, 1:]),
        ("episode_starts", lambda value: value.astype(float)),
        ("worlds.start", lambda value: value + 10**9),
        ("worlds.start", lambda value: value - 10**9),
        ("worlds.pool.moments", lambda value: value + 10**9),
        ("worlds.elapsed", lambda value: value + 10**9),
        ("worlds.elapsed", None),
        ("worlds.generator", lambda value: value[:-1]),
    ],
)
def test_checkpoint_of_something_else(made, tmp_path, name, spoil):
    learner, arrays = made
    arrays = dict(arrays)
    if spoil is None:
        del arrays[name]
    else:
        arrays[name] = spoil(arrays[name])
    np.savez(tmp_path / CHECKPOINT, **arrays)
    before = learner.core.save_state()
    with pytest.raises(FileFormatError, match=r"checkpoint\.npz"):
        load_checkpoint(tmp_path, learner)
    after = learner.core.save_state()
    assert all(torch.equal(before[key], after[key]) for key in before)


def test_the_sound_one_is_read(made, tiny_run):
    learner, arrays = made
    assert load_checkpoint(tiny_run, learner).samples == int(arrays["counter.samples"])
