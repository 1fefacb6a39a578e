from dataclasses import replace
from pathlib import Path

import pytest

from sfv.bench.skills.names import MOCAP, SYNTHETIC, Job, expand, name_of_run, settings_words, source_of, stem_of_row
from sfv.errors import SfvError, UnknownNameError
from sfv.learn.config import RunConfig


def test_sets_stand_for_their_members_each_once():
    assert expand(["walk", "mocap", "balance"]) == (*MOCAP, "balance")
    assert len(MOCAP) == 15
    with pytest.raises(UnknownNameError, match=r"unknown skill 'salto'; known: .*backflip"):
        expand(["salto"])


def test_a_row_leads_back_to_the_folder_of_its_job():
    for job in (Job("walk", "humanoid", "rsi", 0), Job(SYNTHETIC[0], "some/place/atlas", "first", 3)):
        clip, source = source_of(job.clip)
        init = {"rsi": "rsi", "first": "fsi"}[job.init]
        row = {"clip": clip, "source": source, "character": Path(job.character).name, "init": init, "seed": job.seed}
        assert stem_of_row(row) == job.stem
    assert job.stem == "synthetic_cartwheel_atlas_fsi_s3"


def test_runs_from_elsewhere_are_recognised(short_clip):
    assert name_of_run(Path("x/base"), replace(short_clip, name="humanoid3d_run")) == "run"
    assert name_of_run(Path("x/dance_a_humanoid_s0"), short_clip) == "dance_a"
    assert name_of_run(Path("x/synthetic_cartwheel_atlas_s1"), short_clip) == "synthetic_cartwheel"
    with pytest.raises(SfvError, match="rename the folder"):
        name_of_run(Path("x/base"), short_clip)


def test_only_settings_of_the_learning_are_told():
    usual = RunConfig()
    assert settings_words(usual, usual) == ""
    machine = replace(
        usual, learner=replace(usual.learner, seed=4, total_samples=5, physics_threads=1, torch_threads=1)
    )
    assert settings_words(machine, usual) == ""
    other = replace(usual, learner=replace(usual.learner, gamma=0.9, hidden=(64, 32)), env="slope")
    assert settings_words(other, usual) == "env=slope learner.gamma=0.9 learner.hidden=64,32"
    reward = replace(usual.imitation, reward=replace(usual.imitation.reward, com_scale=5.0))
    assert settings_words(replace(usual, imitation=reward), usual) == "imitation.reward.com_scale=5"
