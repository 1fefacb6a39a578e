"""What ``sfv train`` makes of its arguments."""

import pytest

from sfv.cli import main


@pytest.fixture
def asked(monkeypatch):
    """Runs that would have been trained."""
    runs = []

    def remember(run, clips, folder):
        runs.append(run)
        raise KeyboardInterrupt

    monkeypatch.setattr("sfv.cli.training.watched_training", remember)
    return runs


def test_a_skill_to_begin_with_is_found_by_its_name(asked, tmp_path):
    """Its settings become defaults: whoever starts from a walk that sees the ground sees it as well."""
    clip = ["train", "humanoid3d_walk", "--out", str(tmp_path / "run")]
    assert main.run([*clip, "--from", "walk_rough"]) != 0
    assert main.run([*clip, "--from", "walk"]) != 0
    seeing, blind = asked
    assert seeing.imitation.height_map
    assert seeing.start_from.endswith("walk_rough")
    assert not blind.imitation.height_map
    assert seeing.learner.log_std_init == blind.learner.log_std_init == -2.0


def test_a_shove_brings_the_settings_that_go_with_it(asked, tmp_path):
    """What is given still counts more."""
    clip = ["train", "humanoid3d_walk", "--out", str(tmp_path / "run"), "--imitation.start-shove", "2"]
    assert main.run(clip) != 0
    assert main.run([*clip, "--imitation.leash", "0.8"]) != 0
    assert [(run.imitation.start_shove, run.imitation.leash) for run in asked] == [(2.0, 0.5), (2.0, 0.8)]


def test_a_skill_that_does_not_exist_is_told(asked, tmp_path, capsys):
    assert main.run(["train", "humanoid3d_walk", "--out", str(tmp_path / "run"), "--from", "wlak"]) == 1
    assert "wlak" in capsys.readouterr().err
    assert not asked
