import pytest

from sfv.cli.stages import Stages
from sfv.errors import FileFormatError


def test_a_stage_runs_again_only_when_something_changed(tmp_path):
    source, runs = tmp_path / "in.txt", []
    source.write_text("a")

    def go(settings):
        def work():
            runs.append(settings)
            (tmp_path / "out.txt").write_text("made")
            return {"n": len(runs)}

        return Stages(tmp_path).run("copy", ["out.txt"], settings, [source], work)

    assert go({"x": 1}) == ({"n": 1}, True)
    assert go({"x": 1}) == ({"n": 1}, False)
    assert go({"x": 2})[1]
    source.write_text("b")
    assert go({"x": 2})[1]
    (tmp_path / "out.txt").unlink()
    assert go({"x": 2})[1]
    assert len(runs) == 4


def test_a_stage_that_failed_is_not_done(tmp_path):
    def fails():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Stages(tmp_path).run("copy", [], {}, [], fails)
    assert Stages(tmp_path).run("copy", [], {}, [], dict)[1]


def test_a_broken_record_is_told(tmp_path):
    (tmp_path / "stages.json").write_text("{")
    with pytest.raises(FileFormatError, match="delete it"):
        Stages(tmp_path)
