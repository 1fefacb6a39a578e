"""``sfv run``: a video in; keypoints, motion, clip, policy, numbers, pictures and a report out."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.pipeline.config import ChainConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from sfv.motion.clip import Clip


COMMON = (
    "person", "character", "env", "body", "detect.keypoints", "detect.fps", "detect.start", "detect.stop",
    "reconstruct.focal_px", "retarget.cyclic", "learner.total_samples", "learner.worlds", "learner.seed",
    "learner.device", "learner.physics_threads",
)  # fmt: skip
"""Settings that the short help shows too."""


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
    """The config.toml of a folder that this command made: its settings become the defaults."""
    chain: Annotated[ChainConfig, tyro.conf.arg(name="")] = field(default_factory=ChainConfig)


def main(arguments: list[str]) -> None:
    """Parse, run the chain, print what came of it."""
    from sfv.cli.support.parse import parse_twice
    from sfv.names import check_names, find_video
    from sfv.storage.outputs import writable_folder

    def parse(better: "Callable[[RunArguments], RunArguments]") -> RunArguments:
        return parse_twice(RunArguments, arguments, "sfv run", RunArguments(video=tyro.MISSING), better, COMMON)

    given = parse(_from_file)
    video = find_video(given.video)
    check_names(given.chain.character, given.chain.env, given.chain.body)
    from sfv.pipeline.run import free_folder, run_chain, suited

    def suits(clip: "Clip") -> ChainConfig:
        return parse(lambda first: replace(first, chain=suited(clip, first.chain))).chain

    folder = writable_folder(given.out or free_folder(video, given.chain))
    made = run_chain(video, folder, given.chain, given.video, None if given.config else suits, given.trust)
    print("\n".join([*made.words, f"report: {made.report}"]))


def _from_file(given: RunArguments) -> RunArguments:
    """Defaults from --config."""
    if given.config is None:
        return given
    from sfv.config_file import read_settings

    return replace(given, chain=read_settings(ChainConfig, given.config, "chain"))
