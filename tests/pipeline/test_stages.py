import json
from dataclasses import dataclass

import pytest

from sfv.errors import FileFormatError
from sfv.pipeline.contents import content_of
from sfv.pipeline.stages import Stages, recorded_inputs


def opens(path):
    if not path.is_file() or not path.read_text().startswith("made"):
        raise FileFormatError(f"{path} is damaged")


class Chain:
    """One stage that copies in.txt to out.txt, and what it said."""

    def __init__(self, folder):
        self.folder, self.source, self.out = folder, folder / "in.txt", folder / "out.txt"
        self.source.write_text("a")
        self.runs, self.said = 0, []

    def go(self, fails=False, given=None, lasting=True, **settings):
        self.said.clear()
        stages = Stages(self.folder, self.said.append)

        def work():
            if fails:
                raise KeyboardInterrupt
            self.runs += 1
            stages.place("out.txt").write_text(f"made {self.runs}")
            return {"n": self.runs}

        return stages.run("copy", {"out.txt": opens}, settings, [self.source], work, given, lasting)

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def chain(tmp_path):
    return Chain(tmp_path)


def test_a_stage_runs_again_only_when_something_changed(chain):
    assert chain.go(x=1) == ({"n": 1}, True)
    assert chain.go(x=1) == ({"n": 1}, False)
    assert chain.said == []
    assert chain.go(x=2)[1]
    assert "the older out.txt, made with other settings (x), is kept as out.20" in chain.said[0]
    chain.source.write_text("b")
    assert chain.go(x=2)[1]
    assert "made from other inputs" in chain.said[0]
    chain.out.unlink()
    assert chain.go(x=2)[1]
    kept = sorted(path.read_text() for path in chain.folder.glob("out.20*.txt"))
    assert kept == ["made 1", "made 2"], "nothing that was finished is gone"


@pytest.mark.parametrize("content", ["", "mad", "something else"])
def test_an_artefact_that_is_damaged_is_made_again(content, chain):
    chain.go()
    chain.out.write_text(content)
    assert chain.go() == ({"n": 2}, True)
    assert chain.out.read_text() == "made 2"
    assert chain.said == ["copy: out.txt is damaged; it is made again"]
    assert chain.names() == ["in.txt", "out.txt", "stages.json"]


def test_somebody_elses_sound_file_is_used_whatever_the_settings_become(chain):
    def given():
        return {"n": -1}

    chain.go(given=given)
    chain.out.write_text("made by somebody else")
    assert chain.go(given=given) == ({"n": -1}, True)
    assert "out.txt is somebody else's file and is used as it is" in chain.said[0]
    assert chain.go(given=given, x=3) == ({"n": -1}, False)
    assert chain.out.read_text() == "made by somebody else"
    chain.out.unlink()
    assert chain.go(given=given, x=3) == ({"n": 2}, True)


def test_a_file_that_was_there_before_any_run_is_used(chain):
    chain.out.write_text("made before")
    assert chain.go(given=lambda: {"n": 0}) == ({"n": 0}, True)
    assert chain.out.read_text() == "made before"


def test_without_facts_for_it_somebody_elses_file_is_kept_aside(chain):
    chain.go()
    chain.out.write_text("made by somebody else")
    assert chain.go() == ({"n": 2}, True)
    (kept,) = chain.folder.glob("out.20*.txt")
    assert kept.read_text() == "made by somebody else"


def test_what_does_not_last_is_done_again_with_other_settings(chain):
    chain.go(given=lambda: {"n": 0}, lasting=False)
    chain.out.write_text("made by somebody else")
    assert chain.go(given=lambda: {"n": 0}, lasting=False) == ({"n": 0}, True)
    assert chain.go(given=lambda: {"n": 0}, lasting=False) == ({"n": 0}, False)
    assert chain.go(given=lambda: {"n": 0}, lasting=False, x=1) == ({"n": 2}, True)


def test_a_stage_that_was_interrupted_is_not_done_and_the_one_before_stays(chain):
    chain.go(x=1)
    with pytest.raises(KeyboardInterrupt):
        chain.go(fails=True, x=2)
    assert chain.names() == ["in.txt", "out.txt", "stages.json"]
    assert chain.go(x=1) == ({"n": 1}, False)
    assert chain.go(x=2, given=lambda: {}) == ({"n": 2}, True), "made here, not somebody else's"


def test_killed_between_the_artefact_and_the_record(chain):
    with pytest.raises(KeyboardInterrupt):
        chain.go(fails=True)
    chain.out.write_text("made and not recorded")
    assert chain.go(given=lambda: {"n": 0}) == ({"n": 1}, True)


@pytest.fixture
def killed(chain, monkeypatch):
    """Killed between the artefact and the record, which says only that the work had begun."""

    def end(*_, **__):
        raise KeyboardInterrupt

    def go(**settings):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(Stages, "_keep", end)
            chain.go(**settings)

    return go


def test_what_a_killed_stage_wrote_leaves_no_second_copy(chain, killed):
    killed(x=1)
    assert chain.out.read_text() == "made 1"
    assert chain.go(x=1)[1]
    assert chain.names() == ["in.txt", "out.txt", "stages.json"]


def test_what_lay_there_before_a_killed_stage_is_kept(chain, killed):
    chain.go(x=1)
    with pytest.raises(KeyboardInterrupt):
        chain.go(fails=True, x=2)  # killed before it wrote anything
    killed(x=2)
    assert chain.go(x=2)[1]
    assert [path.read_text() for path in chain.folder.glob("out.20*.txt")] == ["made 1"]


@pytest.mark.parametrize("record", ["{", "[]", "3", '"x"', "", "\x00", '{"copy": ' * 5000])
def test_a_damaged_record_is_one_line_and_nothing_is_lost(record, chain):
    chain.go()
    (chain.folder / "stages.json").write_text(record)
    assert chain.go(given=lambda: {"n": 0}) == ({"n": 2}, True)
    assert len(chain.said) == 2, "the record, and the artefact that is kept aside"
    assert "every stage is done again" in chain.said[0]
    (kept,) = chain.folder.glob("out.20*.txt")
    assert kept.read_text() == "made 1"
    assert len(list(chain.folder.glob("stages.20*.json"))) == 1
    assert chain.go() == ({"n": 2}, False)


@pytest.mark.parametrize("entry", [3, [], {}, {"key": 1, "facts": {}}, {"key": "x"}, {"key": "x", "facts": []}, None])
def test_an_entry_of_another_shape_is_not_done(entry, chain):
    chain.go()
    (chain.folder / "stages.json").write_text(json.dumps({"copy": entry}))
    assert chain.go(given=lambda: {"n": 0}) == ({"n": 2}, True)
    assert "does not say how 'copy' was done" in chain.said[0]


def test_facts_that_were_changed_by_hand_are_not_believed(chain):
    chain.go()
    path = chain.folder / "stages.json"
    path.write_text(path.read_text().replace('"n": 1', '"m": 1'))
    assert chain.go() == ({"n": 2}, True)


def test_facts_that_are_added_to_are_not_in_the_record(chain):
    for x in (1, 1, 2):
        chain.go(x=x)[0]["person"] = 3
    assert chain.go(x=2) == ({"n": 2}, False)
    assert chain.said == []


def test_facts_of_another_stage_are_not_changed_by_who_reads_them(chain):
    """As the chain does: it notes the person in what the first stage found, then a later stage writes the record."""
    chain.go()
    stages = Stages(chain.folder, chain.said.append)
    found, _ = stages.run("copy", {"out.txt": opens}, {}, [chain.source], dict)
    found["person"] = 1
    stages.run("other", {}, {}, [], dict)
    assert chain.go() == ({"n": 1}, False)


def test_a_record_of_an_older_version_is_read(chain):
    chain.go(x=1)
    path = chain.folder / "stages.json"
    entry = json.loads(path.read_text())["copy"]
    path.write_text(json.dumps({"copy": {"key": entry["key"], "facts": {"n": 1}}}))
    assert chain.go(x=1) == ({"n": 1}, False)
    assert "outputs" in json.loads(path.read_text())["copy"]
    path.write_text(json.dumps({"copy": {"key": entry["key"], "facts": {"n": 1}}}))
    chain.out.write_text("")
    assert chain.go(x=1) == ({"n": 2}, True)


def test_inputs_are_remembered_and_folders_have_a_content(chain, tmp_path):
    assert recorded_inputs(tmp_path, "copy") is None
    chain.go()
    assert len(recorded_inputs(tmp_path, "copy")) == 1
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    file = tmp_path / "folder" / "inner" / "a"
    file.write_text("abc")
    before = content_of(tmp_path / "folder")
    assert before["size"] == 3
    file.write_text("abd")
    assert content_of(tmp_path / "folder") != before
    assert content_of(tmp_path / "nothing") is None


@dataclass(frozen=True)
class Before:
    """Settings of an older version."""

    x: int = 1
    inner: tuple[int, ...] = (1, 2)


@dataclass(frozen=True)
class Now:
    """The same with one that has come since."""

    x: int = 1
    inner: tuple[int, ...] = (1, 2)
    y: float = 0.5


def test_settings_that_came_since_do_not_undo_what_is_done(chain):
    chain.go(config=Before(x=3))
    assert chain.go(config=Now(x=3)) == ({"n": 1}, False)
    assert chain.go(config=Now(x=3)) == ({"n": 1}, False), "the record is whole"
    assert chain.go(config=Now(x=3, y=0.7))[1]
    chain.go(config=Before(x=3))
    assert chain.go(config=Now(x=4))[1]
