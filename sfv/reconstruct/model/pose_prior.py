"""Usual poses as a mixture of Gaussians over the bends of a frame; the most likely component counts, as in SMPLify.

The parameters that ship are learned by scripts/build_pose_prior.py from CMU's and DeepMimic's motion capture, without the clips
of the benchmarks: 12 components with full covariances. A pose of a family of clips that was held out (five folds) gets a
log-likelihood of 1.18 nats on average, and of -2.16 from a single Gaussian.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from sfv.errors import FileFormatError
from sfv.files import load_npz
from sfv.reconstruct.model.skeleton import BALLS, HINGES

FILE = Path(__file__).parent / "pose_prior.npz"
"""Made by scripts/build_pose_prior.py."""
SCHEMA, VERSION = "sfv.pose_prior", 1


@dataclass(frozen=True)
class PosePrior:
    """A mixture of K Gaussians over the 36 bends of a frame (skeleton.LAYOUT without the pelvis)."""

    means: Tensor
    """Shape (K, 36)."""
    precision_cholesky: Tensor
    """Lower triangular factors L with precision L^T L. Shape (K, 36, 36)."""
    log_weights: Tensor
    """Log of weight times the Gaussian's height at its mean, less the greatest of them, so that no energy is below zero. Shape (K,)."""

    def components(self, numbers: Tensor) -> Tensor:
        """Energy of every component: 0.5 |L (x - mean)|^2 - log_weight. Shape (T, 36) -> (T, K)."""
        away = numbers[:, None] - self.means.to(numbers)
        scaled = torch.einsum("kij,tkj->tki", self.precision_cholesky.to(numbers), away)
        return 0.5 * scaled.square().sum(-1) - self.log_weights.to(numbers)

    def energy(self, numbers: Tensor) -> Tensor:
        """Energy of the most likely component; 18 is an ordinary pose. Shape (T, 36) -> (T,)."""
        return self.components(numbers).min(1).values


def number_names() -> tuple[str, ...]:
    """Names of the 36 numbers in order: "spine x", ..., "left_elbow", ..."""
    return (*(f"{ball} {axis}" for ball in BALLS for axis in "xyz"), *HINGES)


@cache
def pose_prior(path: Path = FILE) -> PosePrior:
    """The prior that ships, or another file of the script. Raises FileFormatError."""
    data = load_npz(path, SCHEMA, VERSION, ("number_names", "means", "precision_cholesky", "log_weights"))
    names = [str(name) for name in data["number_names"]]
    missing = [name for name in number_names() if name not in names]
    if missing or len(names) != len(number_names()):
        raise FileFormatError(
            f"{path} is not a pose prior of this skeleton ({', '.join(missing) or 'numbers too many'}); build it again"
        )
    if names != list(number_names()):
        raise FileFormatError(
            f"{path} has its numbers in another order; build it again with scripts/build_pose_prior.py"
        )
    return PosePrior(*(torch.as_tensor(data[key]).float() for key in ("means", "precision_cholesky", "log_weights")))
