"""Terms of the task that are named in its settings: rewards, terminations and observations that anybody can add.

A term is a plain function of a read-only ``View``, batched tensors in, a tensor out, without side effects; further keyword arguments
are its numbers, which the settings may change. It is found by name: registered with ``REWARDS.register``, or an entry point of the
groups ``sfv.rewards``, ``sfv.terminations``, ``sfv.observations`` in another package. The settings name it with its numbers, as in
``rewards = ["upright:weight=0.1,scale=4"]``.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol

from torch import Tensor

from sfv.errors import SfvError, UnknownNameError
from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.reference.library import ReferenceFrame
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.term_names import BEYONDMIMIC, DEEPMIMIC, ENDS, GOAL, PENALTIES
from sfv.physics.worlds import Worlds


@dataclass(frozen=True)
class View:
    """What a term may look at: K worlds, their reference, the ground, the action. Nothing of it may be written to."""

    worlds: Worlds
    """All worlds; the properties below are those of ``rows`` only."""
    rows: Tensor | slice
    """Which worlds these are."""
    frame: ReferenceFrame
    """Where the reference is: its ``qpos`` (K, nq), ``qvel`` (K, nv), ``com`` (K, 3)."""
    layout: ModelLayout
    """Which numbers of qpos, qvel and which bodies mean what."""
    ground: GroundBelow | None
    """The ground under the character; None: level, z = 0."""
    control_hz: float
    action: Tensor | None = None
    """That led here; None for observations, which also begin episodes. Shape (K, nu)."""
    last_action: Tensor | None = None
    """The one before; zero in the first step of an episode. Shape (K, nu)."""

    @property
    def qpos(self) -> Tensor:
        """Shape (K, nq), metres, quaternions wxyz, radians, world."""
        return self.worlds.qpos[self.rows].float()

    @property
    def qvel(self) -> Tensor:
        """Shape (K, nv), m/s and rad/s, MuJoCo's frames."""
        return self.worlds.qvel[self.rows].float()

    @property
    def xpos(self) -> Tensor:
        """Places of all bodies. Shape (K, nbody, 3), metres, world."""
        return self.worlds.xpos[self.rows].float()

    @property
    def xquat(self) -> Tensor:
        """Attitudes of all bodies. Shape (K, nbody, 4), wxyz, world."""
        return self.worlds.xquat[self.rows].float()

    @property
    def com(self) -> Tensor:
        """Centre of mass of the whole character. Shape (K, 3), metres, world."""
        return self.worlds.subtree_com[self.rows, self.layout.root].float()

    @property
    def ground_contact(self) -> Tensor:
        """Whether each body touches the ground. Shape (K, nbody), bool."""
        return self.worlds.ground_contact[self.rows]


class TermFunction(Protocol):
    """Of a view and its own numbers: rewards (K,), terminations (K,) bool, observations (K, any)."""

    def __call__(self, view: View, **numbers: float) -> Tensor:
        """Compute it."""
        ...


@dataclass(frozen=True)
class Term:
    """A term as the settings name it."""

    name: str
    function: TermFunction
    numbers: dict[str, float]
    weight: float = 1.0

    def __call__(self, view: View) -> Tensor:
        """Its value, unweighted."""
        return self.function(view, **self.numbers)


class Registry:
    """Terms of one kind by name."""

    def __init__(self, kind: str, taken: Sequence[str] = ()) -> None:
        """``kind``: "reward", "termination" or "observation"; ``taken``: names under which the task's own are logged."""
        self.kind, self.group, self._taken = kind, f"sfv.{kind}s", frozenset(taken)
        self._known: dict[str, TermFunction] = {}

    def register(self, name: str, function: TermFunction | None = None) -> Callable:
        """Add a term; as a decorator where ``function`` is left out. Raises SfvError for a name that is taken by another."""
        if function is None:
            return lambda found: self.register(name, found)
        if name in self._taken or self._known.get(name, function) is not function:
            raise SfvError(f"there is a {self.kind} term '{name}' already; give yours another name")
        self._known[name] = function
        return function

    def names(self) -> list[str]:
        """Every term that can be found."""
        return [*self._known, *(point.name for point in entry_points(group=self.group))]

    def find(self, name: str) -> TermFunction:
        """The term of that name. Raises UnknownNameError that lists what exists, SfvError for a name of the task's own."""
        if name in self._taken:
            raise SfvError(
                f"{name} is a {self.kind} of the task's own; give yours another name than {', '.join(sorted(self._taken))}"
            )
        if name in self._known:
            return self._known[name]
        added = {point.name: point for point in entry_points(group=self.group)}
        if name not in added:
            raise UnknownNameError(
                f"{self.kind} term", name, self.names() or [f"none; packages add them ({self.group})"]
            )
        return added[name].load()

    def terms(self, specs: Sequence[str]) -> list[Term]:
        """Terms as settings name them, "name" or "name:key=number,key=number"; ``weight`` is the term's own, of rewards.

        Raises UnknownNameError, and SfvError for numbers that are none and keys that the function does not take.
        """
        made = [self._term(spec) for spec in specs]
        twice = sorted({term.name for term in made if sum(other.name == term.name for other in made) > 1})
        if twice:
            raise SfvError(f"the {self.kind} term {twice[0]} is named twice; name it once")
        return made

    def _term(self, spec: str) -> Term:
        name, _, rest = spec.partition(":")
        function, numbers = self.find(name), {}
        for part in filter(None, rest.split(",")):
            key, _, value = part.partition("=")
            try:
                numbers[key.strip()] = float(value)
            except ValueError as error:
                raise SfvError(
                    f"{spec}: {part} is no key=number; write it as {name}:weight=0.1" if self.kind == "reward"
                    else f"{spec}: {part} is no key=number"
                ) from error  # fmt: skip
        weight = numbers.pop("weight", 1.0) if self.kind == "reward" else 1.0
        takes = [*inspect.signature(function).parameters.values()][1:]
        known = [one.name for one in takes]
        free = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in takes)
        if wrong := [key for key in numbers if key not in known and not free]:
            also = ["weight"] if self.kind == "reward" else []
            raise UnknownNameError(f"number of the {self.kind} term {name}", wrong[0], [*known, *also] or ["none"])
        return Term(name, function, numbers, weight)


REWARDS = Registry("reward", (*DEEPMIMIC, *BEYONDMIMIC, *PENALTIES, GOAL))
TERMINATIONS = Registry("termination", ENDS)
OBSERVATIONS = Registry("observation")
