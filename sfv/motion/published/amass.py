"""AMASS as one of the published formats; see ``sfv.motion.amass``, which reads it."""

from pathlib import Path
from typing import Any

import numpy as np

from sfv.motion.amass import is_amass, read_amass
from sfv.motion.published.motion import PublishedMotion

NAME = "AMASS (.npz)"


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return is_amass(content)


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """The person in the file."""
    found = read_amass(content, path)
    return [PublishedMotion(
        "AMASS", "0", np.arange(len(found.trans)), found.poses, found.trans, found.betas, np.eye(3), np.zeros(3),
        body=found.body, fps=found.fps, gender=found.gender, ground=0.0,
    )]  # fmt: skip
