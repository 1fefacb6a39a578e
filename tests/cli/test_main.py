import importlib
import subprocess
import sys

import pytest

from sfv.cli import main


def test_first_screen_lists_every_verb(capsys):
    assert main.run(["--help"]) == 0
    screen = capsys.readouterr().out
    assert all(f"  {verb} " in screen for verb in main.VERBS)
    assert main.run([]) == 2


@pytest.mark.parametrize("verb", main.VERBS)
def test_every_verb_explains_itself(verb, capsys):
    with pytest.raises(SystemExit) as stop:
        importlib.import_module(f"sfv.cli.{verb}").main(["--help"])
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

    monkeypatch.setattr(importlib.import_module("sfv.cli.fetch"), "main", interrupted)
    assert main.run(["fetch"]) == 130
    assert "goes on from there" in capsys.readouterr().err


def test_first_screen_imports_nothing_heavy():
    code = "import sys, sfv.cli.main as m; m.run(['--help']); sys.exit(any(n in sys.modules for n in ('torch', 'mujoco', 'cv2')))"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
