"""What is recovered and compared, and where the results go."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sfv.bench.results import FOLDER


@dataclass(frozen=True)
class RecoveryBenchConfig:
    """Recover motions whose truth is known, from four calibrated cameras and from rendered clips; write the errors.

    Keypoints and motions in the work folder are not made again while code and settings are the same; delete its videos to have
    them rendered anew.
    """

    set: Literal["real", "synthetic", "exact", "parkour", "all"] = "all"
    """Set of videos: those of four calibrated cameras (real), rendered motion capture (synthetic), its scenes with the true landmarks
    in place of a film (exact), films of parkour with motion-capture truth that you have (parkour, with --films), or the first two (all)."""
    films: Path | None = None
    """Folder of the parkour films and their truth.npz."""
    clips: tuple[str, ...] = ()
    """Clips of the synthetic set; all of them when left out."""
    views: tuple[str, ...] = ()
    """Views of the synthetic set: front, side, oblique; all of them when left out."""
    backgrounds: tuple[str, ...] = ()
    """Backgrounds of the synthetic set: plain, cluttered; both when left out."""
    methods: tuple[str, ...] = ()
    """Methods to compare: raw, smoothed, ours, ours:hmr, ours:landmarks, ours:taylor; all of them when left out."""
    modes: bool = True
    """Compare detection modes too, on the clips with inverted bodies."""
    work: Path = Path("runs/bench/reconstruct")
    """Folder of videos, keypoints and motions."""
    out: Path = FOLDER
    """Folder of the result files."""


@dataclass(frozen=True)
class AblationConfig:
    """Recover the same videos with one term of the energy off, or one start only, at a time; camera known."""

    set: Literal["real", "synthetic", "all"] = "all"
    """Set of videos: those of four calibrated cameras (real), rendered motion capture (synthetic), or both (all)."""
    clips: tuple[str, ...] = ()
    """Clips of the synthetic set; all of them when left out."""
    views: tuple[str, ...] = ()
    """Views of the synthetic set: front, side, oblique; all of them when left out."""
    backgrounds: tuple[str, ...] = ("plain",)
    """Backgrounds of the synthetic set: plain, cluttered."""
    changes: tuple[str, ...] = ()
    """Rows of the table; all of them when left out."""
    work: Path = Path("runs/bench/reconstruct")
    """Folder of videos, keypoints and motions, shared with ``sfv bench reconstruct``."""
    out: Path = FOLDER
    """Folder of the result files."""
