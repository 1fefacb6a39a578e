"""Rooms that are stages too: ``sfv.detect`` is a package and, called, the function of the front door.

Importing ``sfv.detect.run`` binds the package ``sfv.detect`` as an attribute of ``sfv``, over whatever stood there. A package that
can be called is right whichever was imported first.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from inspect import Signature, signature
from types import ModuleType
from typing import Any


class CallableRoom(ModuleType):
    """A package that passes calls on to the function of its name in ``sfv.front``, whose signature and help it shows."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the stage."""
        return front_function(self.__name__)(*args, **kwargs)

    def __reduce__(self) -> tuple[Callable[[str], ModuleType], tuple[str]]:
        """Pickled by name, as plain modules are by those that pickle them."""
        return import_module, (self.__name__,)

    @property
    def __signature__(self) -> Signature:
        return signature(front_function(self.__name__))

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return front_function(self.__name__).__doc__


def front_function(room: str) -> Callable[..., Any]:
    """The front door's function for a room (``sfv.detect``). It lies above the room in the layers, so it is looked up only when called."""
    name = room.rpartition(".")[2]
    return getattr(import_module(f"sfv.front.{name}"), name)


def make_callable(room: str) -> None:
    """Let the package ``room``, which is being imported, be called as the stage of its name."""
    sys.modules[room].__class__ = CallableRoom
