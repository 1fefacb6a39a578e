"""``sfv export``: a finished run -> a skill that can be handed on and played by name."""

from pathlib import Path
from typing import Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.imitate.config import NrConfig
from sfv.ranges import Threads, checked

_DEFAULT = NrConfig()


@checked
def export(
    run: Annotated[str, tyro.conf.Positional],
    name: str,
    out: Path | None = None,
    source: str = "",
    credit: str = "not stated",
    licence: str = "not stated",
    asset: str = "",
    threads: Threads = 0,
    config: Annotated[NrConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Make a small skill of a finished run: its policy in half precision, its clip, its settings, and a card with the NR of the
    very weights that were written. `sfv play NAME` finds it under ./skills and under the folders of $SFV_PATH.

    Args:
        run: Run folder that `sfv train` or `sfv run` wrote.
        name: Name of the skill.
        out: Folder to write; skills/<character>/<name> by default.
        source: Source of the motion; by default what the clip says.
        credit: Person or institution that the motion is owed to.
        licence: Licence of the motion.
        asset: Motion-capture clip (humanoid3d_...) that the run's clip was made of: it is fetched at first use instead of written
            into the skill.
        threads: Number of threads that simulate; 0 takes one a core.
    """
    import sfv

    sfv.export(
        run,
        name,
        out,
        source=source,
        credit=credit,
        licence=licence,
        asset=asset,
        threads=threads,
        config=config,
        log=print,
    )


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(export, arguments, "sfv export")
