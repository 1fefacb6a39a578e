"""``sfv list``: what exists by name."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import tyro

from sfv.assets import ASSETS
from sfv.errors import SfvError
from sfv.skills.skill import list_skills


def list_names() -> None:
    """Print the characters, environments, trained skills, detectors and assets that this installation finds.

    What cannot be read is named, and the rest is listed all the same.
    """
    from sfv.character import list_characters, load_character
    from sfv.detect.detector import detector_names
    from sfv.environment import list_environments, load_environment

    broken: list[str] = []
    skills = {
        f"{skill.card.character}/{skill.card.name}": f"NR {skill.card.nr:.3f}, plays with sfv play {skill.card.name}"
        + ("" if skill.card.character == "humanoid" else f" --character {skill.card.character}")
        for skill in list_skills(broken)
    }
    assets = {
        name: f"{asset.package.name}=={asset.package.version}, {asset.package.licence}"
        + (", fetched" if asset.file.is_file() else "")
        for name, asset in ASSETS.items()
    }
    tables = {
        "characters": _described(list_characters(), load_character, broken),
        "environments": _described(list_environments(), load_environment, broken),
        "skills": skills,
        "detectors": dict.fromkeys(detector_names(), ""),
        "assets": assets,
    }
    if broken:
        tables["broken"] = dict.fromkeys(broken, "")
    for title, rows in tables.items():
        width = 0 if title == "broken" else max(map(len, rows), default=0)
        print("\n".join([f"{title}:", *(f"  {name:<{width}}  {text}".rstrip() for name, text in rows.items()), ""]))


def _described(folders: Mapping[str, Path], load: Callable[[str], Any], broken: list[str]) -> dict[str, str]:
    """Name -> description and folder of everything in ``folders``; what is wrong with others is added to ``broken``."""
    lines = {}
    for name, folder in folders.items():
        try:
            lines[name] = f"{load(name).description} [{folder}]"
        except SfvError as error:
            broken.append(str(error))
    return lines


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(list_names, args=arguments, prog="sfv list")
