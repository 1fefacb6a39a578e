import json

import pytest

from sfv.bench.skills.page import add_rows, tables
from sfv.bench.skills.published import GOALS


def row(clip="walk", source="mocap", init="rsi", seed=0, nr=0.98, **more):
    return {
        "clip": clip, "source": source, "character": "humanoid", "seed": seed, "init": init, "nr": nr, "nr_fine": nr - 0.1,
        "survival": 1.0, "finished": "32/32", "finished_fine": "30/32", "samples": 2_000_000, "minutes": 4.0,
        "spread_last_quarter": 0.01,
    } | more  # fmt: skip


def table(rows, title):
    return next(list(shown) for name, shown in tables(rows) if name.startswith(title))


def test_means_over_seeds_stand_beside_what_is_published_and_wanted():
    rows = [row(seed=0, nr=0.99), row(seed=1, nr=0.97, spread_last_quarter=0.2, minutes=8.0)]
    walk, *rest = table(rows, "Motion capture")
    assert walk["nr"] == pytest.approx(0.98)
    assert walk["spread"] == pytest.approx(0.02)
    assert walk["finished_fine"] == "60/64"
    assert (walk["SfV"], walk["DeepMimic"], walk["needed"], walk["reached"]) == (0.932, 0.985, 0.985, "no")
    assert (walk["minutes"], walk["wanted minutes"], walk["in time"], walk["steady"]) == (6.0, 5, "no", "no")
    assert len(rest) == len(GOALS) - 1  # what was not trained yet is named, without a figure
    assert all("nr" not in goal for goal in rest)


def test_video_is_not_judged_by_goals_of_motion_capture():
    shown = table([row(clip="demo_walk", source="video")], "Motion capture")[0]
    assert shown["needed"] is None
    assert shown["steady"] == "yes"


def test_synthetic_video_is_compared_with_motion_capture():
    rows = [
        row("backflip", nr=0.88), row("backflip", init="asi", nr=0.90),
        row("backflip", "synthetic-video", nr=0.85, nr_true=0.80, nr_true_reference=0.9),
        row("cartwheel", "synthetic-video", nr=0.85, nr_true=0.95, nr_true_reference=0.9),
    ]  # fmt: skip
    backflip, cartwheel = table(rows, "Synthetic")
    assert backflip["share"] == pytest.approx(0.80 / 0.90)
    assert backflip["reached"] == "no"
    assert cartwheel["share"] is None  # it was not learned from motion capture


def test_start_modes_stand_beside_sfvs_ablation():
    shown = table([row("cartwheel", init=init, nr=nr) for init, nr in (("fsi", 0.2), ("asi", 0.9))], "Start")
    assert shown == [{
        "clip": "cartwheel", "source": "mocap", "character": "humanoid", "fsi": 0.2, "rsi": None, "asi": 0.9,
        "SfV fsi": 0.122, "SfV rsi": 0.602, "SfV asi": 0.824, "seeds": "fsi 1 asi 1",
    }]  # fmt: skip


def test_rows_are_replaced_and_kept_in_order(tmp_path):
    add_rows([row("run", nr=0.5), row(seed=1)], "sfv bench skills run", tmp_path)
    rows = add_rows([row("run", nr=0.9), row(seed=0)], "sfv bench skills walk", tmp_path)
    assert [(one["clip"], one["seed"], one["nr"]) for one in rows] == [
        ("walk", 0, 0.98),
        ("walk", 1, 0.98),
        ("run", 0, 0.9),
    ]
    assert json.loads((tmp_path / "skills.json").read_text())["rows"] == rows
    page = (tmp_path / "skills.md").read_text()
    assert "## Motion capture and video" in page
    assert "## Every run" in page
    assert "Synthetic video, against" not in page
