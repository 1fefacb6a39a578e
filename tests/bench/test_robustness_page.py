"""Tables of docs/results/robustness.md from rows."""

from dataclasses import replace

from sfv.bench.robustness.page import add_rows, tables
from sfv.bench.robustness.retrained import trained_on
from sfv.learn.config import RunConfig


def row(**other):
    return {"skill": "walk", "character": "humanoid", "protocol": "push", "low": 1.0, "high": 2.0, "n": 1} | other


ROWS = [
    *(
        row(setting="halfway", metric=f"max_force_{way}", value=value)
        for way, value in (("forward", 300.0), ("left", 150.0))
    ),
    row(setting="halfway", metric="max_force_right", value=1000.0, high=None),
    row(protocol="parameters", setting="friction", metric="lowest", value=0.2, low=0.1),
    row(protocol="parameters", setting="friction", metric="highest", value=2.0, high=None),
    row(
        protocol="retrained", setting="rough", trained_on="rough", metric="completion", value=0.95, low=0.91, high=0.97
    ),
    row(protocol="retrained", setting="rough", trained_on="rough", metric="nr", value=0.9),
    row(protocol="nr", setting="undisturbed, on flat", metric="nr", value=0.9842),
]


def test_forces_stand_beside_the_published_ones():
    (_, pushes), *_ = tables(ROWS)
    (line,) = pushes
    assert line["halfway: forward / left / right"] == "300 / 150 / >= 1000"
    assert line["DeepMimic forward / sideways"] == "240 / 300"
    assert line["needed"] == "300 / 350"
    assert line["NR"] == 0.984
    assert "random, no fall: forward / left / right" not in line  # not measured, not filled in


def test_more_is_needed_of_who_was_pushed_in_training():
    (_, pushes), *_ = tables([one | {"trained_on": "flat_pushed"} for one in ROWS[:3]])
    (line,) = pushes
    assert line["needed"] == "450 / 525"
    assert line["NR"] is None  # that of another training is not taken


def test_each_character_and_training_has_its_line():
    others = [one | {"character": "atlas", "value": 80.0} for one in ROWS[:3]]
    shoved = [
        one | {"trained_on": "flat, starts shoved by up to 2.5 m/s", "value": 700.0, "high": 710.0} for one in ROWS[:3]
    ]
    (_, pushes), *_ = tables([*others, *shoved, *ROWS])
    assert [(line["character"], line["trained_on"], line["halfway: forward / left / right"]) for line in pushes] == [
        ("humanoid", "", "300 / 150 / >= 1000"),
        ("humanoid", "flat, starts shoved by up to 2.5 m/s", "700 / 700 / 700"),
        ("atlas", "", "80 / 80 / >= 80"),
    ]
    assert "needed" not in pushes[2]


def test_shoved_starts_are_told():
    plain = RunConfig()
    assert trained_on(plain) == "flat"
    shoved = replace(plain, imitation=replace(plain.imitation, start_push_speed=2.5))
    assert trained_on(shoved) == "flat, starts shoved by up to 2.5 m/s"


def test_retrained_skills_have_completion_goal_and_nr():
    grounds = dict(tables(ROWS))["Learned anew on other ground"]
    assert [(line["completion"], line["needed"], line["NR"]) for line in grounds] == [(0.95, 0.9, 0.9)]


def test_ranges_say_where_no_more_was_tried():
    *_, (_, ranges) = tables(ROWS)
    assert ranges == [{"change": "parameters: friction", "walk": "0.2 to ≥ 2"}]


def test_rows_replace_those_of_the_same_measurement(tmp_path):
    add_rows(ROWS, "first", tmp_path)
    better = row(protocol="retrained", setting="rough", trained_on="rough", metric="completion", value=0.98)
    merged = add_rows([better], "second", tmp_path)
    assert len(merged) == len(ROWS)  # its NR and every other measurement stay
    assert better in merged


def test_a_protocol_that_is_measured_again_replaces_all_of_its_rows(tmp_path):
    add_rows(ROWS, "first", tmp_path)
    merged = add_rows(
        [row(setting="halfway", metric="max_force_left", value=200.0, sweep="", level=None)], "", tmp_path
    )
    pushes = [one for one in merged if one["protocol"] == "push"]
    assert pushes == [row(setting="halfway", metric="max_force_left", value=200.0)]  # and nothing that says nothing
    assert len(merged) == len(ROWS) - 2


def test_a_skill_that_ships_replaces_the_one_that_shipped_before_it(tmp_path):
    shoved = row(
        setting="halfway", metric="max_force_left", value=200.0, trained_on="flat, starts shoved by up to 2 m/s"
    )
    assert len(add_rows([*ROWS, shoved], "", tmp_path)) == len(ROWS) + 1
    merged = add_rows([shoved], "", tmp_path, ships=True)
    assert [one for one in merged if one["protocol"] == "push"] == [shoved]
    assert sum(one["protocol"] == "retrained" for one in merged) == 2
