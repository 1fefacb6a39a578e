import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError, SfvError, UnknownNameError
from sfv.evaluate.nr import evaluate_nr
from sfv.imitate.config import NrConfig
from sfv.learn.run.folder import SUMMARY, read_run
from sfv.learn.run.policy import load_policy
from sfv.names import skill as skill_module
from sfv.names.runs import as_run
from sfv.names.skill import list_skills, load_skill
from sfv.skills.export import Origin, export_skill

NR = NrConfig(starts=2, seconds=1.0)


@pytest.fixture(scope="module")
def skills(tmp_path_factory, tiny_run, tiny_ending_run):
    """A folder with two skills of the humanoid, as $SFV_PATH would name it."""
    root = tmp_path_factory.mktemp("data")
    origin = Origin(credit="DeepMimic", licence="zlib", commit="abc")
    export_skill(tiny_run, "walk", root / "skills" / "humanoid" / "walk", origin, NR, threads=1)
    export_skill(tiny_ending_run, "short-walk", root / "skills" / "humanoid" / "short-walk", origin, NR, threads=1)
    return root


@pytest.fixture
def installed(skills, monkeypatch, tmp_path):
    """Only these skills are found."""
    monkeypatch.setenv("SFV_PATH", str(skills))
    monkeypatch.setattr(skill_module, "SHIPPED", tmp_path / "none")
    monkeypatch.chdir(tmp_path)
    return skills / "skills" / "humanoid"


def test_card_is_the_measurement_of_the_shipped_weights(installed, tiny_run):
    skill = load_skill("walk")
    card, (run, clip) = skill.card, read_run(tiny_run)
    assert (card.character, card.clip, card.cyclic, card.starts) == ("humanoid", clip.name, True, 2)
    assert (card.credit, card.licence, card.commit, card.seed) == ("DeepMimic", "zlib", "abc", run.learner.seed)
    assert card.source == clip.source
    assert card.nr == pytest.approx(evaluate_nr(skill.folder, NR, threads=1).nr, abs=1e-4)
    assert read_run(skill.folder)[0] == run  # a skill's folder is a run folder too


def test_small_policy_acts_like_the_original(installed, tiny_run):
    whole, small = load_policy(tiny_run), load_policy(installed / "walk")
    observation = torch.randn(500, whole.observation_size, generator=torch.Generator().manual_seed(0)) * 2.0
    assert (whole.act(observation) - small.act(observation)).abs().max() < 1e-2
    assert (installed / "walk" / "policy.npz").stat().st_size < 0.5 * (tiny_run / "policy.npz").stat().st_size
    with np.load(installed / "walk" / "policy.npz", allow_pickle=False) as data:
        assert {data[name].dtype for name in data.files if name.endswith("weight")} == {np.dtype(np.uint8)}
        assert not any("value" in name for name in data.files)


def test_skills_are_listed_and_found(installed, tiny_run):
    assert [skill.card.name for skill in list_skills()] == ["short-walk", "walk"]
    assert load_skill("walk").folder == installed / "walk"
    assert as_run("walk") == installed / "walk"
    assert as_run("humanoid/walk") == installed / "walk"
    assert as_run(str(tiny_run)) == tiny_run
    with pytest.raises(UnknownNameError, match="unknown humanoid skill 'fly'"):
        as_run("humanoid/fly")
    with pytest.raises(UnknownNameError, match="unknown skill 'fly'; known: short-walk, walk"):
        load_skill("fly")
    with pytest.raises(UnknownNameError, match="unknown humanoid skill 'fly'; known: short-walk, walk"):
        load_skill("fly", "humanoid")
    with pytest.raises(UnknownNameError, match=r"unknown atlas skill 'walk'; known: none\. Other .*: humanoid"):
        load_skill("walk", "atlas")


def test_what_is_no_skill_and_no_run_says_so(installed, tiny_run, tmp_path):
    with pytest.raises(SfvError, match="does not exist"):
        as_run(str(tmp_path / "nowhere"))
    with pytest.raises(SfvError, match="holds no trained policy"):
        as_run(str(tmp_path))
    with pytest.raises(SfvError, match="sfv view"):
        as_run(str(tiny_run / "clip.npz"))


def test_the_training_inside_a_whole_run_is_found(tiny_run, tmp_path):
    shutil.copytree(tiny_run, tmp_path / "mine" / "train")
    assert as_run(str(tmp_path / "mine")) == tmp_path / "mine" / "train"


def test_a_broken_card_names_itself(installed, tmp_path, monkeypatch):
    folder = tmp_path / "more" / "skills" / "humanoid" / "broken"
    folder.mkdir(parents=True)
    (folder / "skill.toml").write_text('name = "broken"\n')
    monkeypatch.setenv("SFV_PATH", str(tmp_path / "more"))
    with pytest.raises(FileFormatError, match=r"skill\.toml lacks character, "):
        as_run("broken")
    told: list[str] = []
    assert [skill.card.name for skill in list_skills(told)] == [skill.card.name for skill in list_skills()]
    assert len(told) == 1
    assert "skill.toml lacks character" in told[0]


def test_export_refuses(tiny_run, tmp_path):
    unfinished = tmp_path / "unfinished"
    shutil.copytree(tiny_run, unfinished)
    (unfinished / SUMMARY).unlink()
    with pytest.raises(SfvError, match="not finished"):
        export_skill(unfinished, "walk", tmp_path / "out", nr=NR)
    with pytest.raises(SfvError, match="a skill's name"):
        export_skill(tiny_run, "../walk", tmp_path / "out", nr=NR)
    with pytest.raises(SfvError, match="holds no skill"):
        export_skill(tiny_run, "walk", unfinished, nr=NR)
    with pytest.raises(FileFormatError, match="not a run folder"):
        export_skill(tmp_path, "walk", tmp_path / "out", nr=NR)
    assert not (tmp_path / "out").exists()


def test_export_replaces_an_older_skill_and_leaves_nothing_behind(tiny_run, tmp_path):
    folder = tmp_path / "humanoid" / "walk"
    export_skill(tiny_run, "walk", folder, Origin(credit="first"), NR, threads=1)
    with pytest.raises(SfvError, match="at least 1"):
        export_skill(tiny_run, "walk", folder, Origin(credit="second"), replace(NR, starts=0), threads=1)
    assert skill_module.read_skill(folder).card.credit == "first"  # what failed has changed nothing
    export_skill(tiny_run, "walk", folder, Origin(credit="third"), NR, threads=1)
    assert skill_module.read_skill(folder).card.credit == "third"
    assert [path.name for path in folder.parent.iterdir()] == ["walk"]


def test_a_character_that_has_no_name_here_is_refused(tiny_run, tmp_path, humanoid):
    """A path means nothing on another machine."""
    folder = tmp_path / "mine"
    shutil.copytree(humanoid.folder, folder)
    run = tmp_path / "run"
    shutil.copytree(tiny_run, run)
    text = (run / "config.toml").read_text()
    (run / "config.toml").write_text(text.replace('character = "humanoid"', f'character = "{folder}"'))
    with pytest.raises(SfvError, match="not found by its name 'mine'"):
        export_skill(run, "walk", tmp_path / "out", nr=NR)
