"""NR is measured by the definition's and the character's own rules, never by a run's."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from sfv.config_file import to_toml
from sfv.evaluate.evaluation import evaluate_run, words
from sfv.evaluate.nr import evaluate_nr
from sfv.evaluate.protocols.subject import load_subject
from sfv.imitate.config import NrConfig, RewardConfig
from sfv.imitate.nr_rules import other_rules
from sfv.learn.run.folder import CONFIG, read_run

SHORT = NrConfig(starts=6, seconds=2.0)
LAX = {
    "termination_distance": 50.0, "ground_contact": "any", "contact_margin": 2.0, "contact_window": 5.0, "max_reference_distance": 0.5,
    "start_pose_noise": 0.0, "reward": RewardConfig(com_weight=5.0, pose_scale=0.1),
}  # fmt: skip


@pytest.fixture
def lax_run(tiny_run, tmp_path):
    """The same policy in a folder whose settings let it lie on the floor, far away, and be paid for it."""
    folder = shutil.copytree(tiny_run, tmp_path / "lax")
    run, _ = read_run(folder)
    run = replace(run, imitation=replace(run.imitation, **LAX), physics=replace(run.physics, speed_limit=1e6))
    (folder / CONFIG).write_text(to_toml({"run": run}))
    return folder


def test_lax_settings_of_a_run_do_not_flatter_it(tiny_run, lax_run):
    own, lax = evaluate_nr(tiny_run, SHORT, threads=1), evaluate_nr(lax_run, SHORT, threads=1)
    assert own.finished < SHORT.starts  # the policy falls, or there would be nothing to hide
    assert np.array_equal(own.per_start, lax.per_start)
    assert own.terms == lax.terms
    protocol = load_subject(lax_run, threads=1).worlds(2, SHORT).config
    assert protocol == load_subject(tiny_run, threads=1).worlds(2, SHORT).config


def test_what_the_run_had_instead_is_said(tiny_run, lax_run):
    assert evaluate_run(tiny_run, replace(SHORT, starts=1), threads=1).other_rules == ()
    text = "\n".join(words(evaluate_run(lax_run, replace(SHORT, starts=1), threads=1)))
    for name in (
        "termination_distance 50 (NR: 1)",
        "ground_contact any (NR: reference)",
        "max_reference_distance 0.5 (NR: none)",
    ):
        assert name in text
    assert "com_weight 5 (NR: 0.1)" in text
    assert "speed_limit 1e+06 (NR: 300)" in text


def test_easier_physics_are_said(lax_run):
    run, _ = read_run(lax_run)
    easier = replace(run, physics=replace(run.physics, armature=1.0, substeps=2))
    (lax_run / CONFIG).write_text(to_toml({"run": easier}))
    found = evaluate_run(lax_run, replace(SHORT, starts=1), threads=1)
    assert found.other_physics == ("physics steps of 1/60 s", "armature 1")
    assert "easier than its character's usual ones" in "\n".join(words(found))


def test_another_reward_is_named_once(tiny_run):
    run, _ = read_run(tiny_run)
    assert other_rules(replace(run.imitation, reward_kind="beyondmimic"), run.physics) == [
        "reward beyondmimic (NR: deepmimic)"
    ]
