"""``sfv run``: a video in; keypoints, motion, clip, policy, numbers, pictures and a report out."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.chain import Chain, ChainConfig, with_defaults

if TYPE_CHECKING:
    from sfv.motion.clip import Clip


@dataclass(frozen=True)
class RunArguments:
    """Turn a video of a person into a policy of a simulated character, with a report and a side-by-side video.

    Stages that are done are skipped, so the same command goes on after an interruption; with more samples
    (--learner.total-samples) training goes on from where it was. What other settings make anew takes the place of older results,
    which are kept under a dated name. Training settings that are not given follow the clip: what is not cyclic gets physics at
    1/240 s and gamma 0.97.
    """

    video: Annotated[str, tyro.conf.Positional]
    """A video file, a folder of images, or a video among the assets (demo_video, balance_cam01 ...)."""
    out: Path | None = None
    """Folder of everything that is made; runs/<video>_<character>_<environment> by default, with a number behind it where that
    holds another video's."""
    trust: bool = False
    """Go on with a motion that cannot be what it says (another unit, another axis up, jumps), with a warning."""
    config: Path | None = None
    """config.toml of such a folder: its settings are the defaults."""
    chain: Annotated[ChainConfig, tyro.conf.arg(name="")] = field(default_factory=ChainConfig)


def main(arguments: list[str]) -> None:
    """Parse, run the stages in order, write the report."""
    from sfv.bench.results import machine
    from sfv.cli.inputs import check_names, find_video, writable_folder
    from sfv.cli.parse import parse_twice
    from sfv.cli.progress import console
    from sfv.cli.report import chain_report
    from sfv.config_file import to_toml
    from sfv.files import write_text
    from sfv.lock import locked
    from sfv.motion.clip import Clip

    given = parse_twice(RunArguments, arguments, "sfv run", RunArguments(video=tyro.MISSING), _from_file)
    video = find_video(given.video)
    check_names(given.chain.character, given.chain.env, given.chain.body)
    folder = writable_folder(given.out or _free_folder(video, given.chain))
    with locked(folder):
        chain = Chain(video, folder, given.chain, lambda line: console.print(line, soft_wrap=True), trust=given.trust)
        chain.check()
        chain.detect()
        chain.reconstruct()
        chain.retarget()
        if given.config is None:
            suit = partial(_suited, Clip.load(folder / "clip.npz"))
            chain.config = parse_twice(RunArguments, arguments, "sfv run", RunArguments(video=tyro.MISSING), suit).chain
        write_text(folder / "config.toml", to_toml({"video": given.video, "chain": chain.config}))
        chain.train()
        chain.evaluate()
        chain.render()
        write_text(folder / "report.md", chain_report(given.video, chain.facts, machine()))
    print("\n".join([*chain.facts["evaluate"]["words"], f"report: {folder / 'report.md'}"]))


def _free_folder(video: Path, config: ChainConfig) -> Path:
    """Default folder: the first of runs/NAME, runs/NAME_2 ... that is free or was made from this very video."""
    from sfv.cli.stages import file_digest, recorded_inputs
    from sfv.safe_names import run_name

    plain, mine = Path("runs") / run_name([video.stem], config.character, config.env), [file_digest(video)]
    folder, number = plain, 1
    while recorded_inputs(folder, "detect") not in (None, mine):
        number += 1
        folder = plain.with_name(f"{plain.name}_{number}")
    return folder


def _from_file(given: RunArguments) -> RunArguments:
    """Defaults from --config."""
    if given.config is None:
        return given
    from sfv.config_file import read_settings

    return replace(given, chain=read_settings(ChainConfig, given.config, "chain"))


def _suited(clip: "Clip", given: RunArguments) -> RunArguments:
    """Training defaults that suit the clip which the stages before made."""
    from sfv.learn.defaults import defaults_for

    return replace(given, chain=with_defaults(given.chain, defaults_for(clip, given.chain.training())))
