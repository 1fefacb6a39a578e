"""What skills survive, and how those do that were trained on other ground: from settings to the table."""

import shlex
from pathlib import Path

from sfv.bench.results import Row, all_commands
from sfv.bench.robustness.config import RobustnessBenchConfig
from sfv.errors import SfvError
from sfv.system.progress import log


def bench_robustness(config: RobustnessBenchConfig) -> None:
    """Measure one after the other, and put each into robustness.json, .md and the sheets as it comes. Raises SfvError."""
    from sfv.learn.run.folder import read_run
    from sfv.names import check_names, locate
    from sfv.names.runs import look_up

    if not config.runs:
        raise SfvError("nothing to measure; give the name of a skill (`sfv list` prints them) or a run folder")
    for ground in config.grounds:
        check_names(env=ground)
    for given in config.runs:
        look_up(given.rpartition("=")[2])
    from sfv.bench.robustness.page import add_rows
    from sfv.bench.robustness.retrained import retrained_rows, trained_on
    from sfv.bench.skills.sheet import save_sheet
    from sfv.environment import load_environment
    from sfv.pipeline.suite import measure

    words = ["sfv", "bench", "robustness"]
    for given in config.runs:
        name, _, place = given.rpartition("=")
        folder, _, shipped = locate(place)
        run, clip = read_run(folder)
        skill = name or shipped or clip.name.removeprefix("humanoid3d_")
        flat = load_environment(run.env).name == "flat"
        rows: list[Row] = []
        plain = flat and not run.imitation.start_push_speed
        label = f"{skill}_{Path(run.character).name}" + ("" if plain else f"_{_file_name(trained_on(run))}")
        if config.suite != "none":
            report = measure(folder, config.work / label, config.suite, config.threads, None, skill)
            rows += [row | ({} if plain else {"trained_on": trained_on(run)}) for row in report.bench_rows()]
        if config.grounds or not flat:
            rows += retrained_rows(folder, skill, config.grounds, config.starts, config.threads, log)
            save_sheet(
                folder, config.out / "sheets" / f"robust_{label}.jpg", config.grounds[0] if config.grounds else None
            )
        options = [given if not name else f"{name}=RUN", "--suite", config.suite]
        options += ["--grounds", *config.grounds] if config.grounds else []
        command = all_commands("robustness", shlex.join([*words, *options]), config.out)
        add_rows(rows, command, config.out, ships=shipped is not None and not name)
        log(f"wrote {config.out / 'robustness.md'}")


def _file_name(env: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in Path(env).name)
