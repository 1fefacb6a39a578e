"""Settings as keyword arguments."""

import pytest

from sfv.errors import SettingError, SfvError, UnknownNameError
from sfv.front.settings import with_settings
from sfv.imitate.config import NrConfig
from sfv.learn.config import RunConfig


def test_fields_of_inner_configs_are_found():
    run = with_settings(RunConfig(), {"total_samples": 5000, "env": "slope", "learner__seed": 3, "substeps": 4})
    assert (run.learner.total_samples, run.env, run.learner.seed, run.physics.substeps) == (5000, "slope", 3, 4)
    assert with_settings(run, {}) is run


def test_a_whole_config_and_one_of_its_fields():
    given = RunConfig().learner
    run = with_settings(RunConfig(), {"learner": given, "worlds": 64})
    assert run.learner.worlds == 64


def test_unknown_settings_list_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"unknown setting 'strats'; known: .*starts"):
        with_settings(NrConfig(), {"strats": 8})


def test_ranges_hold():
    with pytest.raises(SettingError, match="starts"):
        with_settings(NrConfig(), {"starts": 0})


def test_a_name_that_several_have_is_not_guessed():
    from dataclasses import dataclass, field

    @dataclass(frozen=True)
    class Part:
        seed: int = 0

    @dataclass(frozen=True)
    class Whole:
        left: Part = field(default_factory=Part)
        right: Part = field(default_factory=Part)

    with pytest.raises(SfvError, match="several settings are called 'seed'; say which: left__seed, right__seed"):
        with_settings(Whole(), {"seed": 1})
    assert with_settings(Whole(), {"right__seed": 1}).right.seed == 1
