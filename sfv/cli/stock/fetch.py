"""``sfv fetch``: third-party files into the cache."""

from typing import Annotated

import tyro

from sfv.assets import ASSETS, cache_folder, fetch_all
from sfv.cli.support.parse import parse


def fetch(names: Annotated[tuple[str, ...], tyro.conf.Positional] = (), /) -> None:
    """Fetch assets (all of them, or those named), verify their SHA-256 and say where they lie. Nothing is fetched twice.

    Args:
        names: Names of assets, which `sfv list` prints; all of them when left out.
    """
    paths = fetch_all(names or None, report=print)
    print(f"{len(paths)} of {len(ASSETS)} assets are in {cache_folder()}")


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(fetch, arguments, "sfv fetch")
