"""Names of suites, apart from what they run: the command line knows them without loading a simulator."""

from typing import Literal

SuiteName = Literal["full", "quick", "nr", "push", "boxes", "parameters", "terrain", "simulator", "starts"]
"""Every protocol as it is published, all in short, or one protocol of the full suite alone."""
