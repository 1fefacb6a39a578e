"""A name, a path or an object becomes the thing; and what a verb knows, the function of its name knows."""

from dataclasses import replace
from pathlib import Path

import gymnasium
import numpy as np
import pytest

import sfv
from sfv.cli import main
from sfv.errors import SfvError, UnknownNameError
from sfv.names import as_character, as_clip, as_environment, as_run, character_name, environment_name
from sfv.names.skill import load_skill
from sfv.skills.player import Player


class ReachedError(Exception):
    """The names were found: the work that they were named for begins."""


CHARACTER = str(Path("characters/g1").resolve())
VIDEO = "demo_video"
CALLS = {  # command line -> call, where the work begins
    f"detect {VIDEO}": (lambda: sfv.detect(VIDEO), "sfv.detect.run.detect"),
    "retarget humanoid3d_walk --character g1": (
        lambda: sfv.retarget("humanoid3d_walk", "g1"),
        "sfv.retarget.cached.retarget_cached",
    ),
    f"retarget humanoid3d_walk --character {CHARACTER}": (
        lambda: sfv.retarget("humanoid3d_walk", CHARACTER),
        "sfv.retarget.cached.retarget_cached",
    ),
    "train humanoid3d_walk --out OUT": (
        lambda: sfv.train("humanoid3d_walk", "OUT"),
        "sfv.learn.watched.watched_training",
    ),
    "train humanoid3d_walk --out OUT --from walk --env slope:angle_deg=20": (
        lambda: sfv.train("humanoid3d_walk", "OUT", start_from="walk", env="slope:angle_deg=20"),
        "sfv.learn.watched.watched_training",
    ),
    "evaluate walk": (lambda: sfv.evaluate("walk"), "sfv.evaluate.evaluation.evaluate_run"),
    "evaluate atlas/walk --env slope:angle_deg=20": (
        lambda: sfv.evaluate("atlas/walk", env="slope:angle_deg=20"),
        "sfv.evaluate.evaluation.evaluate_run",
    ),
    "evaluate walk --suite quick": (lambda: sfv.measure("walk", "quick", "OUT"), "sfv.pipeline.suite.measure"),
    "play walk --output x.mp4": (lambda: sfv.play("walk", "x.mp4"), "sfv.skills.player.Player"),
    "play atlas/walk --output x.mp4 --env gaps": (
        lambda: sfv.play("atlas/walk", "x.mp4", env="gaps"),
        "sfv.skills.player.Player",
    ),
    "play walk --output x.mp4 --character atlas": (
        lambda: sfv.play("walk", "x.mp4", character="atlas"),
        "sfv.skills.player.Player",
    ),
    "complete PICTURE --skill walk --character atlas": (
        lambda: sfv.complete("PICTURE", skill="walk", character="atlas"),
        "sfv.detect.run.detect",
    ),
    "render RUN --out x.mp4 --env slope": (
        lambda: sfv.render("RUN", "x.mp4", env="slope"),
        "sfv.evaluate.nr.record_rollout",
    ),
    "render walk --out x.mp4": (lambda: sfv.render("walk", "x.mp4"), "sfv.evaluate.nr.record_rollout"),
    "render atlas/walk --out x.mp4": (lambda: sfv.render("atlas/walk", "x.mp4"), "sfv.evaluate.nr.record_rollout"),
    "render humanoid3d_walk --out x.mp4": (
        lambda: sfv.render("humanoid3d_walk", "x.mp4"),
        "sfv.render.policy.character.render_clip",
    ),
    "export RUN --name mine": (lambda: sfv.export("RUN", "mine"), "sfv.skills.export.export_skill"),
}


@pytest.fixture
def place(tmp_path, monkeypatch, tiny_run):
    """A folder with a run and a picture in it."""
    from sfv.video import write_video

    monkeypatch.chdir(tmp_path)
    Path("RUN").symlink_to(tiny_run)
    write_video(Path("film.mp4"), [np.zeros((64, 64, 3), np.uint8)], 30.0)
    Path("film.mp4").rename("PICTURE")


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("command", CALLS)
def test_what_a_verb_finds_the_function_finds(command, monkeypatch):
    call, work = CALLS[command]

    def reached(*args, **kwargs):
        raise ReachedError

    monkeypatch.setattr(work, reached)
    with pytest.raises(ReachedError):
        main.run(command.split())
    with pytest.raises(ReachedError):
        call()


def test_a_policy_is_a_name_a_path_or_itself(tiny_run):
    walk = load_skill("walk", "humanoid")
    policy = sfv.load(tiny_run)
    assert as_run("walk") == as_run(walk) == as_run(walk.folder) == as_run(walk.folder / "policy.npz")
    assert as_run("walk", "atlas") == as_run("atlas/walk") != as_run("walk")
    assert as_run(policy) == as_run(str(tiny_run)) == policy.folder == tiny_run
    with pytest.raises(UnknownNameError, match=r"unknown skill 'wlak'; known: .*walk"):
        as_run("wlak")
    with pytest.raises(SfvError, match="lies in no run folder"):
        as_run(replace(policy, path=tiny_run.parent / "policy.npz"))


def test_the_same_evaluation_by_name_and_by_object():
    by_name = sfv.evaluate("walk", starts=1, seconds=0.2)
    assert sfv.evaluate(sfv.load(as_run("walk")), starts=1, seconds=0.2) == by_name
    assert str(by_name).startswith(f"NR {by_name.nr:.3f} (mean of 1 starts")


def test_the_rooms_behind_the_front_door_know_skills_too(tmp_path):
    from sfv.evaluate.evaluation import evaluate_run
    from sfv.evaluate.protocols.subject import load_subject
    from sfv.evaluate.suite import run_suite
    from sfv.imitate.config import NrConfig
    from sfv.learn.config import RunConfig, TrainConfig
    from sfv.learn.defaults import defaults_for
    from sfv.learn.run.folder import read_run_settings
    from sfv.learn.train import train

    short = NrConfig(starts=1, seconds=0.2)
    assert evaluate_run("walk", short) == sfv.evaluate("walk", config=short)
    assert load_subject("atlas/walk").character.name == "atlas"
    assert run_suite("walk", configs={"nr": short}).clip == "walk"
    tiny = TrainConfig(worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=256, nr_starts=2)
    run = RunConfig(start_from="walk", imitation=defaults_for(as_clip("walk"), RunConfig(start_from="walk")).imitation)
    train(replace(run, learner=replace(tiny, hidden=(512, 256))), as_clip("walk"), tmp_path / "run")
    assert read_run_settings(tmp_path / "run").start_from == str(as_run("walk"))


def test_a_clip_is_a_name_a_path_or_itself(walk_clip, tmp_path):
    walk_clip.save(tmp_path / "walk.npz")
    for one in (tmp_path / "walk.npz", str(tmp_path / "walk.npz"), "humanoid3d_walk", "walk", walk_clip):
        assert np.array_equal(as_clip(one, "humanoid").qpos, walk_clip.qpos)
        assert as_clip(one).character == "humanoid"
    with pytest.raises(SfvError, match="there is no clip 'wlak'"):
        as_clip("wlak")


def test_characters_and_environments():
    atlas, slope = as_character("atlas"), as_environment("slope:angle_deg=20")
    assert as_character(atlas) is atlas
    assert as_environment(slope) is slope
    assert character_name(atlas) == "atlas"
    assert as_character(atlas.folder) == atlas
    assert environment_name(slope) == "slope:angle_deg=20"
    with pytest.raises(SfvError, match="differs from what"):
        character_name(replace(atlas, feet=atlas.feet[:1]))
    with pytest.raises(SfvError, match="differs from what"):
        environment_name(replace(slope, gravity=1.0))


def test_a_character_elsewhere_is_named_by_its_path(tmp_path):
    import shutil

    shutil.copytree(as_character("humanoid").folder, tmp_path / "humanoid")
    other = as_character(tmp_path / "humanoid")
    assert character_name(other) == str(tmp_path / "humanoid")


def test_players_and_environments_know_names():
    assert Player("walk").name == "walk"
    assert Player("atlas/walk").character.name == "atlas"
    for character, env in (("atlas", "slope"), (as_character("atlas"), as_environment("slope"))):
        made = gymnasium.make("sfv/Imitation-v0", clip="humanoid3d_walk", character=character, env=env)
        made.reset(seed=0)
        assert made.unwrapped.clip.character == "atlas"
        made.close()


def test_training_follows_the_clips_character(walk_clip, tmp_path, monkeypatch):
    seen = []

    def reached(run, clips, folder, *rest):
        seen.append((run, clips, folder))
        raise ReachedError

    monkeypatch.setattr("sfv.learn.watched.watched_training", reached)
    clip = replace(walk_clip, name="mine")
    for more in ({}, {"character": "humanoid", "start_from": load_skill("walk"), "env": as_environment("slope")}):
        with pytest.raises(ReachedError):
            sfv.train(clip, tmp_path / "run", total_samples=1000, **more)
    (run, clips, folder), (warm, _, _) = seen
    assert (run.character, run.env, run.start_from, run.learner.total_samples) == ("humanoid", "flat", "", 1000)
    assert clips == [clip]
    assert folder == tmp_path / "run"
    assert (warm.env, warm.start_from) == ("slope", str(as_run("walk")))
    assert warm.learner.critic_updates > run.learner.critic_updates  # what suits a policy that is given
