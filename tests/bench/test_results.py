import json

import pytest

from sfv.bench.results import all_commands, merge_rows, read_rows, write_results
from sfv.errors import FileFormatError


def test_written_rows_are_read_back_and_tabled(tmp_path):
    rows = [{"clip": "walk", "seed": 0, "nr": 0.9154}, {"clip": "run", "seed": 1, "nr": 0.5, "note": "x"}]
    write_results("skills", "sfv bench skills", rows, tmp_path, text="Words.")
    assert read_rows("skills", tmp_path) == rows
    head = json.loads((tmp_path / "skills.json").read_text())
    assert head["machine"]["cores"] >= 1
    table = (tmp_path / "skills.md").read_text()
    assert "| walk | 0 | 0.915 |  |" in table
    assert "Seeds: 0, 1" in table
    assert table.endswith("Words.\n")


def test_merge_replaces_rows_with_the_same_key():
    old = [{"clip": "walk", "seed": 0, "nr": 0.1}, {"clip": "walk", "seed": 1, "nr": 0.2}]
    merged = merge_rows(old, [{"clip": "walk", "seed": 0, "nr": 0.9}], ("clip", "seed"))
    assert [row["nr"] for row in merged] == [0.9, 0.2]


def test_broken_file_is_told(tmp_path):
    assert read_rows("skills", tmp_path) == []
    (tmp_path / "skills.json").write_text("{}")
    with pytest.raises(FileFormatError, match="not a result file"):
        read_rows("skills", tmp_path)


def test_tables_take_the_place_of_too_many_rows(tmp_path):
    rows = [{"clip": f"c{number}", "error": float(number)} for number in range(50)]
    write_results("many", "sfv bench many", rows, tmp_path, "Words.", [("Means", [{"clips": 50, "error": 24.5}])])
    page = (tmp_path / "many.md").read_text()
    assert "## Means" in page
    assert "| 50 | 24.5 |" in page
    assert "c17" not in page
    assert read_rows("many", tmp_path) == rows


def test_every_command_that_made_rows_is_named_once(tmp_path):
    assert all_commands("x", "sfv bench x --a", tmp_path) == "sfv bench x --a"
    write_results("x", "sfv bench x --a", [{"value": 1}], tmp_path)
    both = all_commands("x", "sfv bench x --b", tmp_path)
    assert both == "sfv bench x --a; sfv bench x --b"
    write_results("x", both, [{"value": 1}], tmp_path)
    assert all_commands("x", "sfv bench x --a", tmp_path) == both
