"""``sfv hmr``: train the regressor that starts a reconstruction, or teach it a user's own clips."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sfv.reconstruct.hmr.config import RegressorTrainConfig, SpinConfig

if TYPE_CHECKING:
    from sfv.motion.body_motion import BodyMotion

_OUT = Path("hmr_weights.npz")


@dataclass(frozen=True)
class TrainArguments:
    """Train the regressor on landmarks made from motion capture. The same command goes on with a run that was interrupted."""

    mocap: Path
    """Folder of motion capture: DeepMimic .txt or .json, AMP .npz, Acclaim .amc with .asf, AMASS .npz; also .xz."""
    out: Path = Path("runs/hmr")
    """Run folder: weights.npz, progress.csv, checkpoint.npz."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to train: a GPU if there is one, by default."""
    trust: bool = False
    """Train also on motions that cannot be what they say (another unit, another axis up, jumps), which are left out otherwise."""
    config: Annotated[RegressorTrainConfig, tyro.conf.arg(name="")] = field(default_factory=RegressorTrainConfig)


@dataclass(frozen=True)
class FinetuneArguments:
    """SPIN's loop, one round: the bodies that `sfv reconstruct` optimised teach the regressor."""

    keypoints: tuple[Path, ...]
    """What `sfv detect` wrote, one file for each motion."""
    motions: tuple[Path, ...]
    """What `sfv reconstruct` made of them."""
    out: Path = _OUT
    """Weights to write."""
    weights: Path | None = None
    """Weights to go on from; those that ship by default."""
    person: str = "nearest"
    """Whom the motions show: nearest, longest, largest, left, right, or a number that `sfv detect` printed."""
    body: Path | None = None
    """Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv."""
    config: Annotated[SpinConfig, tyro.conf.arg(name="")] = field(default_factory=SpinConfig)


@dataclass(frozen=True)
class CheckArguments:
    """Errors of the regressor on clips it was not trained on, with exact and with noisy landmarks from three sides."""

    mocap: Path
    """Folder of motion capture that holds the held-out clips."""
    weights: Path | None = None
    """Weights to check; those that ship by default."""
    config: Annotated[RegressorTrainConfig, tyro.conf.arg(name="")] = field(default_factory=RegressorTrainConfig)


def main(arguments: list[str]) -> None:
    """Parse and run."""
    verbs = {"train": TrainArguments, "finetune": FinetuneArguments, "check": CheckArguments}
    given = tyro.extras.subcommand_cli_from_dict(verbs, args=arguments, prog="sfv hmr")
    if isinstance(given, TrainArguments):
        train(given)
    elif isinstance(given, FinetuneArguments):
        finetune(given)
    else:
        check(given)


def train(given: TrainArguments) -> None:
    """Train and say where the weights are and how good they are."""
    from sfv.cli.inputs import writable_folder

    _check_folder(given.mocap)
    folder = writable_folder(given.out)
    import torch

    from sfv.body import load_body
    from sfv.errors import SfvError
    from sfv.motion.plausible import sift
    from sfv.progress import console, stage_progress
    from sfv.reconstruct.hmr.training.curve import plot_curve
    from sfv.reconstruct.hmr.training.train import LOG, train_hmr

    if given.device == "cuda" and not torch.cuda.is_available():
        raise SfvError("there is no CUDA device; leave --device out")
    device = "cuda" if given.device != "cpu" and torch.cuda.is_available() else "cpu"
    clips, lines = sift(_clips(given.mocap), given.trust)
    for line in lines:
        console.print(line, soft_wrap=True)
    with stage_progress("train the regressor") as progress:
        weights = train_hmr(given.config, clips, load_body(name="open"), folder, device, progress)
    plot_curve(folder / LOG, folder / "curve.png", "sfv hmr train")
    print(f"wrote {weights}")


def _check_folder(mocap: Path) -> None:
    if not mocap.is_dir():
        from sfv.errors import SfvError

        reason = "is a file" if mocap.exists() else "does not exist"
        raise SfvError(f"{mocap} {reason}; give a folder of motion capture with --mocap")


def _clips(folder: Path) -> "dict[str, BodyMotion]":
    """Motion capture of a folder, all on the open body, which the regressor learns."""
    from sfv.motion.mocap.folder import read_mocap
    from sfv.reconstruct.import_motion import on_a_body_that_is_there

    return {name: on_a_body_that_is_there(motion) for name, motion in read_mocap(folder, print).items()}


def finetune(given: FinetuneArguments) -> None:
    """Teach and write the weights."""
    from sfv.cli.inputs import check_file, check_names, make_way, writable_npz
    from sfv.recognise import schema_of

    for path in given.keypoints:
        schema_of(check_file(path, "what `sfv detect` wrote"), "keypoints.npz of sfv")
    for path in given.motions:
        schema_of(check_file(path, "what `sfv reconstruct` wrote"), "motion.npz of sfv, AMASS (.npz)")
    if given.weights is not None:
        check_file(given.weights, "weights that `sfv hmr train` wrote")
    check_names(body=given.body)
    out = writable_npz(given.out)
    from sfv.body import load_body
    from sfv.detect.describe import choose_person
    from sfv.detect.keypoints import Keypoints
    from sfv.motion.body_motion import BodyMotion
    from sfv.progress import stage_progress
    from sfv.reconstruct.hmr.training.spin import spin
    from sfv.reconstruct.hmr.weights import load_weights, save_weights

    everybody = [Keypoints.load(path) for path in given.keypoints]
    people = [keypoints.select(choose_person(keypoints, given.person)) for keypoints in everybody]
    motions = [BodyMotion.load(path) for path in given.motions]
    with stage_progress("teach the regressor"):
        weights = spin(people, motions, load_weights(given.weights), given.config, load_body(given.body))
    make_way(out, _OUT)
    save_weights(out, weights, f"sfv hmr finetune, {len(motions)} motions")
    print(f"wrote {out}")


def check(given: CheckArguments) -> None:
    """Measure and print a table."""
    from sfv.cli.inputs import check_file

    _check_folder(given.mocap)
    if given.weights is not None:
        check_file(given.weights, "weights that `sfv hmr train` wrote")
    from sfv.body import load_body
    from sfv.errors import SfvError
    from sfv.reconstruct.hmr.training.validate import measure
    from sfv.reconstruct.hmr.weights import load_weights

    clips, body, network = _clips(given.mocap), load_body(name="open"), load_weights(given.weights).regressor
    exact, noisy = (measure(network, clips, given.config, body, noise) for noise in (None, given.config.noise))
    if not exact:
        raise SfvError(f"{given.mocap} holds none of the held-out clips {', '.join(given.config.motion.held_out)}")
    print("| clip | exact: MPJPE | PA-MPJPE | noisy: MPJPE | PA-MPJPE |\n|---|---|---|---|---|")
    rows = {name: [*exact[name], *noisy[name]] for name in exact}
    rows["mean"] = [sum(column) / len(rows) for column in zip(*rows.values())]
    for name, values in rows.items():
        print(f"| {name} | {' | '.join(f'{value:.0f}' for value in values)} |")
