"""``sfv reconstruct``: keypoints, an image, or a published system's result file -> motion.npz."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.errors import SfvError
from sfv.ranges import Fps, Range, checked
from sfv.reconstruct.config import ReconstructConfig

if TYPE_CHECKING:
    from sfv.detect.keypoints import Keypoints
    from sfv.motion.body_motion import BodyMotion

_DEFAULT = ReconstructConfig()
_OUT = Path("motion.npz")
_IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")


COMMON = (
    "focal_px",
    "up_c",
    "min_seconds",
    "camera_moves",
    "init",
)
"""Settings that the short help shows too."""


@checked
def reconstruct(
    source: Annotated[Path, tyro.conf.Positional],
    out: Path = _OUT,
    person: str = "nearest",
    body: Path | None = None,
    fps: Fps | None = None,
    pictures: Path | None = None,
    video: str | None = None,
    spin: Annotated[int, Range(0, 100)] = 0,
    trust: bool = False,
    config: Annotated[ReconstructConfig, tyro.conf.arg(name="")] = _DEFAULT,
) -> None:
    """Recover body motion in a metric world (z up, ground at 0).

    Args:
        source: File that `sfv detect` wrote; or an image, for the pose in it; or a result file of 4D-Humans, PHALP,
            WHAM, GVHMR, TRAM, SLAHMR, PromptHMR or AMASS, which is brought into our world.
        out: File to write (.npz), a superset of AMASS; without it an older motion.npz is kept under a dated name. With
            --person all every person gets a file: motion_0.npz, motion_1.npz and so on.
        person: Person to reconstruct: nearest (feet lowest in the picture), longest, largest, left, right, a number
            that `sfv detect` printed, or all (in one world).
        body: Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv.
        fps: Frames a second of a result file that does not hold it.
        pictures: Folder for a film over the video, from the side and from above, curves, best and worst frames, and a report.
        video: Video for the pictures where the keypoints do not name it.
        spin: Rounds of SPIN's loop: the result teaches the regressor, which starts the fit anew.
        trust: Go on with a result file that cannot be what it says (another unit, another axis up, jumps), with a warning.
    """
    from sfv.detect.keypoints import SCHEMA
    from sfv.names import check_names, find_video
    from sfv.outputs import make_way, writable_folder, writable_npz
    from sfv.recognise import is_npz, schema_of

    if not source.exists():
        raise SfvError(
            f"there is no {source}; give what `sfv detect` wrote, an image, or a published system's result file"
        )
    check_names(body=body)
    film = None if video is None else find_video(video)
    out = writable_npz(out)
    if pictures is not None:
        writable_folder(pictures, "--pictures")
    keypoints, lies = None, []
    if source.suffix.lower() in _IMAGES:
        keypoints = _of_image(source)
    elif source.is_file() and is_npz(source) and schema_of(source) == SCHEMA:
        from sfv.detect.keypoints import Keypoints

        keypoints = Keypoints.load(source)
    if keypoints is None:
        from sfv.body.model import load_body
        from sfv.reconstruct.import_motion import import_motion

        given = load_body(body) if body else None
        motions = [import_motion(source, fps, "longest" if person == "nearest" else person, given, trust)]
    else:
        motions, lies = _fit(keypoints, person, config, body, spin)
    files = [out] if len(motions) == 1 else [out.with_stem(f"{out.stem}_{number}") for number in range(len(motions))]
    for motion, file in zip(motions, files):
        make_way(file, _OUT.with_name(file.name) if out == _OUT else _OUT)
        motion.save(file)
        print("\n".join([*motion.notes, f"wrote {file}"]))
    if lies:
        print("\n".join(lies))
    if pictures is not None:
        _draw(motions, keypoints, pictures, film)


def _of_image(path: Path) -> "Keypoints":
    from sfv.detect.config import DetectConfig
    from sfv.detect.run import detect

    return detect(path, DetectConfig())


def _fit(
    keypoints: "Keypoints", person: str, config: ReconstructConfig, body_file: Path | None, rounds: int
) -> tuple[list["BodyMotion"], list[str]]:
    """The motion of each person, and how far each body lies from the landmarks in the picture, in words."""
    from sfv.body.model import load_body
    from sfv.detect.describe import choose_person, describe
    from sfv.progress import shares, stage_progress
    from sfv.reconstruct.everybody import reconstruct_everybody
    from sfv.reconstruct.reconstruct import reconstruct as recover
    from sfv.reconstruct.report.agreement import agreement_words
    from sfv.reconstruct.spin import spin_and_recover

    body = load_body(body_file)
    if person == "all":
        if rounds:
            raise SfvError("--spin teaches the regressor one person; give --person NUMBER with it")
        with stage_progress("reconstruct") as progress:
            found = reconstruct_everybody(keypoints, config, body, shares(progress))
        print("\n".join(describe(keypoints)[number] for number in found))
        said = {number: agreement_words(motion, keypoints, body, number) for number, motion in found.items()}
        return list(found.values()), [f"person {number}: {line}" for number, lines in said.items() for line in lines]
    number = choose_person(keypoints, person)
    print(describe(keypoints)[number])
    chosen = keypoints.select(number)
    with stage_progress("reconstruct") as progress:
        if rounds:
            motion = spin_and_recover(chosen, config, body, rounds, shares(progress))
        else:
            motion = recover(chosen, config, body, shares(progress))
    return [motion], agreement_words(motion, keypoints, body, number)


def _draw(motions: Sequence["BodyMotion"], keypoints: "Keypoints | None", folder: Path, film: Path | None) -> None:
    from sfv.progress import stage_progress
    from sfv.render.recovery.pictures import draw_recovery

    named = Path(keypoints.video) if keypoints is not None and keypoints.video else None
    film = film or (named if named is not None and named.exists() else None)
    with stage_progress("pictures") as progress:
        drawn = draw_recovery(folder, motions, film, keypoints, progress=progress)
    print("\n".join([*(line for words in drawn.words for line in words), f"wrote {folder}"]))


def main(arguments: list[str]) -> None:
    """Parse and run."""
    parse(reconstruct, arguments, "sfv reconstruct", common=COMMON)
