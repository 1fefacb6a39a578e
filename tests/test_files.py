import numpy as np
import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.files import atomic_path, load_npz, read_npz, save_npz, write_text


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
    with pytest.raises(SfvError, match="writable folder"), atomic_path(tmp_path / "file" / "a.npz"):
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
