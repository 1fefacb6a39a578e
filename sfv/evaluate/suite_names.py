"""Names of suites, apart from what they run: the command line knows them without loading a simulator."""

from importlib.metadata import entry_points

from sfv.errors import UnknownNameError

ENTRY_POINTS = "sfv.protocols"
"""Where other packages add protocols of their own."""
BUILT_IN = ("nr", "push", "boxes", "parameters", "terrain", "simulator", "starts")
"""Protocols that come with sfv."""
SUITES = ("full", "quick")
"""All of them as they are published, or in short."""
SuiteName = str
"""A suite, one protocol (as it is published) by name, or several joined by commas: "full,mine"."""


def suite_names() -> list[str]:
    """Every suite and protocol that can be asked for."""
    return [*SUITES, *BUILT_IN, *(point.name for point in entry_points(group=ENTRY_POINTS))]


def check_suite(suite: SuiteName) -> list[str]:
    """The suites and protocols that make up ``suite``. Raises UnknownNameError that lists what exists."""
    parts = [part.strip() for part in suite.split(",")]
    for part in parts:
        if part not in suite_names():
            raise UnknownNameError("suite", part, suite_names())
    return parts
