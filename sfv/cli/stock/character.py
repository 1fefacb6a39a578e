"""``sfv character check``: can this character be used, and does its T-pose agree with the body's?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse, parts

PARTS = {"check": "figures, body map, what is missing, T-pose beside the body's"}
"""What each part does."""


@dataclass(frozen=True)
class CharacterCheckArguments:
    """Load a character as retargeting and training do, tell what it is made of and what is missing, and draw its T-pose."""

    name: Annotated[str, tyro.conf.Positional]
    """Name of the character (`sfv list` prints them) or the path of its folder."""
    out: Path = Path("runs/characters")
    """Folder for the picture NAME_t_pose.png, which shows the body's T-pose and the character's side by side."""


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parts(arguments, "sfv character", "Check a character before it is trained.", PARTS, {"check": check})


def check(arguments: list[str]) -> None:
    """Parse, measure, print the tables. Raises SfvError for a character that cannot be used."""
    given = parse(CharacterCheckArguments, arguments, "sfv character check")
    from sfv.character_check.check import check_character

    made = check_character(given.name, given.out)
    print(f"{made.text}\n{len(made.facts.warnings)} warnings; wrote {made.picture}")
