"""``sfv evaluate --suite`` and ``sfv compare``, with a suite that takes seconds."""

import json
from dataclasses import replace

import pytest

from sfv.cli import main
from sfv.evaluate import suite
from sfv.evaluate.protocols.parameters import Levels, ParametersConfig
from sfv.evaluate.protocols.pushes.trials import PushConfig
from sfv.imitate.config import NrConfig

LEVELS = Levels(**{name: (0.1,) if name == "friction" else () for name in Levels.__dataclass_fields__})


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    push = PushConfig(trials=2, halfway_most=0, coarse_step=300, fine_step=300, most=300, stand_seconds=0.5)
    parameters = ParametersConfig(LEVELS, trials=2, seconds=0.5)
    small = {"nr": NrConfig(starts=2), "push": push, "parameters": parameters}
    monkeypatch.setattr(
        suite, "BUILT_IN", {name: replace(suite.BUILT_IN[name], quick=config) for name, config in small.items()}
    )


def test_a_suite_writes_its_report_and_its_pictures(tiny_ending_run, tmp_path, capsys):
    assert main.run(["evaluate", str(tiny_ending_run), "--suite", "quick", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "undisturbed on 'flat': NR" in said
    made = {path.name for path in tmp_path.iterdir()}
    assert {"report.md", "report.json", "falls.npz", "pushes.png", "parameters.png", "falls.png"} == made
    page = (tmp_path / "report.md").read_text()
    assert "![falls](falls.png)" in page
    assert "sfv/evaluate/protocols" in page


def test_compare_runs_the_suite_where_it_is_missing_and_no_more(tiny_ending_run, tmp_path, capsys, monkeypatch):
    out = tmp_path / "table.md"
    monkeypatch.chdir(tmp_path)
    assert main.run(["compare", str(tiny_ending_run), "walk", "--suite", "quick", "--out", str(out)]) == 0
    table = capsys.readouterr().out
    assert table == out.read_text()
    assert "short (humanoid, on flat) | walk (humanoid, on flat)" in table
    assert "**" in table
    report = json.loads((tmp_path / "evaluation" / "humanoid_walk" / "robustness" / "report.json").read_text())
    assert report["name"] == "walk"
    monkeypatch.setattr(suite, "run_suite", None)
    assert main.run(["compare", str(tiny_ending_run), "walk", "--suite", "quick"]) == 0
    assert capsys.readouterr().out == table


def test_another_environment_is_measured_and_named(tiny_ending_run, tmp_path, capsys):
    out = tmp_path / "evaluation.json"
    options = ["--env", "slope:angle_deg=5", "--starts", "2", "--out", str(out)]
    assert main.run(["evaluate", str(tiny_ending_run), *options]) == 0
    assert "learned on 'flat', measured on 'slope:angle_deg=5'" in capsys.readouterr().out
    assert json.loads(out.read_text())["env"] == "slope:angle_deg=5"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "walk"], "at least two runs"),
        (["evaluate", "wlak"], "unknown skill 'wlak'; known:"),
        (["evaluate", "walk", "--env", "swamp"], "unknown env 'swamp'; known:"),
        (["evaluate", "walk", "--env", "slope:angle_deg=50", "--suite", "quick"], "nobody stands"),
    ],
)
def test_errors_end_with_one_line(arguments, message, capsys):
    assert main.run(arguments) == 1
    said = capsys.readouterr().err
    assert message in said.splitlines()[-1]
    assert "Traceback" not in said
