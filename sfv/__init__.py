"""sfv: a video of a person goes in, a physically simulated character that can do what the person did comes out.

The stages are functions, and what they hand on are nouns:

>>> import sfv
>>> k = sfv.detect("v.mp4")
>>> m = sfv.reconstruct(k)
>>> c = sfv.retarget(m, "g1")

A training takes from minutes to hours; this one is far too short, and shows how single settings are given. Without them they follow
the clip and its character (``sfv.train(c, "runs/x")``).

>>> p = sfv.train(c, "runs/x", total_samples=256, worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), nr_starts=2)
>>> print(sfv.evaluate(p, starts=2))  # doctest: +ELLIPSIS
NR 0... (mean of 2 starts over ... s, worst ...; 1 is the reference itself)
...
>>> video = sfv.render(p, "x.mp4", seconds=1, height=64, world_width=64)

Wherever a thing is meant, its name, its path or the thing itself will do: ``sfv.evaluate("atlas/walk")``, ``sfv.evaluate("runs/x")``,
``sfv.evaluate(p)``. ``import sfv`` loads nothing heavy, and registers ``sfv/Imitation-v0`` with Gymnasium as soon as that is imported too.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfv.character import Character as Character
    from sfv.detect.keypoints import Keypoints as Keypoints
    from sfv.environment import Environment as Environment
    from sfv.errors import SfvError as SfvError
    from sfv.front.complete import complete as complete
    from sfv.front.detect import detect as detect
    from sfv.front.evaluate import evaluate as evaluate
    from sfv.front.export import export as export
    from sfv.front.load import load as load
    from sfv.front.measure import measure as measure
    from sfv.front.play import play as play
    from sfv.front.reconstruct import reconstruct as reconstruct
    from sfv.front.render import render as render
    from sfv.front.retarget import retarget as retarget
    from sfv.front.train import train as train
    from sfv.learn.run.policy import Policy as Policy
    from sfv.motion.body_motion import BodyMotion as BodyMotion
    from sfv.motion.clip import Clip as Clip

    __version__: str

__all__ = [
    "BodyMotion",
    "Character",
    "Clip",
    "Environment",
    "Keypoints",
    "Policy",
    "SfvError",
    "__version__",
    "complete",
    "detect",
    "evaluate",
    "export",
    "load",
    "measure",
    "play",
    "reconstruct",
    "render",
    "retarget",
    "train",
]

_ROOMS = ("detect", "reconstruct", "retarget", "evaluate", "render")
"""Stages that are packages too; ``sfv.callable_room`` lets those be called."""
_WHERE = {
    "BodyMotion": "sfv.motion.body_motion",
    "Character": "sfv.character",
    "Clip": "sfv.motion.clip",
    "Environment": "sfv.environment",
    "Keypoints": "sfv.detect.keypoints",
    "Policy": "sfv.learn.run.policy",
    "SfvError": "sfv.errors",
    **{name: f"sfv.front.{name}" for name in ("complete", "export", "load", "measure", "play", "train")},
}
_GYMNASIUM = "gymnasium"


if not TYPE_CHECKING:  # a type checker reports names that are not above

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from sfv.version import own_version

            value = own_version()
        elif name in _ROOMS:
            value = import_module(f"sfv.{name}")
        elif name in _WHERE:
            value = getattr(import_module(_WHERE[name]), name)
        else:
            raise AttributeError(f"module 'sfv' has no attribute '{name}'")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _register() -> None:
    from sfv.imitate.register import register_environments

    register_environments()


class _AfterGymnasium:
    """Registers the environments at the end of the first import of Gymnasium, whose own import would cost every command time."""

    def find_spec(self, fullname, path=None, target=None):  # noqa: ANN001, ANN202  # their types would have to be imported
        """What the other finders find, with the registration behind it."""
        if fullname != _GYMNASIUM:
            return None
        from importlib.util import find_spec

        sys.meta_path.remove(self)  # type: ignore[arg-type]
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_register(module) -> None:  # noqa: ANN001
                execute(module)
                _register()

            spec.loader.exec_module = execute_and_register  # type: ignore[method-assign]
        return spec


if _GYMNASIUM in sys.modules:
    _register()
else:
    sys.meta_path.insert(0, _AfterGymnasium())  # type: ignore[arg-type]
