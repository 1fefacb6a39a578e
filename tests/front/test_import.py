"""``import sfv`` is light, and its names are right whichever submodule was imported first."""

import inspect
import pickle
import subprocess
import sys

import pytest

import sfv

HEAVY = ("torch", "mujoco", "av", "numpy", "scipy", "gymnasium", "tyro", "rich")
ROOMS = ("detect", "reconstruct", "retarget", "evaluate", "render")


def printed(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_loads_nothing_heavy():
    code = f"import sys, sfv; sfv.__all__, dir(sfv); print(sorted(set({HEAVY}) & set(sys.modules)))"
    assert printed(code) == "[]"


def test_looking_at_a_stage_loads_no_simulator():
    code = (
        "import sys, sfv; [getattr(sfv, name).__doc__ for name in sfv.__all__ if name.islower()];"
        "print(sorted({'torch', 'mujoco', 'av', 'cv2', 'smplx'} & set(sys.modules)))"
    )
    assert printed(code) == "[]"


@pytest.mark.parametrize("first", ["import sfv.{0}.config", "import sfv; sfv.{0}", "from sfv import {0}"])
def test_a_room_can_be_called_whichever_was_imported_first(first):
    lines = [first.format("render"), "import sfv, sfv.render.config, sfv.front.render", "from sfv.render import config"]
    lines += ["import inspect", "assert sfv.render.config is config", "assert callable(sfv.render)"]
    lines += ["assert inspect.signature(sfv.render) == inspect.signature(sfv.front.render.render)"]
    lines += ["try: sfv.render([])", "except sfv.SfvError as error: print(error)"]
    assert printed("\n".join(lines)) == "nothing to film; give a motion.npz, a clip.npz or a run folder"


def test_every_name_is_there():
    assert sfv.__all__ == sorted(sfv.__all__)
    for name in sfv.__all__:
        assert getattr(sfv, name) is not None
        assert name in dir(sfv)
    with pytest.raises(AttributeError, match="no attribute 'detekt'"):
        sfv.detekt  # noqa: B018


@pytest.mark.parametrize("name", [name for name in sfv.__all__ if name.islower() and "_" not in name])
def test_every_stage_says_what_it_takes_gives_and_raises(name):
    stage = getattr(sfv, name)
    assert callable(stage)
    for section in ("Args:", "Returns:", "Raises:"):
        assert section in stage.__doc__
    described = stage.__doc__.partition("Args:")[2].partition("Returns:")[0]
    for parameter in inspect.signature(stage).parameters:
        assert f"    {parameter}: " in described


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_is_pickled_by_name(name):
    assert pickle.loads(pickle.dumps(getattr(sfv, name))) is getattr(sfv, name)
