"""Off-screen OpenGL for MuJoCo's pictures: which way works on this machine, found out before the first picture."""

import importlib
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from sfv.errors import SfvError

PACKAGES = "libegl1 libosmesa6 libgl1-mesa-dri libgl1 libgles2"
"""Debian and Ubuntu packages that bring software OpenGL."""
BACKENDS = ("egl", "osmesa")
"""Headless ways on Linux, the preferred one first: egl also drives a graphics card."""
_OWN = {"linux": ("egl", "osmesa", "glfw", "glx"), "darwin": ("cgl", "glfw"), "win32": ("wgl", "glfw")}
"""What MuJoCo can be told on each system; another word is an error as soon as it is imported."""
_SWITCHES = ("", "enable", "enabled", "on", "true", "1", "disable", "disabled", "off", "false", "0")
_SECONDS = 60  # a probe that hangs (a broken driver does) is given up
_PROBE = """
import mujoco
model = mujoco.MjModel.from_xml_string("<mujoco><worldbody><geom size='1'/></worldbody></mujoco>")
data = mujoco.MjData(model)
mujoco.mj_forward(model, data)
renderer = mujoco.Renderer(model, 16, 16)
renderer.update_scene(data)
assert renderer.render().any()
renderer.close()
"""


class RenderError(SfvError):
    """No way to draw MuJoCo's pictures on this machine."""


class GlContext(Protocol):
    """What MuJoCo's context classes offer."""

    def make_current(self) -> None:
        """Direct OpenGL calls of this thread to this context."""

    def free(self) -> None:
        """Give the context back."""


Probe = Callable[[str], str]
"""Tries a backend; returns an empty string where it works, otherwise the reason."""


def probe(backend: str) -> str:
    """Draw one picture with ``backend`` in a process of its own, because a library that was loaded once cannot be exchanged."""
    environment = {**os.environ, "MUJOCO_GL": backend, "PYOPENGL_PLATFORM": backend}
    try:
        result = subprocess.run(
            [sys.executable, "-c", _PROBE],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"did not answer within {_SECONDS} s"
    if result.returncode == 0:
        return ""
    lines = [line for line in result.stderr.splitlines() if line.strip() and not line.startswith("  ")]
    return lines[-1] if lines else f"ended with {result.returncode}"


def check_environment() -> None:
    """Raise RenderError for a $MUJOCO_GL that MuJoCo does not know: it could not even be imported."""
    given, known = os.environ.get("MUJOCO_GL", "").lower().strip(), _OWN.get(sys.platform)
    if known and given not in (*_SWITCHES, *known):
        raise RenderError(
            f"the environment variable MUJOCO_GL is '{given[:40]}'; MuJoCo knows {', '.join(known)} and off here: unset it, and what "
            "works is found out"
        )


def failed_to_load(error: BaseException) -> bool:
    """Whether an exception came from MuJoCo as it loaded the OpenGL that $MUJOCO_GL names."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(os.environ.get("MUJOCO_GL")) and any(Path(frame.filename).name == "gl_context.py" for frame in frames)


def find_backend(test: Probe = probe) -> str:
    """Backend that works here: $MUJOCO_GL alone where it is set, otherwise the first of BACKENDS that passes its test.

    Raises RenderError with each backend's failure and the packages to install. On macOS and Windows it is the system's own.
    """
    if not sys.platform.startswith("linux"):
        return {"darwin": "cgl", "win32": "wgl"}.get(sys.platform, "glfw")
    given = os.environ.get("MUJOCO_GL", "").strip().lower()
    reasons = {}
    for backend in (given,) if given else BACKENDS:
        reasons[backend] = test(backend)
        if not reasons[backend]:
            return backend
    failures = "; ".join(f"{backend}: {reason}" for backend, reason in reasons.items())
    hint = f"unset MUJOCO_GL (it is '{given}'), or " if given else ""
    raise RenderError(
        f"MuJoCo cannot draw on this machine ({failures}); {hint}install software OpenGL: apt-get install {PACKAGES}"
    )


@cache
def ready_backend() -> str:
    """The backend of this process, found once; the environment is set so that MuJoCo's own classes use it too."""
    backend = find_backend()
    if backend in BACKENDS:
        os.environ["MUJOCO_GL"] = os.environ["PYOPENGL_PLATFORM"] = backend
    return backend


def make_context(width: int, height: int) -> GlContext:
    """A current OpenGL context that can hold pictures of this size. Raises RenderError."""
    backend = ready_backend()
    module: Any = importlib.import_module({"wgl": "mujoco.glfw"}.get(backend, f"mujoco.{backend}"))
    context: GlContext = module.GLContext(width, height)
    context.make_current()
    return context
