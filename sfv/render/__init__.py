"""Pictures of every artefact: overlays, the recovered body in its world, the simulated character, all side by side."""

from sfv.callable_room import make_callable

make_callable(__name__)
