"""docs/architecture.md: its examples run in their order, in an empty folder, with their entry points registered."""

import re
import shutil
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"
BLOCK = re.compile(r"^```(python|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FINDERS = ("sfv.detect.detector", "sfv.evaluate.suite_names", "sfv.evaluate.protocols.registry")


@pytest.fixture
def blocks():
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))


def test_the_examples_run_in_order(blocks, walk_crop_video, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    shutil.copy(walk_crop_video, "film.mp4")
    points = {
        group.removeprefix("sfv."): [EntryPoint(name, value, group) for name, value in entries.items()]
        for kind, code in blocks
        if kind == "toml"
        for group, entries in tomllib.loads(code)["project"]["entry-points"].items()
    }
    for finder in FINDERS:
        __import__(finder)
        monkeypatch.setattr(
            sys.modules[finder], "entry_points", lambda group: points.get(group.removeprefix("sfv."), [])
        )
    from sfv.front.load import READERS
    from sfv.imitate.terms import OBSERVATIONS, REWARDS, TERMINATIONS

    known = dict(READERS)
    terms = [(registry, dict(registry._known)) for registry in (REWARDS, TERMINATIONS, OBSERVATIONS)]
    ran = 0
    try:
        for kind, code in blocks:
            if kind == "python" and code.startswith("# my_sfv_parts.py"):
                Path("my_sfv_parts.py").write_text(code, encoding="utf-8")
            elif kind == "python":
                exec(compile(code, f"{PAGE.name}, example {ran}", "exec"), {})
                ran += 1
    finally:
        READERS.clear()
        READERS.update(known)
        for registry, names in terms:
            registry._known = names
        sys.modules.pop("my_sfv_parts", None)
    assert ran >= 6


def test_every_room_is_on_the_page():
    page = PAGE.read_text(encoding="utf-8")
    rooms = [path.name for path in (PAGE.parents[1] / "sfv").iterdir() if (path / "__init__.py").is_file()]
    assert rooms
    assert [room for room in rooms if f"sfv/{room}/" not in page] == []
