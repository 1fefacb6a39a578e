"""Learn the prior of usual poses from a folder of motion capture and write sfv/reconstruct/model/pose_prior.npz.

    python scripts/build_pose_prior.py FOLDER

The clips that the benchmarks recover are left out, with the same motions under other names and whatever comes too near to them;
so are frames in which the capture failed. Each family of clips counts at most for FAMILY_POSES poses, every pose once more in
the mirror. Joints that no capture resolves (collars, balls of the feet) keep the plain Gaussian of ``sfv.reconstruct.model.limits``.
Printed: the mean log-likelihood of families held out in turn, for the mixture and for a single Gaussian.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro

from sfv.files import save_npz
from sfv.motion.mocap.folder import read_mocap
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.model.from_smpl import POSE_NUMBERS, skeleton_numbers
from sfv.reconstruct.model.limits import limits, usual_pose
from sfv.reconstruct.model.mixture import Mixture, fit_mixture
from sfv.reconstruct.model.pose_prior import FILE, SCHEMA, VERSION, number_names

BENCHMARKS = ("walk", "run", "cartwheel", "backflip", "spinkick", "roll", "dance_a", "crawl")
SAME = ("amp_walk", "amp_run", "amp_cartwheel", "amp_backflip", "amp_dance")
"""Motions of BENCHMARKS under other names."""
NEAR, NEAR_FRAMES = 0.1, 15
"""A clip with stretches of half a second that differ from a benchmark's by less than this, in the median, is the same motion. Radians."""
FPS = 30.0
POSE_FPS = 15.0
"""Poses are taken so often: neighbours tell little that is new."""
FAILED = 0.3
"""A joint so far beyond its limits is a fault of the capture, radians."""
FAMILY_POSES = 400
UNRESOLVED = ("collar", "foot")
FLOOR = 0.25
"""Least standard deviation of a number in any component, as a share of its usual deviation."""
TWIST_FLOOR = 0.5
"""The same for the twist of the neck, which differs between the skeletons of the captures."""
COMPONENTS, SUPPORT, STEPS, SEED, FOLDS = 12, 40.0, 25, 0, 5

Families = dict[str, np.ndarray]
"""Name of a family -> its poses (N, 36)."""


@dataclass(frozen=True)
class Weighted:
    """Poses and how much each counts."""

    numbers: np.ndarray
    importance: np.ndarray


def family(name: str) -> str:
    """Takes of one motion by one system: run_left03 -> run; the takes of the CMU database are families of their own."""
    return name if name[0].isdigit() else re.sub(r"(_forward|_left|_right)?\d+$", "", name)


def nearness(clip: np.ndarray, benchmark: np.ndarray) -> float:
    """Median over stretches of ``benchmark`` (T, 36) of the least RMS difference from any stretch of ``clip`` (T, 36), radians."""
    window = min(NEAR_FRAMES, len(benchmark))
    if len(clip) < window:
        return np.inf
    a, b = (np.lib.stride_tricks.sliding_window_view(x, window, axis=0) for x in (benchmark, clip))
    a, b = a[::5].reshape(-1, POSE_NUMBERS * window), b.reshape(-1, POSE_NUMBERS * window)
    squared = np.square(a).sum(1)[:, None] + np.square(b).sum(1) - 2 * a @ b.T
    return float(np.median(np.sqrt(np.maximum(squared.min(1), 0.0) / a.shape[1])))


def poses_by_family(folder: Path) -> Families:
    """Usable poses, without benchmarks and what resembles them."""
    low, high = (limit[-POSE_NUMBERS:].numpy() for limit in limits())
    judged = np.array([not any(part in name for part in UNRESOLVED) for name in number_names()])
    numbers, rates = {}, {}
    for name, motion in read_mocap(folder, print).items():
        keep = np.round(np.arange(0, len(motion) - 0.5, motion.fps / FPS)).astype(int)
        numbers[name] = skeleton_numbers(rotvec_to_rotmat(torch.from_numpy(motion.poses[keep]))).numpy()
        rates[name] = min(FPS, motion.fps)
    families: dict[str, list[np.ndarray]] = {}
    for name, clip in numbers.items():
        if name in BENCHMARKS or name in SAME:
            continue
        nearest = min((nearness(clip, numbers[other]), other) for other in BENCHMARKS if other in numbers)
        if nearest[0] < NEAR:
            print(f"{name} is left out: {nearest[0]:.3f} rad from {nearest[1]}")
            continue
        poses = clip[:: max(1, round(rates[name] / POSE_FPS))]
        beyond = np.maximum(low - poses, 0) + np.maximum(poses - high, 0)
        families.setdefault(family(name), []).append(poses[(beyond[:, judged] < FAILED).all(1)])
    return {name: np.concatenate(clips) for name, clips in families.items()}


def mirrored(numbers: np.ndarray) -> np.ndarray:
    """The poses seen in a mirror. Shape (N, 36)."""
    names = list(number_names())
    across = [names.index(name.replace("left", "#").replace("right", "left").replace("#", "right")) for name in names]
    sign = np.array([-1.0 if name.endswith((" y", " z")) else 1.0 for name in names])
    return numbers[:, across] * sign


def gathered(families: Families, names: list[str]) -> Weighted:
    """Poses of some families with their mirror images; each family weighs at most FAMILY_POSES of each."""
    numbers = [np.concatenate([families[name], mirrored(families[name])]) for name in names]
    weights = [np.full(len(x), min(1.0, 2 * FAMILY_POSES / len(x))) for x in numbers]
    return Weighted(np.concatenate(numbers), np.concatenate(weights))


def floors() -> np.ndarray:
    """Least deviation of each number. Shape (36,)."""
    share = np.array([TWIST_FLOOR if name == "neck y" else FLOOR for name in number_names()])
    return share * usual_pose()[1][-POSE_NUMBERS:].numpy()


def learn(poses: Weighted, resolved: np.ndarray, count: int) -> Mixture:
    """Mixture over the resolved numbers."""
    return fit_mixture(poses.numbers[:, resolved], poses.importance, count, floors()[resolved], SUPPORT, STEPS, SEED)


def held_out(families: Families, resolved: np.ndarray, count: int) -> float:
    """Mean log-likelihood of poses of families that were not learned from, nats a pose."""
    order = np.random.default_rng(SEED).permutation(sorted(families))
    scores = []
    for fold in np.array_split(order, FOLDS):
        mixture = learn(gathered(families, [name for name in order if name not in fold]), resolved, count)
        test = gathered(families, list(fold))
        scores.append(np.average(mixture.log_likelihood(test.numbers[:, resolved]), weights=test.importance))
    return float(np.mean(scores))


def completed(mixture: Mixture, resolved: np.ndarray) -> Mixture:
    """All 36 numbers: the others are independent and as usual."""
    mean, deviation = (value[-POSE_NUMBERS:].double().numpy() for value in usual_pose())
    count = len(mixture.weights)
    means = np.tile(mean, (count, 1))
    covariances = np.tile(np.diag(deviation**2), (count, 1, 1))
    means[:, resolved] = mixture.means
    covariances[np.ix_(np.arange(count), resolved, resolved)] = mixture.covariances
    return Mixture(mixture.weights, means, covariances)


def main(folder: Annotated[Path, tyro.conf.Positional], out: Path = FILE, check: bool = True) -> None:
    """Learn the prior.

    Args:
        folder: Motion capture in any format that sfv reads.
        out: File to write.
        check: Also learn without each fifth of the families, to see how well the rest foretells it.
    """
    families = poses_by_family(folder)
    resolved = np.array([k for k, name in enumerate(number_names()) if not any(part in name for part in UNRESOLVED)])
    poses = gathered(families, sorted(families))
    print(
        f"{len(families)} families, {len(poses.numbers) // 2} poses, {len(resolved)} of {POSE_NUMBERS} numbers resolved"
    )
    if check:
        for count in (1, COMPONENTS):
            print(f"{count} components: {held_out(families, resolved, count):.2f} nats a held-out pose")
    mixture = completed(learn(poses, resolved, COMPONENTS), resolved)
    factors = mixture.factors()
    heights = np.log(mixture.weights) + np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(1)
    save_npz(
        out,
        SCHEMA,
        VERSION,
        {
            "number_names": np.asarray(number_names()),
            "means": mixture.means.astype(np.float32),
            "precision_cholesky": factors.astype(np.float32),
            "log_weights": (heights - heights.max()).astype(np.float32),
        },
    )
    print(f"{out}: {out.stat().st_size / 1e3:.0f} kB, weights {np.round(np.sort(mixture.weights)[::-1], 3)}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    tyro.cli(main)
