"""The machinery that counts how readers end, and a small run of it."""

import os
import pickle

import pytest

from sfv.bench.reliability.child import run_case
from sfv.bench.reliability.foreign_readers import foreign_readers
from sfv.bench.reliability.fuzz import Reader, UnusableSeedError, fuzz
from sfv.bench.reliability.mutate import damage
from sfv.bench.reliability.page import write_rows
from sfv.bench.reliability.readers import own_readers
from sfv.bench.results import read_rows
from sfv.errors import FileFormatError

CASES = 120
READERS = {reader.name: reader for reader in (*own_readers(), *foreign_readers())}


def _raise(error):
    raise error


def _eat():
    return b"x" * (1200 << 20)


@pytest.mark.parametrize(
    ("read", "ending"),
    [
        (lambda: 1, "accepted"),
        (lambda: _raise(FileFormatError("a.npz is damaged; copy it again")), "clean"),
        (lambda: _raise(FileFormatError("two\nlines")), "traceback"),
        (lambda: _raise(ValueError("x")), "traceback"),
        (os.abort, "crash"),
        (lambda: os._exit(0), "crash"),
        (_eat, "over_memory"),
    ],
)
def test_endings_are_told_apart(read, ending):
    assert run_case(read).ending == ending


def _seed(folder):
    (folder / "seed.pkl").write_bytes(pickle.dumps(list(range(100))))
    return folder / "seed.pkl"


def test_a_reader_that_runs_what_it_reads_is_found_out(tmp_path):
    """The hostile pickles are real: Python's own unpickler falls for them."""
    tally = fuzz(
        Reader("python", _seed, lambda path: pickle.loads(path.read_bytes()), "pickle"),
        25,
        tmp_path / "x",
        bombs=False,
        first=12,
    )
    assert tally.executed > 5
    assert tally.endings["traceback"] > 0


def test_a_reader_that_refuses_its_own_seed_proves_nothing(tmp_path):
    with pytest.raises(UnusableSeedError, match="no"):
        fuzz(Reader("no", _seed, lambda path: _raise(FileFormatError("no"))), 1, tmp_path / "x", bombs=False)


def test_a_case_is_made_again_by_its_number(tmp_path):
    import numpy as np

    content = bytes(range(256)) * 4
    assert damage(content, np.random.default_rng((0, 1)), "npz") == damage(
        content, np.random.default_rng((0, 1)), "npz"
    )


@pytest.mark.parametrize(
    "name",
    [
        "clip.npz",
        "motion.npz",
        "keypoints.npz",
        "policy.npz",
        "run config.toml",
        "skill.toml",
        "progress.csv",
        "body model pkl",
    ],
)
def test_readers_say_one_sentence(tmp_path, name):
    tally = fuzz(READERS[name], CASES, tmp_path / "x", seed=7, bombs=False)
    assert not tally.faults
    assert tally.executed == 0
    assert tally.endings["clean"] > CASES / 2


def test_rows_of_several_processes_share_a_file(tmp_path):
    row = {
        "what": "a",
        "cases": 1,
        "clean": 1,
        "accepted": 0,
        "traceback": 0,
        "hang": 0,
        "over_memory": 0,
        "crash": 0,
        "executed": 0,
    }
    write_rows(tmp_path, [row])
    write_rows(tmp_path, [row | {"what": "b"}, row | {"cases": 2}, {"what": "kill -9: train", "kills": 3, "lost": 0}])
    assert [(found["what"], found.get("cases")) for found in read_rows("reliability", tmp_path)] == [
        ("a", 2),
        ("b", 1),
        ("kill -9: train", None),
    ]
    page = (tmp_path / "reliability.md").read_text()
    assert "Killed at random moments" in page
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["reliability.json", "reliability.md"]
