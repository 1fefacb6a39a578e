"""``sfv train``: clip.npz -> run folder."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.support.parse import parse_twice
from sfv.learn.config import RunConfig

if TYPE_CHECKING:
    pass


COMMON = (
    "character", "env", "from", "physics.substeps", "learner.total_samples", "learner.worlds", "learner.hidden",
    "learner.seed", "learner.device", "learner.physics_threads",
)  # fmt: skip
"""Settings that the short help shows too."""


@dataclass(frozen=True)
class TrainArguments:
    """Train a policy that imitates a clip. The same command goes on with a run that was interrupted; with more samples
    (--learner.total-samples) it goes on with one that is finished.

    Settings that are not given follow the clip: what is not cyclic gets physics at 1/240 s and more samples; a GPU gets more worlds.
    """

    clip: Annotated[tuple[str, ...], tyro.conf.Positional]
    """A clip.npz, or a motion-capture clip among the assets (humanoid3d_walk ...); several make one policy that does
    all of them (--imitation.failure-weight 0.5 draws those more often that fail)."""
    out: Path | None = None
    """Run folder; runs/<clip>_<character>_<environment> by default, with a number behind it where that holds another training."""
    restart: bool = False
    """Train anew: what the run folder holds is kept beside it under a dated name."""
    trust: bool = False
    """Train on a clip that cannot be what it says (quaternions in another order, another unit, jumps) all the same, with a warning."""
    config: Path | None = None
    """The config.toml of a run folder: its settings become the defaults."""
    run: Annotated[RunConfig, tyro.conf.arg(name="")] = field(default_factory=RunConfig)


def main(arguments: list[str]) -> None:
    """Parse and train."""
    default = TrainArguments(clip=tyro.MISSING)
    given = parse_twice(TrainArguments, arguments, "sfv train", default, _better, COMMON)
    import sfv

    sfv.train(given.clip, given.out, restart=given.restart, trust=given.trust, config=given.run, log=print)


def _better(given: TrainArguments) -> TrainArguments:
    """Defaults from --config, or else those that suit the clips."""
    from sfv.config_file import read_settings
    from sfv.front.train import suited

    if given.config is not None:
        return replace(given, run=read_settings(RunConfig, given.config, "run"))
    return replace(given, run=suited(given.clip, given.run, given.trust))
