"""``sfv bench``: measure, and write docs/results/."""

import shlex
from pathlib import Path
from typing import Annotated

import tyro

from sfv.bench.results import FOLDER, merge_rows, read_rows, write_results
from sfv.errors import SfvError


def quickstart(out: Path = FOLDER, scratch: Path | None = None) -> None:
    """Run both scripts of the README in a fresh clone with an empty home; write their times and sizes.

    Args:
        out: Folder of the result files.
        scratch: Folder with 4 GB of room for the clone; the system's temporary folder by default.
    """
    from sfv.bench.quickstart import required_tools, run_quickstart

    required_tools()
    if not Path("scripts/quickstart.sh").is_file():
        raise SfvError("run this in the root of a checkout of sfv: scripts/quickstart.sh is not here")
    rows = run_quickstart(Path().resolve(), scratch)
    write_results("quickstart", "sfv bench quickstart", rows, out)
    print(f"wrote {out / 'quickstart.md'}")


def skills(
    clips: Annotated[tuple[str, ...], tyro.conf.Positional] = ("walk", "demo_walk"),
    /,
    character: str = "humanoid",
    seeds: tuple[int, ...] = (0,),
    runs: Path = Path("runs/bench"),
    out: Path = FOLDER,
) -> None:
    """Train and evaluate clips one after the other; keep the table, the curves and contact sheets. Finished ones are skipped.

    Args:
        clips: Names of motion-capture clips (walk, run, ...), or demo_walk (from the demo video) and balance (from camera 1).
        character: Character that learns them.
        seeds: Seeds of each.
        runs: Folder of the run folders; training goes on there after an interruption.
        out: Folder of the result files.
    """
    from sfv.bench.skills import run_skill

    for clip in clips:
        for seed in seeds:
            row = run_skill(clip, character, seed, runs, out)
            rows = merge_rows(read_rows("skills", out), [row], ("clip", "source", "character", "seed", "init"))
            words = ["sfv", "bench", "skills", *clips, "--character", character, "--seeds", *map(str, seeds)]
            write_results("skills", shlex.join(words), rows, out)
    print(f"wrote {out / 'skills.md'}")


def main(arguments: list[str]) -> None:
    """Parse and run."""
    tyro.extras.subcommand_cli_from_dict({"quickstart": quickstart, "skills": skills}, args=arguments, prog="sfv bench")
