"""Every number that a user can set has a range, and what lies outside is refused in one sentence, wherever it comes from."""

import dataclasses
import importlib
import math
import pkgutil
import typing
from dataclasses import replace

import pytest

import sfv
from sfv.cli import main
from sfv.config_file import from_table
from sfv.errors import SettingError
from sfv.learn.config import RunConfig, TrainConfig
from sfv.ranges import Checked, number_kinds, range_of
from sfv.reconstruct.config import ReconstructConfig
from sfv.retarget.config import RetargetConfig

_ENDINGS = ("Config", "Arguments", "Levels", "Grounds", "SheetLook", "PlainLook")
_OTHER_ROOMS = ("sfv.environment", "sfv.character", "sfv.bench.skills.published", "sfv.physics.warp")


def _classes():
    found = {}
    for module in pkgutil.walk_packages(sfv.__path__, "sfv."):
        if module.name.startswith((*_OTHER_ROOMS, "sfv._")):
            continue
        for name, cls in vars(importlib.import_module(module.name)).items():
            own = isinstance(cls, type) and cls.__module__ == module.name and dataclasses.is_dataclass(cls)
            if own and name.endswith(_ENDINGS):
                found[f"{module.name}.{name}"] = cls
    return found


CLASSES = _classes()


def _numeric(cls):
    hints = typing.get_type_hints(cls, include_extras=True)
    return {item.name: hints[item.name] for item in dataclasses.fields(cls) if number_kinds(hints[item.name])}


def test_the_walk_finds_the_settings():
    assert {
        "RunConfig",
        "ChainConfig",
        "DetectConfig",
        "RenderConfig",
        "SpinConfig",
        "PlayArguments",
        "PushConfig",
    } <= {name.rpartition(".")[2] for name in CLASSES}


@pytest.mark.parametrize("name", [name for name, cls in CLASSES.items() if _numeric(cls)])
def test_every_number_has_a_range_and_what_lies_outside_is_refused(name):
    cls = CLASSES[name]
    assert issubclass(cls, Checked)
    default = cls()
    for field, hint in _numeric(cls).items():
        allowed = range_of(hint)
        assert allowed is not None, f"{name}.{field} has no Range"
        wrong = [math.nan, math.inf, -math.inf]
        for end, is_open, away in ((allowed.low, allowed.open_low, -1), (allowed.high, allowed.open_high, 1)):
            assert math.isfinite(end), f"{name}.{field} is open to infinity"
            wrong.append(end if is_open else end + away * max(1, abs(end) / 2))
        for value in wrong:
            several = "tuple[" in str(hint)
            with pytest.raises(SettingError, match=field):
                replace(default, **{field: (value,) if several else value})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("train x --physics.substeps 0", "--physics.substeps must be at least 1 and at most 1000; it is 0"),
        ("train x --physics.control-hz 0", "--physics.control-hz must be at least 1"),
        ("train x --learner.worlds -3", "--learner.worlds must be at least 1"),
        ("train x --learner.n-steps=0", "--learner.n-steps must be at least 1"),
        ("train x --learner.batch-size 0", "--learner.batch-size must be at least 2"),
        ("train x --learner.learning-rate nan", "--learner.learning-rate must be above 0 and at most 1; it is nan"),
        ("train x --learner.gamma 1.01", "--learner.gamma must be at least 0 and at most 1; it is 1.01"),
        ("train x --learner.seed -1", "--learner.seed must be at least 0"),
        ("train x --learner.total_samples 0", "--learner.total_samples must be at least 1"),
        ("train x --learner.worlds 3 --learner.n-steps 7 --learner.batch-size 5", "leave a single one over"),
        ("run x --learner.physics-threads -1", "--learner.physics-threads must be at least 0"),
        ("detect x --fps 0", "--fps must be at least 0.1"),
        ("detect x --track.min-quality -0.5", "--track.min-quality must be at least 0 and at most 1; it is -0.5"),
        ("detect x --start 3 --stop 2", "--stop must be at least as much as start, 3; it is 2"),
        ("reconstruct x --fps -1", "--fps must be at least 0.1"),
        ("retarget x --min-period 9", "max_period must be at least as much as min_period, 9; it is 2.5"),
        ("play walk --seconds 0", "--seconds must be above 0"),
        ("evaluate x --seed 4294967296", "--seed must be at least 0 and at most 4294967295; it is 4294967296"),
        ("export x --name y --threads -1", "--threads must be at least 0"),
        ("render x --seconds inf", "--seconds must be above 0"),
        ("hmr check --mocap x --batch 0", "--batch must be at least 1"),
        ("bench skills --jobs 0", "--jobs must be at least 1"),
    ],
)
def test_flags_are_refused_in_one_sentence(arguments, words, capsys):
    assert main.run(arguments.split()) == 1
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_a_file_is_held_to_the_same_ranges():
    with pytest.raises(
        SettingError, match=r"config\.toml: run\.physics\.substeps must be at least 1 and at most 1000; it is 0"
    ):
        from_table(RunConfig, {"physics": {"substeps": 0}}, "config.toml: run")


def test_conditions_across_fields():
    with pytest.raises(SettingError, match="single"):
        TrainConfig(worlds=1, n_steps=1)
    with pytest.raises(SettingError, match="as much as the number before it"):
        ReconstructConfig(knot_range=(0.2, 0.1))
    assert RetargetConfig(min_period=2.5).max_period == 2.5
    assert TrainConfig(worlds=64).batch_size > 64 * 16  # an update may be smaller than a minibatch
    with pytest.raises(SettingError, match="whole number"):
        TrainConfig(worlds=2.5)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="thousands of digits"):
        TrainConfig(worlds=10**5000)
