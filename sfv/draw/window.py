"""MuJoCo's own viewer window: whether one can be opened here, and opening it."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

import mujoco

from sfv.errors import SfvError

KeyCallback = Callable[[int], None]
"""Called with the GLFW code of a key, from the window's thread."""
_SECONDS = 30  # a probe that hangs (a broken driver does) is given up
_PROBE = """
import glfw
if not glfw.init():
    raise SystemExit("the display does not answer")
glfw.window_hint(glfw.VISIBLE, False)
if not glfw.create_window(16, 16, "", None, None):
    raise SystemExit("the display offers no OpenGL")
"""


class WindowError(SfvError):
    """No window can be opened here."""


class Viewer(Protocol):
    """What the live loop uses of a window: the handle of ``mujoco.viewer.launch_passive``."""

    @property
    def cam(self) -> mujoco.MjvCamera:
        """The camera; the mouse turns and zooms it."""
        ...

    @property
    def opt(self) -> mujoco.MjvOption:
        """What is drawn."""
        ...

    @property
    def perturb(self) -> mujoco.MjvPerturb:
        """What the mouse has picked and drags."""
        ...

    @property
    def user_scn(self) -> mujoco.MjvScene | None:
        """Geoms that are drawn besides the model's."""
        ...

    def is_running(self) -> bool:
        """Whether the window is still open."""
        ...

    def lock(self) -> AbstractContextManager[Any]:
        """Hold while the camera or the options are changed."""
        ...

    def sync(self) -> None:
        """Show the data's present state, and put the mouse's forces into its ``xfrc_applied``."""
        ...

    def set_texts(self, texts: Any) -> None:
        """Words over the picture: (font, place, left column, right column)."""
        ...

    def close(self) -> None:
        """Close the window."""
        ...


Launch = Callable[[mujoco.MjModel, mujoco.MjData, KeyCallback], Viewer]
"""Opens a window on a model and its data."""


def why_no_window() -> str:
    """Empty where a window can be opened, otherwise the reason in words.

    On Linux a hidden window is tried in a process of its own: MuJoCo waits for ever for one that cannot be made.
    """
    if sys.platform == "darwin":
        import mujoco.viewer

        launched = mujoco.viewer._MJPYTHON is not None  # set by MuJoCo's own launcher alone
        return "" if launched else 'macOS opens it only under MuJoCo\'s launcher: mjpython "$(which sfv)" ...'
    if not sys.platform.startswith("linux"):
        return ""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "there is no display"
    try:
        result = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _PROBE],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the display did not answer within {_SECONDS} s"
    lines = result.stderr.strip().splitlines()
    return (
        "" if result.returncode == 0 else (lines[-1] if lines else f"the display's test ended with {result.returncode}")
    )


def open_window(model: mujoco.MjModel, data: mujoco.MjData, on_key: KeyCallback) -> Viewer:
    """Open MuJoCo's viewer without its side panels (Tab shows them). Raises WindowError."""
    if reason := why_no_window():
        raise WindowError(f"no window can be opened: {reason}")
    import mujoco.viewer

    return mujoco.viewer.launch_passive(model, data, key_callback=on_key, show_left_ui=False, show_right_ui=False)
