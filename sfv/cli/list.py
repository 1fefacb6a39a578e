"""``sfv list``: what exists by name."""

import tyro

from sfv.assets import ASSETS
from sfv.character import list_characters, load_character
from sfv.detect.detector import detector_names
from sfv.environment import list_environments, load_environment
from sfv.skills.skill import list_skills


def list_names() -> None:
    """Print the characters, environments, trained skills, detectors and assets that this installation finds."""
    characters = {name: f"{load_character(name).description} [{folder}]" for name, folder in list_characters().items()}
    environments = {
        name: f"{load_environment(name).description} [{folder}]" for name, folder in list_environments().items()
    }
    assets = {
        name: f"{asset.package.name}=={asset.package.version}, {asset.package.licence}"
        + (", fetched" if asset.file.is_file() else "")
        for name, asset in ASSETS.items()
    }
    skills = {
        f"{skill.card.character}/{skill.card.name}": f"NR {skill.card.nr:.3f}, plays with sfv play {skill.card.name}"
        + ("" if skill.card.character == "humanoid" else f" --character {skill.card.character}")
        for skill in list_skills()
    }
    detectors = dict.fromkeys(detector_names(), "")
    tables = {
        "characters": characters,
        "environments": environments,
        "skills": skills,
        "detectors": detectors,
        "assets": assets,
    }
    for title, rows in tables.items():
        width = max(map(len, rows), default=0)
        print("\n".join([f"{title}:", *(f"  {name:<{width}}  {text}".rstrip() for name, text in rows.items()), ""]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(list_names, args=arguments, prog="sfv list")
