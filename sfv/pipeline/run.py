"""The whole chain: a video in; keypoints, motion, clip, policy, numbers, pictures and a report out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sfv.config_file import to_toml
from sfv.files import write_text
from sfv.motion.clip import Clip
from sfv.pipeline.chain import Chain
from sfv.pipeline.config import ChainConfig, with_defaults
from sfv.pipeline.contents import file_digest
from sfv.pipeline.report import chain_report
from sfv.pipeline.stages import recorded_inputs
from sfv.storage.lock import locked
from sfv.storage.safe_names import run_name
from sfv.system.machine import machine
from sfv.system.progress import log as log_line


@dataclass(frozen=True)
class Finished:
    """What a chain has made."""

    folder: Path
    """Folder of all artefacts."""
    words: list[str]
    """What the evaluation found, line by line."""

    @property
    def report(self) -> Path:
        """The report, Markdown."""
        return self.folder / "report.md"


Suits = Callable[[Clip], ChainConfig]
"""Settings of the training for the clip that the stages before have made."""


def run_chain(
    video: Path,
    folder: Path,
    config: ChainConfig,
    name: str | None = None,
    suits: Suits | None = None,
    trust: bool = False,
    log: Callable[[str], None] = log_line,
) -> Finished:
    """Run every stage that is not done in ``folder`` and write config.toml and report.md.

    Args:
        video: What is learned from: a video file or a folder of images.
        folder: Folder of the artefacts, which is made where it is not there; refused while another process works in it.
        config: Settings of all stages.
        name: What the report calls the video; its path by default.
        suits: Gives the settings after the clip is made; ``config`` as it is without it.
        trust: Go on with a motion that cannot be what it says.
        log: Gets each line that a person reads meanwhile.

    Raises:
        SfvError: For what cannot be read, found or done.
    """
    name = name or str(video)
    with locked(folder):
        chain = Chain(video, folder, config, log, trust=trust)
        chain.check()
        chain.detect()
        chain.reconstruct()
        chain.retarget()
        if suits is not None:
            chain.config = suits(Clip.load(folder / "clip.npz"))
        write_text(folder / "config.toml", to_toml({"video": name, "chain": chain.config}))
        chain.train()
        chain.evaluate()
        chain.render()
        write_text(folder / "report.md", chain_report(name, chain.facts, machine()))
    return Finished(folder, chain.facts["evaluate"]["words"])


def suited(clip: Clip, config: ChainConfig) -> ChainConfig:
    """``config`` with training settings that suit the clip: shorter physics steps for one that is not cyclic, and so on."""
    from sfv.learn.defaults import defaults_for

    return with_defaults(config, defaults_for(clip, config.training()))


def free_folder(video: Path, config: ChainConfig) -> Path:
    """Default folder: the first of runs/NAME, runs/NAME_2 ... that is free or was made from this very video."""
    plain, mine = Path("runs") / run_name([video.stem], config.character, config.env), [file_digest(video)]
    folder, number = plain, 1
    while recorded_inputs(folder, "detect") not in (None, mine):
        number += 1
        folder = plain.with_name(f"{plain.name}_{number}")
    return folder
