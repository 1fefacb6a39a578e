"""``sfv bench robustness``: what skills survive, and how those do that were trained on other ground."""

import shlex
from pathlib import Path
from typing import Annotated, Literal

import tyro

from sfv.bench.results import FOLDER, Row, all_commands
from sfv.errors import SfvError
from sfv.evaluate.suite_names import SuiteName
from sfv.progress import console
from sfv.ranges import Count, Threads, checked


@checked
def robustness(
    runs: Annotated[tuple[str, ...], tyro.conf.Positional],
    suite: SuiteName | Literal["none"] = "full",
    grounds: tuple[str, ...] = (),
    starts: Count = 256,
    work: Path = Path("runs/bench/robustness"),
    threads: Threads = 0,
    out: Path = FOLDER,
) -> None:
    """Measure runs or skills with a suite of protocols, and those of other ground on it; write docs/results/robustness.json, .md.

    Args:
        runs: Names of skills (atlas/walk: Atlas' one), or run folders; NAME=FOLDER gives a run the name of its skill.
        suite: Protocols, all or one by name; none leaves them out.
        grounds: Environments on which completion and NR are measured over many starts; that of the training by default, if it
            is not flat.
        starts: How many starts that is.
        work: Folder of the suites' reports, one each.
        threads: Threads that simulate; 0: one a core.
        out: Folder of the result files.
    """
    from sfv.cli.inputs import check_names
    from sfv.cli.results import locate
    from sfv.learn.run.folder import read_run
    from sfv.skills.skill import look_up

    if not runs:
        raise SfvError("nothing to measure; give the name of a skill (`sfv list` prints them) or a run folder")
    for ground in grounds:
        check_names(env=ground)
    for given in runs:
        look_up(given.rpartition("=")[2])
    from sfv.bench.robustness.page import add_rows
    from sfv.bench.robustness.retrained import retrained_rows, trained_on
    from sfv.bench.skills.sheet import save_sheet
    from sfv.cli.suite import measure
    from sfv.environment import load_environment

    words = ["sfv", "bench", "robustness"]
    for given in runs:
        name, _, place = given.rpartition("=")
        folder, _, shipped = locate(place)
        run, clip = read_run(folder)
        skill = name or shipped or clip.name.removeprefix("humanoid3d_")
        flat = load_environment(run.env).name == "flat"
        rows: list[Row] = []
        plain = flat and not run.imitation.start_shove
        label = f"{skill}_{Path(run.character).name}" + ("" if plain else f"_{_file_name(trained_on(run))}")
        if suite != "none":
            report = measure(folder, work / label, suite, threads, None, skill)
            rows += [row | ({} if plain else {"trained_on": trained_on(run)}) for row in report.bench_rows()]
        if grounds or not flat:
            rows += retrained_rows(folder, skill, grounds, starts, threads, console.print)
            save_sheet(folder, out / "sheets" / f"robust_{label}.jpg", grounds[0] if grounds else None)
        options = [given if not name else f"{name}=RUN", "--suite", suite]
        options += ["--grounds", *grounds] if grounds else []
        command = all_commands("robustness", shlex.join([*words, *options]), out)
        add_rows(rows, command, out, ships=shipped is not None and not name)
        console.print(f"wrote {out / 'robustness.md'}")


def _file_name(env: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in Path(env).name)
