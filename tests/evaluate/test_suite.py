import json

import numpy as np
import pytest

from sfv.errors import FileFormatError, UnknownNameError
from sfv.evaluate.nr import evaluate_nr
from sfv.evaluate.protocols import subject as subjects
from sfv.evaluate.protocols.parameters import Levels, ParametersConfig
from sfv.evaluate.protocols.pushes.trials import PushConfig
from sfv.evaluate.protocols.registry import BUILT_IN as PROTOCOLS
from sfv.evaluate.protocols.simulator import SimulatorConfig
from sfv.evaluate.protocols.starts import StartsConfig
from sfv.evaluate.protocols.terrain import Grounds, TerrainConfig
from sfv.evaluate.protocols.thrown.trials import BoxesConfig
from sfv.evaluate.report import FALLS, REPORT, load_report, save_report
from sfv.evaluate.report_words import markdown, summary
from sfv.evaluate.suite import protocols_of, run_suite
from sfv.evaluate.suite_names import BUILT_IN as NAMES
from sfv.imitate.config import NrConfig

SLIPPERY = Levels(**{name: (0.1,) if name == "friction" else () for name in Levels.__dataclass_fields__})
NOWHERE = Grounds(**{name: () for name in Grounds.__dataclass_fields__})
UPHILL = Grounds(**{name: (10.0,) if name == "slope_up" else () for name in Grounds.__dataclass_fields__})
SMALL = {
    "nr": NrConfig(starts=3),
    "push": PushConfig(trials=2, halfway_step=100, halfway_most=200, coarse_step=100, fine_step=100, most=200),
    "boxes": BoxesConfig(masses=(1.0, 8.0), speeds=(4.0,), trials=2),
    "parameters": ParametersConfig(SLIPPERY, trials=2),
    "terrain": TerrainConfig(UPHILL, trials=2),
    "simulator": SimulatorConfig(steps=(), iterations=(), trials=2),
    "starts": StartsConfig(pose=(4.0,), velocity=(), displaced=(), turned=(), trials=2),
}


@pytest.fixture(scope="module")
def report(tiny_ending_run):
    told = []
    made = run_suite(
        tiny_ending_run, threads=2, progress=lambda done, total: told.append(done / total), name="clumsy", configs=SMALL
    )
    assert told == sorted(told)
    assert 0.0 < told[0] < 0.2
    assert told[-1] == pytest.approx(1.0, abs=0.05)
    return made


def test_suites_hold_every_protocol():
    assert tuple(PROTOCOLS) == NAMES == tuple(SMALL)
    full = {entry.name: config for entry, config in protocols_of("full")}
    quick = {entry.name: config for entry, config in protocols_of("quick")}
    assert list(full) == list(quick) == list(PROTOCOLS)
    assert all(full[name] != quick[name] for name in PROTOCOLS)
    assert [(entry.name, config) for entry, config in protocols_of("push")] == [("push", full["push"])]
    assert [entry.name for entry, _ in protocols_of("starts, nr,starts")] == ["starts", "nr"]


def test_a_report_holds_what_every_protocol_found(report, tiny_ending_run):
    assert {row.protocol for row in report.rows} == set(PROTOCOLS)
    assert all(done.version == PROTOCOLS[name].version for name, done in report.protocols.items())
    assert all(done.control_steps > 0 for done in report.protocols.values())
    assert report.protocols["nr"].settings["seed"] == 1000
    (nr,) = report.find("nr", metric="nr")
    assert nr.value == pytest.approx(evaluate_nr(tiny_ending_run, NrConfig(starts=3)).nr, abs=1e-5)
    (fine,) = report.find("simulator", "1/600 s, light joints", "nr")
    assert 0 < fine.value < 1
    assert report.bench_rows()[0] | {"skill": "clumsy", "character": "humanoid"} == report.bench_rows()[0]


@pytest.mark.parametrize("protocol", ["nr", "push", "starts"])
def test_one_protocol_makes_a_report_of_its_own(tiny_ending_run, protocol):
    alone = run_suite(tiny_ending_run, protocol, threads=2, configs={protocol: SMALL[protocol]})
    assert {row.protocol for row in alone.rows} == {protocol} == set(alone.protocols)
    assert alone.suite == protocol
    assert markdown(alone).startswith("# ")
    assert summary(alone)


def test_a_report_is_the_same_again_when_read(report, tmp_path):
    save_report(report, tmp_path)
    again = load_report(tmp_path)
    assert again.rows == report.rows
    assert again.cases == report.cases
    assert again.findings == report.findings
    assert json.loads(json.dumps(again.protocols["push"].settings)) == json.loads(
        json.dumps(report.protocols["push"].settings)
    )
    for mine, theirs in zip(again.cases, report.cases):
        np.testing.assert_array_equal(mine.poses, theirs.poses)


def test_falls_are_cases_with_pictures_and_words(report):
    """A policy that learned next to nothing falls off a slope and when it is pushed."""
    assert report.cases
    page = markdown(report)
    for case in report.cases:
        assert case.poses.shape == (3, 43)
        assert case.how in page
        assert f"{case.failed} of {case.n}" in page
        assert case.reference.startswith(("on ", "in flight"))
    assert "## Failure cases" in page
    assert "pushed at random moments" in "\n".join(summary(report))


def test_what_is_no_report_is_told(report, tmp_path):
    with pytest.raises(FileFormatError, match="does not exist; make it with"):
        load_report(tmp_path)
    (tmp_path / REPORT).write_text("{}")
    with pytest.raises(FileFormatError, match="no robustness report"):
        load_report(tmp_path)
    save_report(report, tmp_path)
    table = json.loads((tmp_path / REPORT).read_text())
    del table["rows"][0]["value"]
    (tmp_path / REPORT).write_text(json.dumps(table))
    with pytest.raises(FileFormatError, match="incomplete"):
        load_report(tmp_path)
    (tmp_path / FALLS).unlink()
    with pytest.raises(FileFormatError, match=r"falls\.npz does not exist"):
        load_report(tmp_path)


def test_unknown_suite(tiny_run):
    with pytest.raises(UnknownNameError, match=r"unknown suite 'all'; known: .*full.*quick"):
        run_suite(tiny_run, "all")


def test_a_run_is_read_once_and_a_model_compiled_once(tiny_ending_run, monkeypatch):
    read, built = [], []
    compile_one, read_one = subjects.build_model, subjects.read_run
    monkeypatch.setattr(subjects, "build_model", lambda *what: built.append(what) or compile_one(*what))
    monkeypatch.setattr(subjects, "read_run", lambda folder: read.append(folder) or read_one(folder))
    run_suite(tiny_ending_run, threads=1, configs=SMALL | {"terrain": TerrainConfig(NOWHERE, trials=1)})
    assert len(read) == 1
    physics = {(one[2].substeps, one[2].armature, one[2].cone, one[2].iterations) for one in built}
    assert len(physics) == 3  # as trained, fine and light, elliptic
    assert len(built) == 3 + 1  # and with the boxes
