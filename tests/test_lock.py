import os
import signal
import subprocess
import sys

import pytest

from sfv.storage.aside import put_aside
from sfv.storage.lock import LOCK, FolderBusyError, locked

_HOLD = "import sys, time; from sfv.storage.lock import locked\nwith locked(sys.argv[1]): print('held', flush=True); time.sleep(60)"


def test_the_other_is_named_and_a_kill_leaves_no_lock(tmp_path):
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(FolderBusyError, match=f"in use by process {other.pid};"), locked(tmp_path):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert (tmp_path / LOCK).read_text() == f"{other.pid}\n"
    with locked(tmp_path):
        assert (tmp_path / LOCK).read_text() == f"{os.getpid()}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_renamed_takes_its_lock_along(tmp_path):
    folder = tmp_path / "run"
    with locked(folder) as lock:
        kept = put_aside(folder)
        lock.path = kept / LOCK
        with locked(folder):
            pass
    assert list(kept.iterdir()) == []


def test_a_dated_name_that_is_taken_gets_a_number(tmp_path):
    names = []
    for _ in range(3):
        (tmp_path / "a.b.npz").write_text("")
        names.append(put_aside(tmp_path / "a.b.npz", 0.0).name)
    assert len(set(names)) == 3
    assert all(name.startswith("a.b.19") and name.endswith(".npz") for name in names)
    (tmp_path / "train.x").mkdir()
    assert put_aside(tmp_path / "train.x", 0.0).name.startswith("train.x.19")
