"""``sfv list``: what exists by name."""

import tyro
from rich.console import Console
from rich.table import Table

from sfv.assets import ASSETS
from sfv.character import list_characters, load_character
from sfv.detect.detector import detector_names
from sfv.environment import list_environments, load_environment


def list_names() -> None:
    """Print the characters, environments, detectors and assets that this installation finds."""
    console = Console(highlight=False, soft_wrap=True)
    characters = {name: f"{load_character(name).description} [{folder}]" for name, folder in list_characters().items()}
    environments = {name: f"{load_environment(name).description} [{folder}]" for name, folder in list_environments().items()}
    assets = {
        name: f"{asset.package.name}=={asset.package.version}, {asset.package.licence}"
        + (", fetched" if asset.file.is_file() else "")
        for name, asset in ASSETS.items()
    }
    detectors = dict.fromkeys(detector_names(), "")
    for title, rows in {
        "characters": characters,
        "environments": environments,
        "detectors": detectors,
        "assets": assets,
    }.items():
        table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2))
        for name, text in rows.items():
            table.add_row(name, text)
        console.print(table)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.cli(list_names, args=arguments, prog="sfv list")
