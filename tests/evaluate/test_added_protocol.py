"""A protocol of another package: found by its entry point, measured, and seen in the report, the comparison and the plots."""

import sys
from importlib.metadata import EntryPoint

import pytest

from sfv.errors import SfvError, UnknownNameError
from sfv.evaluate import suite_names
from sfv.evaluate.compare import comparison
from sfv.evaluate.protocols import registry
from sfv.evaluate.report import load_report, save_report
from sfv.evaluate.report_words import markdown, summary
from sfv.evaluate.suite import run_suite
from sfv.render.policy.robustness import draw_report

CODE = '''"""How long the policy stands when its actions are scaled."""

from dataclasses import dataclass

from sfv.evaluate.protocols.protocol import Plot, Protocol
from sfv.evaluate.protocols.result import Result, quiet
from sfv.evaluate.protocols.sweep import Level, Sweep
from sfv.evaluate.protocols.trials import play_trials
from sfv.imitate.config import NrConfig


@dataclass(frozen=True)
class WeakConfig:
    scales: tuple[float, ...] = (0.5,)
    trials: int = 2


def run_weak(subject, config, progress=quiet):
    out, sweep = Result(), Sweep("weak", "scale")
    for scale in (1.0, *config.scales):
        core = subject.worlds(config.trials, NrConfig(seconds=1.0))
        played = play_trials(core, lambda seen: scale * subject.policy.act(seen), core.reset(), progress=progress)
        level = Level("scale", scale, f"actions x{scale:g}", nominal=scale == 1.0)
        sweep.enter(level, played, slice(0, config.trials))
        out.control_steps += played.cost
    out.add(sweep.result())
    return out


PROTOCOL = Protocol(
    "weak", 3, run_weak, WeakConfig(), title="Weak actions", units={"scale": "times the action"}, of_what="of the action",
    plot=Plot("weak.png"),
)
'''


@pytest.fixture
def weak(tmp_path, monkeypatch):
    (tmp_path / "weak_protocol.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("weak", "weak_protocol:PROTOCOL", "sfv.protocols")
    for module in (registry, suite_names):
        monkeypatch.setattr(module, "entry_points", lambda group: [point] if group == "sfv.protocols" else [])
    yield
    sys.modules.pop("weak_protocol", None)


def test_it_is_in_report_comparison_and_plots(weak, tiny_ending_run, tmp_path):
    report = run_suite(tiny_ending_run, "weak,nr", threads=1, name="clumsy")
    assert list(report.protocols) == ["weak", "nr"]
    assert report.protocols["weak"].version == 3
    assert report.protocols["weak"].settings == {"scales": (0.5,), "trials": 2}
    assert {row.setting for row in report.find("weak", metric="completion")} == {"actions x1", "actions x0.5"}
    page = markdown(report)
    assert "## Weak actions" in page
    assert "| **scale**: actions x0.5 |" in page
    assert summary(report)[0].startswith("undisturbed")
    save_report(report, tmp_path / "report")
    again = load_report(tmp_path / "report")
    assert again.rows == report.rows
    (drawn,) = draw_report(again, tmp_path)
    assert drawn.name == "weak.png"
    assert drawn.stat().st_size > 1000
    assert "NR" in comparison([again, again])


def test_a_report_is_read_where_the_protocol_is_not_installed(weak, tiny_ending_run, tmp_path, monkeypatch):
    save_report(run_suite(tiny_ending_run, "weak", threads=1), tmp_path)
    for module in (registry, suite_names):
        monkeypatch.setattr(module, "entry_points", lambda group: [])
    report = load_report(tmp_path)
    assert report.find("weak")
    assert "## Weak actions" not in markdown(report)
    with pytest.raises(UnknownNameError, match=r"unknown suite 'weak'; known: .*push"):
        run_suite(tiny_ending_run, "weak")


def test_an_entry_point_that_is_no_protocol_is_named(weak, tiny_run, tmp_path):
    (tmp_path / "weak_protocol.py").write_text("PROTOCOL = 3", encoding="utf-8")
    with pytest.raises(SfvError, match=r"sfv\.protocols: weak \(weak_protocol:PROTOCOL\) is no Protocol"):
        run_suite(tiny_run, "weak")
