"""Protocols by name: those of sfv in the order of its reports, and what other packages add (entry points ``sfv.protocols``)."""

from importlib.metadata import entry_points

from sfv.errors import SfvError, UnknownNameError
from sfv.evaluate.protocols.nominal import PROTOCOL as NR
from sfv.evaluate.protocols.parameters import PROTOCOL as PARAMETERS
from sfv.evaluate.protocols.protocol import Protocol
from sfv.evaluate.protocols.pushes.push import PROTOCOL as PUSH
from sfv.evaluate.protocols.simulator import PROTOCOL as SIMULATOR
from sfv.evaluate.protocols.starts import PROTOCOL as STARTS
from sfv.evaluate.protocols.terrain import PROTOCOL as TERRAIN
from sfv.evaluate.protocols.thrown.boxes import PROTOCOL as BOXES
from sfv.evaluate.suite_names import ENTRY_POINTS

BUILT_IN: dict[str, Protocol] = {
    protocol.name: protocol for protocol in (NR, PUSH, BOXES, PARAMETERS, TERRAIN, SIMULATOR, STARTS)
}
"""Protocols that come with sfv; they make up the suites "quick" and "full"."""


def find_protocol(name: str) -> Protocol:
    """The protocol of that name. Raises UnknownNameError that lists what exists, SfvError for an entry point that is none."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    added = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
    if name not in added:
        raise UnknownNameError("protocol", name, [*BUILT_IN, *added])
    found = added[name].load()
    if not isinstance(found, Protocol) or found.name != name:
        raise SfvError(f"the entry point {ENTRY_POINTS}: {name} ({added[name].value}) is no Protocol of that name")
    return found


def known(names: "list[str] | tuple[str, ...]") -> list[Protocol]:
    """Protocols of these names that are installed, in the order of the reports; a report may hold others."""
    added = {point.name for point in entry_points(group=ENTRY_POINTS)} - set(BUILT_IN)
    order = [*(name for name in BUILT_IN if name in names), *(name for name in names if name in added)]
    return [find_protocol(name) for name in order]
