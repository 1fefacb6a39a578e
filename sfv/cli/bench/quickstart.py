"""``sfv bench quickstart``: how long a newcomer's first steps take."""

from pathlib import Path

from sfv.bench.results import FOLDER
from sfv.cli.support.parse import parse


def quickstart(out: Path = FOLDER, scratch: Path | None = None) -> None:
    """Run both scripts of the README in a fresh clone with an empty home; write their times and sizes.

    Args:
        out: Folder of the result files.
        scratch: Folder with 4 GB of room for the clone; the system's temporary folder by default.
    """
    from sfv.bench.quickstart import bench_quickstart

    print(f"wrote {bench_quickstart(out, scratch)}")


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(quickstart, arguments, "sfv bench quickstart")
