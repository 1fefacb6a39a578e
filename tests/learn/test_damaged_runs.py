"""Files of a run folder whose content is not what it must be: one sentence each, nothing is played or continued from them."""

import math

import numpy as np
import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.files import read_npz
from sfv.learn.run.folder import PROGRESS, SUMMARY, ProgressFile, read_progress, read_summary
from sfv.learn.run.policy import POLICY_FILE, load_policy, save_small_policy

WEIGHT, VARIANCE = "network.mlp_extractor.policy_net.0.weight", "network.features_extractor.variance"


def _spoilt(value, spoil):
    value = value.copy()
    return spoil(value)


def _nan(value):
    value.reshape(-1)[-1] = np.nan
    return value


@pytest.mark.parametrize(
    ("name", "spoil", "words"),
    [
        (WEIGHT, _nan, "NaN or infinity"),
        ("network.action_net.bias", lambda value: value + np.inf, "NaN or infinity"),
        (VARIANCE, _nan, "NaN or infinity"),
        (VARIANCE, lambda value: -1 - value, "negative"),
        (WEIGHT, lambda value: value[:, :-1], "does not hold this network"),
        (WEIGHT, lambda value: value.astype("U8"), "numbers"),
        ("hidden", lambda value: value * 0 + 10**9, "hidden is 1000000000"),
        ("hidden", lambda value: -value, "hidden is -"),
        ("hidden", lambda value: np.full(1000, 8), "up to 64 layers"),
        ("hidden", lambda value: value[:0], "does not hold this network"),
        ("hidden", lambda value: value * np.nan, "hidden must be"),
        ("observation_size", lambda value: np.asarray(10**12), "observation_size is"),
        ("action_size", lambda value: np.asarray([1, 2]), "action_size must be"),
    ],
)
def test_policy_that_is_none(tiny_run, tmp_path, name, spoil, words):
    arrays = read_npz(tiny_run / POLICY_FILE)
    arrays[name] = _spoilt(arrays[name], spoil)
    np.savez(tmp_path / POLICY_FILE, **arrays)
    with pytest.raises(FileFormatError, match=words) as told:
        load_policy(tmp_path)
    assert POLICY_FILE in str(told.value)


@pytest.mark.parametrize(
    "spoil", [lambda value: value[0], lambda value: value[:, :-1], lambda value: value[:1], lambda value: value | 255]
)
def test_small_policy_whose_planes_are_none(tiny_run, tmp_path, spoil):
    save_small_policy(load_policy(tiny_run), tmp_path / POLICY_FILE)
    arrays = read_npz(tmp_path / POLICY_FILE)
    arrays[WEIGHT] = spoil(arrays[WEIGHT])
    np.savez(tmp_path / POLICY_FILE, **arrays)
    with pytest.raises(FileFormatError, match=r"policy\.npz"):
        load_policy(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"nr": NaN}', "[" * 5000, "\x00", '{"reason": 1, "samples": "many"}', "1" * 10_000],
)
def test_summary_that_is_none(tmp_path, text):
    (tmp_path / SUMMARY).write_text(text)
    with pytest.raises(SfvError, match=r"summary\.json.*train again"):
        read_summary(tmp_path)


@pytest.mark.parametrize(
    "rows",
    ["12,abc\n", "12\n", "1,2,3\n", "nan,1\n", ",1\n", "1e999,1\n", '"1\n2",1\n'],
)
def test_bad_row_of_a_table_is_named_and_left_out_of_a_training(tmp_path, rows):
    (tmp_path / PROGRESS).write_text(f"samples,nr\n10,0.5\n{rows}20,\n30,0.")
    with pytest.raises(FileFormatError, match=r"progress\.csv: row 3"):
        read_progress(tmp_path)
    ProgressFile(tmp_path, ("samples", "nr"), 100)
    assert read_progress(tmp_path)["samples"].tolist() == [10, 20]
    assert math.isnan(read_progress(tmp_path)["nr"][1])


@pytest.mark.parametrize("text", ["nothing\n1\n", "samples,samples\n1,2\n", "\n", "\x00\n"])
def test_table_of_something_else(tmp_path, text):
    (tmp_path / PROGRESS).write_text(text)
    with pytest.raises(FileFormatError, match=r"progress\.csv"):
        read_progress(tmp_path)
