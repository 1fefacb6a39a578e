"""Terms of another package: a reward, a termination and an observation are found by name, trained with, logged, and measured with."""

import sys
from dataclasses import replace
from importlib.metadata import EntryPoint

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from sfv.errors import SfvError, UnknownNameError
from sfv.evaluate.nr import evaluate_nr
from sfv.imitate import terms
from sfv.imitate.config import NrConfig
from sfv.imitate.term_names import BEYONDMIMIC, DEEPMIMIC, ENDS, PENALTIES
from sfv.imitate.terms import Registry
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.run.folder import read_progress
from sfv.learn.train import train

CODE = '''"""Terms of somebody else's."""

import torch


def upright(view, scale=1.0):
    """1 where the root stands upright, falling with its tilt."""
    w, x, y, z = view.xquat[:, view.layout.root].unbind(-1)
    return torch.exp(-scale * (x * x + y * y))


def steady(view):
    """How much the action changed."""
    return (view.action - view.last_action).square().sum(-1)


def low(view, height=0.5):
    """The root is lower than so many metres."""
    return view.xpos[:, view.layout.root, 2] < height


def heights(view):
    """Heights of all end effectors."""
    return view.xpos[:, view.layout.end_effectors, 2]
'''
POINTS = {
    "sfv.rewards": {"upright": "my_terms:upright", "steady": "my_terms:steady"},
    "sfv.terminations": {"low": "my_terms:low"},
    "sfv.observations": {"heights": "my_terms:heights"},
}
SMALL = TrainConfig(
    worlds=16, n_steps=8, batch_size=64, hidden=(16,), total_samples=10 * 128, nr_interval=640, nr_starts=2,
    precision="float32", physics_threads=1, torch_threads=1,
)  # fmt: skip


@pytest.fixture
def package(tmp_path, monkeypatch):
    (tmp_path / "my_terms.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def points(group):
        return [EntryPoint(name, value, group) for name, value in POINTS.get(group, {}).items()]

    monkeypatch.setattr(terms, "entry_points", points)
    yield
    sys.modules.pop("my_terms", None)


def config(**task) -> RunConfig:
    run = RunConfig(learner=SMALL)
    return replace(run, imitation=replace(run.imitation, episode_seconds=1.0, **task))


def test_they_are_trained_with_logged_and_measured_with(package, walk_clip, tmp_path):
    folder = tmp_path / "run"
    run = config(
        rewards=("upright:weight=0.5,scale=2", "steady:weight=-0.01"),
        terminations=("low:height=0.84",),
        observations=("heights",),
    )
    train(run, walk_clip, folder)
    progress = read_progress(folder)
    assert len(progress["samples"]) == 10
    assert ((progress["reward_upright"] > 0.2) & (progress["reward_upright"] <= 1)).all()
    assert (progress["reward_steady"] > 0).all()
    assert progress["ended_low"].max() > 0.5
    assert np.isfinite(progress["ended_fall"]).all()
    events = EventAccumulator(str(folder)).Reload()
    assert {"train/upright", "train/steady", "train/pose", "ended_by/low", "ended_by/fall"} <= set(
        events.Tags()["scalars"]
    )
    measured = evaluate_nr(folder, NrConfig(starts=2, seconds=1.0), threads=1)
    assert 0 < measured.nr < 1
    plain = read_plain(walk_clip, tmp_path / "plain")
    sizes = [int(np.load(one / "policy.npz")["observation_size"]) for one in (folder, plain)]
    assert sizes[0] == sizes[1] + 4


def read_plain(clip, folder):
    train(config(), clip, folder)
    assert not [name for name in read_progress(folder) if name in ("reward_upright", "ended_low")]
    return folder


def test_without_the_package_its_terms_are_named(package, walk_clip, tmp_path, monkeypatch):
    train(config(observations=("heights",)), walk_clip, tmp_path / "run")
    monkeypatch.setattr(terms, "entry_points", lambda group: [])
    with pytest.raises(UnknownNameError, match=r"unknown observation term 'heights'; known: none; packages add them"):
        evaluate_nr(tmp_path / "run", NrConfig(starts=1), threads=1)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (
            {"rewards": ("nice",)},
            "unknown reward term 'nice'; known: upright, steady|unknown reward term 'nice'; known: steady, upright",
        ),
        ({"rewards": ("upright:weight=x",)}, "weight=x is no key=number"),
        ({"rewards": ("upright:size=1",)}, "unknown number of the reward term upright 'size'; known: scale, weight"),
        ({"rewards": ("upright", "upright:weight=2")}, "upright is named twice"),
        ({"rewards": ("heights_as_reward",)}, "heights_as_reward gives shape"),
        ({"observations": ("flat_heights",)}, "flat_heights gives shape"),
    ],
)
def test_what_cannot_be_is_told(package, walk_clip, tmp_path, task, message, monkeypatch):
    monkeypatch.setitem(POINTS, "sfv.rewards", POINTS["sfv.rewards"])
    if "gives shape" in message:
        kind = next(iter(task))
        name = task[kind][0]
        monkeypatch.setitem(POINTS, f"sfv.{kind}", {name: "my_terms:heights" if kind == "rewards" else "my_terms:low"})
    with pytest.raises(SfvError, match=message):
        train(config(**task), walk_clip, tmp_path / "run")


def test_a_registered_function_needs_no_entry_point():
    registry = Registry("reward")

    @registry.register("half")
    def half(view):
        return 0.5 * torch.ones(3)

    assert registry.names() == ["half"]
    (term,) = registry.terms(["half:weight=4"])
    assert (term.name, term.weight) == ("half", 4.0)
    assert registry.find("half") is half
    with pytest.raises(SfvError, match="there is a reward term 'half' already"):
        registry.register("half", lambda view: torch.zeros(3))


def test_names_of_the_tasks_own_are_taken(package, monkeypatch):
    """A "fall" of another package would stand in for the check of falls, and its column twice in progress.csv."""
    for registry, own in (
        (terms.REWARDS, (*DEEPMIMIC, *BEYONDMIMIC, *PENALTIES, "goal")),
        (terms.TERMINATIONS, ENDS),
    ):
        for name in own:
            monkeypatch.setitem(POINTS, registry.group, {name: "my_terms:low"})
            with pytest.raises(SfvError, match=f"{name} is a {registry.kind} of the task's own"):
                registry.terms([name])
            with pytest.raises(SfvError, match="already"):
                registry.register(name, lambda view: view.com[:, 0])
