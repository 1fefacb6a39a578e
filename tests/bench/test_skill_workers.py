import sys
from pathlib import Path

import pytest

from sfv.bench.skills.workers import LocalLauncher, Task, last_line, run_tasks


def task(tmp_path, name, code, *after):
    return Task(name, (sys.executable, "-c", code), tmp_path / "logs" / f"{name}.log", after)


def test_a_failure_stops_only_what_needs_it(tmp_path):
    said, done = [], []
    tasks = [
        task(tmp_path, "bad", "print('sfv: error: no such clip'); raise SystemExit(1)"),
        task(tmp_path, "needs bad", "print('never')", "bad"),
        task(tmp_path, "good", f"open({str(tmp_path / 'x')!r}, 'w').write('1')"),
        task(tmp_path, "needs good", f"open({str(tmp_path / 'x')!r})", "good"),
        task(tmp_path, "silent", "raise SystemExit(3)"),
    ]
    failed = run_tasks(tasks, LocalLauncher(2, 1), said.append, lambda one: done.append(one.name), 60.0)
    assert failed == {
        "bad": "no such clip", "needs bad": "no such clip", "silent": "ended with 3",
    }  # fmt: skip
    assert done == ["good", "needs good"]
    assert not (tmp_path / "logs" / "needs bad.log").exists()
    assert any(line.startswith("good: done") for line in said)
    assert "bad: failed, no such clip" in said


def test_so_many_at_a_time_and_no_more(tmp_path):
    code = f"""
import os, time
from pathlib import Path
here = Path({str(tmp_path)!r}); mine = here / f'{{os.getpid()}}.running'
mine.touch(); time.sleep(0.4)
(here / f'{{os.getpid()}}.seen').write_text(str(len(list(here.glob('*.running'))))); mine.unlink()
"""
    assert (
        run_tasks([task(tmp_path, str(n), code) for n in range(4)], LocalLauncher(2, 1), print, lambda one: None, 60.0)
        == {}
    )
    assert sorted(path.read_text() for path in tmp_path.glob("*.seen"))[-1] == "2"


def test_ctrl_c_lets_processes_write_their_checkpoint(tmp_path):
    code = f"""
import signal, time
signal.signal(signal.SIGTERM, signal.default_int_handler)
print('going on', flush=True)
try:
    time.sleep(60)
except KeyboardInterrupt:
    open({str(tmp_path / "checkpoint")!r}, 'w').write('1')
"""

    def say(line: str) -> None:
        if line == "long: going on":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tasks([task(tmp_path, "long", code)], LocalLauncher(1, 1), say, lambda one: None, 0.0)
    assert (tmp_path / "checkpoint").is_file()


def test_last_line_of_nothing(tmp_path):
    assert last_line(Path(tmp_path / "none")) == ""
    (tmp_path / "log").write_text("a\nb\n\n")
    assert last_line(tmp_path / "log") == "b"
