"""What ``sfv train`` makes of its arguments."""

import pytest

from sfv.cli import main
from sfv.storage.safe_names import run_name, safe_name


@pytest.fixture
def asked(monkeypatch):
    """Runs that would have been trained."""
    runs = []

    def remember(run, clips, folder, other, trust):
        runs.append(run)
        raise KeyboardInterrupt

    monkeypatch.setattr("sfv.learn.watched.watched_training", remember)
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
    clip = ["train", "humanoid3d_walk", "--out", str(tmp_path / "run"), "--imitation.start-push-speed", "2"]
    assert main.run(clip) != 0
    assert main.run([*clip, "--imitation.max-reference-distance", "0.8"]) != 0
    assert [(run.imitation.start_push_speed, run.imitation.max_reference_distance) for run in asked] == [
        (2.0, 0.5),
        (2.0, 0.8),
    ]


def test_a_skill_that_does_not_exist_is_told(asked, tmp_path, capsys):
    assert main.run(["train", "humanoid3d_walk", "--out", str(tmp_path / "run"), "--from", "wlak"]) == 1
    assert "wlak" in capsys.readouterr().err
    assert not asked


TINY = (
    "--learner.worlds", "16", "--learner.n-steps", "8", "--learner.batch-size", "64", "--learner.total-samples", "128",
    "--learner.hidden", "16", "--learner.nr-starts", "1", "--learner.nr-interval", "128",
)  # fmt: skip


def test_trainings_of_one_clip_never_collide_and_go_on_where_they_were(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def go(*more):
        assert main.run(["train", "humanoid3d_walk", *TINY, *more]) == 0
        return capsys.readouterr().out.split()[-1]

    first = go()
    assert first == "runs/walk_humanoid_flat"
    assert go("--learner.gamma", "0.9") == "runs/walk_humanoid_flat_2"
    assert go("--learner.gamma", "0.9", "--learner.total-samples", "256") == "runs/walk_humanoid_flat_2"
    assert go("--env", "slope:angle_deg=5,direction=down") == "runs/walk_humanoid_slope_angle_deg_5_direction_down"
    assert go("--learner.total-samples", "256") == first
    other = ["train", "humanoid3d_walk", *TINY, "--learner.seed", "1", "--out", first]
    assert main.run(other) == 1
    assert "--restart" in capsys.readouterr().err
    assert main.run([*other, "--restart"]) == 0
    assert len(list((tmp_path / "runs").glob("walk_humanoid_flat.20*"))) == 1


def test_a_name_inside_a_clip_never_chooses_a_folder():
    hostile = "../../etc/" + "a" * 300 + "\n\x00\u202e"
    name = run_name([hostile, "/abs", "..", ".hidden", ""], "/x/y/atlas/", "slope:angle_deg=20,direction=down")
    assert "/" not in name
    assert len(name.encode()) <= 160
    assert not name.startswith(".")
    assert safe_name("..") == safe_name("") == "unnamed"
    assert safe_name("mein film é (1)") == "mein_film_é__1_"
    assert safe_name("é" * 200) != safe_name("é" * 201)
    assert run_name(["walk"], "humanoid", "flat") == "walk_humanoid_flat"
