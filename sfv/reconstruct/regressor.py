"""The regressor that starts a reconstruction: train it, teach it a user's own clips, check it. What ``sfv hmr`` does.

Each function looks at names and files before it loads anything heavy.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sfv.errors import SfvError
from sfv.reconstruct.hmr.config import RegressorTrainConfig, SpinConfig
from sfv.storage.outputs import writable_folder
from sfv.system.progress import log, stage_progress

if TYPE_CHECKING:
    from sfv.motion.body_motion import BodyMotion
    from sfv.reconstruct.hmr.weights import Weights


def train_regressor(
    mocap: Path | Sequence[Path],
    out: Path,
    config: RegressorTrainConfig,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    trust: bool = False,
    start_from: Path | None = None,
) -> Path:
    """Train the regressor on landmarks made from motion capture; a run that was interrupted goes on.

    Args:
        mocap: Folder of motion capture, or several.
        out: Run folder.
        config: Settings of the training.
        device: Where to train; a GPU if there is one by default.
        trust: Train also on motions that cannot be what they say.
        start_from: File of weights to begin with.

    Returns:
        The file of weights.

    Raises:
        SfvError: Without motion capture, or without the device.
    """
    folders = _folders(mocap)
    folder = writable_folder(out)
    import torch

    from sfv.body import load_body
    from sfv.motion.plausible import sift
    from sfv.reconstruct.hmr.training.curve import plot_curve
    from sfv.reconstruct.hmr.training.split import trained_on
    from sfv.reconstruct.hmr.training.train import LOG, train_hmr
    from sfv.reconstruct.hmr.weights import load_weights

    start = None if start_from is None else load_weights(start_from)
    if device == "cuda" and not torch.cuda.is_available():
        raise SfvError("there is no CUDA device; leave --device out")
    chosen = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    clips, lines = sift(_clips(folders), trust)
    kept, others = trained_on(clips, config.motion)
    log(
        "\n".join(
            [
                *lines,
                *others,
                f"{len(kept)} clips are trained on, {sum(one.seconds for one in kept.values()) / 60:.0f} minutes",
            ]
        )
    )
    clips = kept | {name: clips[name] for name in config.motion.held_out if name in clips}
    config = replace(
        config, motion=replace(config.motion, copy_mm=0, alike_mm=0, alike_too_mm=0)
    )  # they are out already
    with stage_progress("train the regressor") as progress:
        weights = train_hmr(config, clips, load_body(name="open"), folder, chosen, progress, start)
    plot_curve(folder / LOG, folder / "curve.png", "sfv hmr train")
    return weights


def finetune_regressor(
    keypoints: Sequence[Path],
    motions: Sequence[Path],
    weights: Path | None,
    config: SpinConfig,
    person: str = "nearest",
    body: Path | None = None,
) -> "Weights":
    """One round of SPIN's loop: the bodies that were optimised teach the regressor.

    Args:
        keypoints: What was detected, one file for each motion.
        motions: What was made of them.
        weights: Weights to go on from; those that ship by default.
        config: Settings of the loop.
        person: Whom the motions show.
        body: Body model file in SMPL's format.

    Raises:
        SfvError: For files that do not belong together.
    """
    from sfv.body import load_body
    from sfv.detect.describe import choose_person
    from sfv.detect.keypoints import Keypoints
    from sfv.motion.body_motion import BodyMotion
    from sfv.reconstruct.hmr.training.spin import spin
    from sfv.reconstruct.hmr.weights import load_weights

    everybody = [Keypoints.load(path) for path in keypoints]
    people = [one.select(choose_person(one, person)) for one in everybody]
    found = [BodyMotion.load(path) for path in motions]
    with stage_progress("teach the regressor"):
        return spin(people, found, load_weights(weights), config, load_body(body))


@dataclass(frozen=True)
class RegressorErrors:
    """Errors on one clip, millimetres."""

    exact: tuple[float, float]
    """MPJPE and PA-MPJPE with exact landmarks."""
    noisy: tuple[float, float]
    """The same with noisy ones."""


def check_regressor(
    mocap: Path | Sequence[Path], weights: Path | None, config: RegressorTrainConfig
) -> dict[str, RegressorErrors]:
    """Errors on each clip of ``mocap`` that is held out from training. Raises SfvError where there is none."""
    folders = _folders(mocap)
    from sfv.body import load_body
    from sfv.reconstruct.hmr.training.validate import measure
    from sfv.reconstruct.hmr.weights import load_weights

    clips, body, network = _clips(folders), load_body(name="open"), load_weights(weights).regressor
    exact, noisy = (measure(network, clips, config, body, noise) for noise in (None, config.noise))
    if not exact:
        raise SfvError(
            f"{', '.join(map(str, folders))} holds none of the held-out clips {', '.join(config.motion.held_out)}"
        )
    return {name: RegressorErrors(exact[name], noisy[name]) for name in exact}


def _folders(mocap: Path | Sequence[Path]) -> list[Path]:
    """The folders that are named. Raises SfvError for one that is none."""
    folders = [mocap] if isinstance(mocap, Path) else list(mocap)
    for folder in folders:
        if not folder.is_dir():
            reason = "is a file" if folder.exists() else "does not exist"
            raise SfvError(f"{folder} {reason}; give folders of motion capture with --mocap")
    return folders


def _clips(folders: Sequence[Path]) -> "dict[str, BodyMotion]":
    """Motion capture of all folders on the open body, which the regressor learns; a name that is taken gets its folder's before it."""
    from sfv.motion.mocap.folder import read_mocap
    from sfv.reconstruct.import_motion import on_a_body_that_is_there

    clips: dict[str, BodyMotion] = {}
    for folder in folders:
        for name, motion in read_mocap(folder, print).items():
            clips[name if name not in clips else f"{folder.name}_{name}"] = on_a_body_that_is_there(motion)
    return clips
