import os
from pathlib import Path

import numpy as np
import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.files import atomic_path, clear_parts, load_npz, part_prefix, read_npz, save_npz, with_ending, write_text


def test_atomic_path_leaves_nothing_after_a_failure(tmp_path):
    target = tmp_path / "a.npz"
    with pytest.raises(RuntimeError), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_atomic_path_keeps_the_old_file_after_a_failure(tmp_path):
    target = tmp_path / "a.txt"
    write_text(target, "old")
    with pytest.raises(KeyboardInterrupt), atomic_path(target) as temporary:
        temporary.write_text("new")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_that_is_a_file_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SfvError, match="can be written to"), atomic_path(tmp_path / "file" / "a.npz"):
        pass


def test_npz_round_trip_and_schema(tmp_path):
    path = tmp_path / "a.npz"
    save_npz(path, "sfv.x", 1, {"a": np.arange(3), "name": "walk"})
    data = load_npz(path, "sfv.x", 1, ("a",))
    assert data["a"].tolist() == [0, 1, 2]
    assert str(data["name"]) == "walk"
    with pytest.raises(FileFormatError, match=r"not 'sfv\.y'"):
        load_npz(path, "sfv.y", 1)
    with pytest.raises(FileFormatError, match="update sfv"):
        load_npz(path, "sfv.x", 0)
    with pytest.raises(FileFormatError, match="lacks b"):
        load_npz(path, "sfv.x", 1, ("b",))


def test_truncated_and_pickled_files_are_refused(tmp_path):
    path = tmp_path / "a.npz"
    save_npz(path, "sfv.x", 1, {"a": np.zeros(1000)})
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(FileFormatError, match="truncated"):
        read_npz(path)
    np.savez(tmp_path / "b.npz", a=np.array([{"evil": 1}], dtype=object))
    with pytest.raises(FileFormatError):
        read_npz(tmp_path / "b.npz")
    with pytest.raises(FileFormatError, match="does not exist"):
        read_npz(tmp_path / "c.npz")
    with pytest.raises(TypeError):
        save_npz(tmp_path / "d.npz", "sfv.x", 1, {"a": np.array([None])})


def test_order_for_a_power_cut(tmp_path, monkeypatch):
    """Content written, content on the disk, new name, name on the disk: whenever the power goes, one whole file is there."""
    target, calls, open_files = tmp_path / "a.npz", [], {}
    save_npz(target, "sfv.x", 1, {"a": np.zeros(3)})
    old = target.read_bytes()
    opened, synced, renamed = os.open, os.fsync, Path.replace

    def note_open(path, *rest, **settings):
        handle = opened(path, *rest, **settings)
        open_files[handle] = Path(path)
        return handle

    def note_sync(handle):
        path = open_files[handle]
        calls.append("folder" if path == tmp_path else "content")
        if path != tmp_path:
            assert len(read_npz(path)["a"]) == 5, "all of it had been written"
            assert target.read_bytes() == old
        synced(handle)

    def note_rename(self, to):
        calls.append("rename")
        return renamed(self, to)

    monkeypatch.setattr(os, "open", note_open)
    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_rename)
    save_npz(target, "sfv.x", 1, {"a": np.zeros(5)})
    assert calls == ["content", "rename", "folder"]


ODD = ("name", "name.NPZ", "na.me.v2", "with space", "äöü 漢字", ".hidden", "name.", "-dash", "a[1]*?", "x" * 200)


@pytest.mark.parametrize("name", ODD)
def test_what_is_written_lies_where_it_was_said(name, tmp_path):
    path = with_ending(tmp_path / name, ".npz")
    assert path.name.lower().endswith(".npz")
    save_npz(path, "sfv.x", 1, {"a": np.arange(3)})
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    assert load_npz(path, "sfv.x", 1)["a"].tolist() == [0, 1, 2]
    save_npz(tmp_path / name, "sfv.x", 1, {"a": np.arange(4)})  # also under a name that has no ending
    assert len(load_npz(tmp_path / name, "sfv.x", 1)["a"]) == 4


def test_parts_of_killed_processes_are_cleared_and_no_others(tmp_path):
    mine = tmp_path / f"{part_prefix()}a.npz"
    other_machine = tmp_path / ".sfv-part-999999999-00000000-a.npz"
    dead, older, folder = (tmp_path / mine.name.replace(str(os.getpid()), "999999999"), tmp_path / ".sfv-part-999999999-b",
                           tmp_path / ".sfv-part-999999998-skill")  # fmt: skip
    for path in (mine, other_machine, dead, older):
        path.write_text("half")
    (folder / "inner").mkdir(parents=True)
    assert sorted(clear_parts(tmp_path)) == sorted([dead, older, folder])
    assert sorted(tmp_path.iterdir()) == sorted([mine, other_machine])
