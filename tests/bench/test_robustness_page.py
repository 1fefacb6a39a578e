"""Tables of docs/results/robustness.md from rows."""

from sfv.bench.robustness.page import add_rows, tables


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
]


def test_forces_stand_beside_the_published_ones():
    (_, pushes), *_ = tables(ROWS)
    (line,) = pushes
    assert line["halfway: forward / left / right"] == "300 / 150 / >= 1000"
    assert line["DeepMimic forward / sideways"] == "240 / 300"
    assert "random, no fall: forward / left / right" not in line  # not measured, not filled in


def test_retrained_skills_have_completion_goal_and_nr():
    grounds = dict(tables(ROWS))["Learned anew on other ground"]
    assert [(line["completion"], line["needed"], line["NR"]) for line in grounds] == [(0.95, 0.9, 0.9)]


def test_ranges_say_where_no_more_was_tried():
    *_, (_, ranges) = tables(ROWS)
    assert ranges == [{"change": "parameters: friction", "walk": "0.2 to ≥ 2"}]


def test_rows_replace_those_of_the_same_measurement(tmp_path):
    add_rows(ROWS, "first", tmp_path)
    merged = add_rows([row(setting="halfway", metric="max_force_left", value=200.0)], "second", tmp_path)
    assert len(merged) == len(ROWS)
    assert "300 / 200 / >= 1000" in (tmp_path / "robustness.md").read_text()
