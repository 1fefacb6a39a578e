"""Where a verb that takes a run folder or the name of a skill finds it, and where it writes what it measured."""

from pathlib import Path

from sfv.evaluate.report import FOLDER
from sfv.safe_names import safe_name
from sfv.skills.skill import CARD, find_playable, read_skill

SKILLS = Path("evaluation")
"""Folder under the present one in which results of skills are kept: a skill itself is not written to."""


def locate(name: str) -> tuple[Path, Path, str | None]:
    """Run folder that ``name`` (path or skill) means, folder for its results, and its name where it is a skill.

    Raises UnknownNameError, SfvError.
    """
    folder = find_playable(name)
    if not (folder / CARD).is_file():
        return folder, folder, None
    card = read_skill(folder).card
    return folder, SKILLS / safe_name(f"{card.character}_{card.name}"), card.name


def report_folder(results: Path, env: str | None) -> Path:
    """Where the report of a suite lies in a folder of results; every environment that is asked for has its own."""
    if env is None:
        return results / FOLDER
    return results / f"{FOLDER}_{safe_name(env)}"
