"""What exists by name in this installation, as tables and lines."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sfv.assets import ASSETS
from sfv.errors import SfvError
from sfv.names.skill import list_skills


def catalogue() -> dict[str, dict[str, str]]:
    """Title -> name -> what it is: characters, environments, trained skills, detectors, assets; last what cannot be read, if any."""
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
    return tables | ({"broken": dict.fromkeys(broken, "")} if broken else {})


def skill_lines() -> list[str]:
    """One line a skill."""
    broken: list[str] = []
    skills = list_skills(broken)
    if not skills:
        return ["no skills are installed; give a run folder that sfv train wrote"]
    width = max(len(skill.card.name) for skill in skills)
    lines = []
    for character in sorted({skill.card.character for skill in skills}):
        lines.append(f"{character}:")
        for card in (skill.card for skill in skills if skill.card.character == character):
            lines.append(
                f"  {card.name:<{width}}  NR {card.nr:.2f}, {card.finished} of {card.starts} starts without a fall"
            )
    return [*lines, *(f"broken: {one}" for one in broken)]


def _described(folders: Mapping[str, Path], load: Callable[[str], Any], broken: list[str]) -> dict[str, str]:
    """Name -> description and folder of everything in ``folders``; what is wrong with others is added to ``broken``."""
    lines = {}
    for name, folder in folders.items():
        try:
            lines[name] = f"{load(name).description} [{folder}]"
        except SfvError as error:
            broken.append(str(error))
    return lines
