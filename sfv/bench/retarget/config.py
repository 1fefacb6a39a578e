"""Which clips and characters are measured."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from sfv.bench.results import FOLDER


@dataclass(frozen=True)
class RetargetBenchConfig:
    """Measure how well motion-capture clips are retargeted to characters. Clips that were retargeted before are not made
    again."""

    clips: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Names of motion-capture clips (walk, run, ...); all of them when left out."""
    characters: tuple[str, ...] = ("humanoid", "atlas", "g1")
    """Characters to measure; for the humanoid the clips are measured as they are read."""
    sheets: bool = True
    """Draw contact sheets."""
    out: Path = FOLDER
    """Folder of the result files."""
