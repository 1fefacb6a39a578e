"""``sfv list``: what exists by name."""

from sfv.catalogue import catalogue
from sfv.cli.support.parse import parse


def list_names() -> None:
    """Print the characters, environments, trained skills, detectors and assets that this installation finds.

    What cannot be read is named, and the rest is listed all the same.
    """
    for title, rows in catalogue().items():
        width = 0 if title == "broken" else max(map(len, rows), default=0)
        print("\n".join([f"{title}:", *(f"  {name:<{width}}  {text}".rstrip() for name, text in rows.items()), ""]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(list_names, arguments, "sfv list")
