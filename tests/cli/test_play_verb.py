"""sfv play, view and export as a user calls them, without a display."""

import numpy as np
import pytest

from sfv.cli.show.play import main as play
from sfv.cli.show.view import main as view
from sfv.cli.stages.export import main as export
from sfv.draw import window
from sfv.errors import SfvError, VideoError
from sfv.motion.body_motion import BodyMotion
from sfv.names import skill
from sfv.render.config import RenderConfig
from sfv.video import open_video
from sfv.view import live
from sfv.view.artefact import make_show
from sfv.view.body_show import BodyShow
from sfv.view.character_show import PosesShow

SMALL = ("--video.height", "64", "--video.world-width", "64", "--video.samples", "0", "--video.no-shadows")


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch, tmp_path):
    """No display, no skills but one's own."""
    monkeypatch.setattr(window, "why_no_window", lambda: "there is no display")
    monkeypatch.setattr(skill, "SHIPPED", tmp_path / "none")
    monkeypatch.delenv("SFV_PATH", raising=False)
    monkeypatch.chdir(tmp_path)


def test_exported_by_name_then_listed_and_played(tiny_run, tmp_path, capsys):
    export([str(tiny_run), "--name", "stroll", "--starts", "2", "--seconds", "0.5", "--threads", "1"])
    assert "NR" in capsys.readouterr().out
    play([])
    assert "stroll" in capsys.readouterr().out
    play(["stroll", "--seconds", "0.2", *SMALL])
    said = capsys.readouterr().out
    assert said == "no window (there is no display): wrote humanoid_stroll.mp4 instead\n"
    assert len(open_video(tmp_path / "humanoid_stroll.mp4")) == 6 + 1


def test_a_run_folder_is_filmed_with_its_reference(tiny_run, tmp_path, capsys):
    both, alone, inside = (tmp_path / f"{name}.mp4" for name in ("both", "alone", "inside"))
    play([str(tiny_run), "--output", str(both), "--seconds", "0.1", *SMALL])
    play([str(tiny_run), "--output", str(alone), "--seconds", "0.1", "--video.ghost", "none", *SMALL])
    play([str(tiny_run), "--output", str(inside), "--seconds", "0.1", "--video.ghost", "inside", *SMALL])
    assert f"wrote {both}" in capsys.readouterr().out
    assert [open_video(path).size for path in (both, alone, inside)] == [(96, 64), (64, 64), (64, 64)]
    last, with_ghost = (list(open_video(path))[-1].astype(int) for path in (alone, inside))
    assert np.abs(last - with_ghost).max() > 20


def test_a_planned_push_is_seen_in_the_film(tiny_run, tmp_path):
    """An arrow of a colour that nothing else has, while it lasts."""
    path = tmp_path / "push.mp4"
    flags = ("--push-at", "0.1", "--push-direction", "left", "--push-seconds", "0.1", "--seconds", "0.3")
    play([str(tiny_run), "--output", str(path), *flags, *SMALL, "--video.crf", "1"])
    r, g, b = (np.stack(list(open_video(path)))[..., channel].astype(int) for channel in range(3))
    seen = ((r - g > 80) & (b - g > 15)).sum((1, 2)) > 5
    assert seen.tolist() == [False] * 4 + [True] * 3 + [False] * 3


def test_half_speed_is_half_the_rate(tiny_run, tmp_path):
    play([str(tiny_run), "--output", str(tmp_path / "slow.mp4"), "--seconds", "0.1", "--speed", "0.5", *SMALL])
    assert open_video(tmp_path / "slow.mp4").fps == pytest.approx(15.0)


def test_play_opens_a_window_where_there_is_a_display(tiny_run, monkeypatch):
    shown = []

    class Window:
        def __init__(self, show, config, look):
            shown.append((show.words, config.speed, look.ghost))

        def run(self, seconds):
            shown.append(seconds)

    monkeypatch.setattr(window, "why_no_window", lambda: "")
    monkeypatch.setattr(live, "Live", Window)
    play([str(tiny_run), "--video.ghost", "inside", "--speed", "0.5", "--seconds", "3"])
    assert shown == [("humanoid: walk\nmean reward 0.00\nfalls 0", 0.5, "inside"), 3.0]


def test_play_says_what_is_wrong(tiny_run):
    with pytest.raises(SfvError, match="unknown skill 'moonwalk'; known: none"):
        play(["moonwalk"])
    with pytest.raises(SfvError, match="seconds must be above 0"):
        play([str(tiny_run), "--seconds", "0"])
    with pytest.raises(SfvError, match="speed must be above 0"):
        play([str(tiny_run), "--speed", "-1"])
    with pytest.raises(VideoError, match=r"film\.gif does not end like a video; name it \.mp4"):
        play([str(tiny_run), "--output", "film.gif"])


def test_view_without_a_display_names_the_alternative(tiny_run):
    with pytest.raises(SfvError, match=r"there is no display; film it instead: sfv render .*clip\.npz"):
        view([str(tiny_run / "clip.npz")])
    with pytest.raises(SfvError, match="does not exist"):
        view(["nothing.npz"])


def test_view_knows_every_artefact(tiny_run, tmp_path):
    config = RenderConfig()
    BodyMotion(np.zeros((4, 24, 3)), np.zeros((4, 3)), np.zeros(10), 30.0).save(tmp_path / "motion.npz")
    assert isinstance(make_show(tmp_path / "motion.npz", None, config), BodyShow)
    assert isinstance(make_show(tiny_run / "clip.npz", None, config), PosesShow)
    run = make_show(tiny_run, None, config)
    assert isinstance(run, PosesShow)
    with pytest.raises(SfvError, match=r"clip\.npz, motion\.npz and run folders can be shown"):
        make_show(tiny_run / "policy.npz", None, config)
