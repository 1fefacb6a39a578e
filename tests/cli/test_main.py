import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sfv.cli import main
from sfv.cli.support import reported
from sfv.system.stopping import stoppable


def test_first_screen_lists_every_verb(capsys):
    assert main.run(["--help"]) == 0
    screen = capsys.readouterr().out
    assert all(f"  {verb} " in screen for verb in main.VERBS)
    assert main.run([]) == 2


@pytest.mark.parametrize("verb", main.VERBS)
def test_every_verb_explains_itself(verb, capsys):
    with pytest.raises(SystemExit) as stop:
        importlib.import_module(main.module_of(verb)).main(["--help"])
    assert stop.value.code == 0
    assert f"sfv {verb}" in capsys.readouterr().out


def test_unknown_verb_and_unknown_asset_are_one_line(capsys):
    assert main.run(["dance"]) == 2
    assert main.run(["fetch", "no_such"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("sfv: error: ") for line in lines)


def test_interrupt_is_not_a_traceback(monkeypatch, capsys):
    def interrupted(arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("sfv.cli.stock.fetch"), "main", interrupted)
    assert main.run(["fetch"]) == 130
    assert "goes on from there" in capsys.readouterr().err


def test_first_screen_imports_nothing_heavy():
    code = "import sys, sfv.cli.main as m; m.run(['--help']); sys.exit(any(n in sys.modules for n in ('torch', 'mujoco', 'cv2')))"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


_SLOW = """
import time
print("importing", flush=True)
try:
    time.sleep(30)
except KeyboardInterrupt:
    pass  # as torch does where numpy cannot be imported
raise ImportError("numpy._core.multiarray failed to import")
"""
_COMMAND = (  # whatever the tests were started under (nohup ignores SIGHUP, a shell's background Ctrl-C)
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "[signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)]; from sfv.cli import main; main.main()"
)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_while_modules_are_imported_is_one_line(number, status, tmp_path):
    (tmp_path / "rich").mkdir()
    (tmp_path / "rich" / "__init__.py").write_text(_SLOW)
    path = f"{tmp_path}{os.pathsep}{Path(main.__file__).parents[2]}"
    command = [sys.executable, "-c", _COMMAND, "train", "humanoid3d_walk"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdout.readline() == "importing\n"
        process.send_signal(number)
        said = process.communicate()[1].strip()
    assert process.returncode == status
    assert said.startswith("sfv: stopped")
    assert len(said.splitlines()) == 1
    assert ("SIG" in said) == (number != signal.SIGINT)


def test_what_is_ignored_stays_ignored():
    """``nohup sfv train ... &``: neither the terminal's end nor its Ctrl-C stops it."""
    before, term = signal.signal(signal.SIGHUP, signal.SIG_IGN), signal.getsignal(signal.SIGTERM)
    try:
        with stoppable():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) not in (signal.SIG_DFL, signal.SIG_IGN)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert signal.getsignal(signal.SIGTERM) is term


@pytest.mark.parametrize("first", ["import gymnasium, sfv", "import sfv, gymnasium", "import sfv, gymnasium.wrappers"])
def test_environments_are_registered_in_whatever_order(first):
    code = f"{first}; import sys, gymnasium as g; sys.exit('sfv/Imitation-v0' not in g.registry)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert subprocess.run([sys.executable, "-c", "import sfv, sys; sys.exit('numpy' in sys.modules)"]).returncode == 0


def test_an_opengl_that_mujoco_does_not_know_is_one_sentence():
    done = subprocess.run(
        [sys.executable, "-c", "import sys, sfv.cli.main as m; sys.exit(m.run(['character', 'check', 'humanoid']))"],
        env={**os.environ, "MUJOCO_GL": "nonsense"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("sfv: error: the environment variable MUJOCO_GL is 'nonsense'; MuJoCo knows ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "fault", [MemoryError(), RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")]
)
def test_too_little_memory_is_one_sentence(fault, capsys):
    def work():
        raise fault

    assert reported.reported(work) == 1
    assert "memory of this machine does not suffice" in capsys.readouterr().err


def test_a_fault_of_ours_stays_a_traceback():
    with pytest.raises(RuntimeError, match="ours"):
        reported.reported(lambda: (_ for _ in ()).throw(RuntimeError("ours")))


def test_who_reads_the_output_may_go(tmp_path):
    code = "import sys; from sfv.cli.main import main; sys.argv = ['sfv', 'play']; main()"
    done = subprocess.run(
        f'"{sys.executable}" -c "{code}" | head -1; "{sys.executable}" -c "{code}" >&-',
        shell=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_names_that_are_no_text_are_told_as_they_are(tmp_path):
    code = "import sys; from sfv.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "view", b"caf\xe9.npz"], capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith(b"sfv: error: caf\xe9.npz does not exist")
