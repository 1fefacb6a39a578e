"""``sfv.reconstruct``: keypoints become the motion of a body in a metric world."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, overload

from sfv.errors import SfvError
from sfv.front.outputs import path_of, ready
from sfv.front.settings import Log, quiet, with_settings
from sfv.names import as_body, check_names, find_video
from sfv.ranges import Fps, Range, checked
from sfv.reconstruct.config import ReconstructConfig
from sfv.storage.outputs import writable_folder, writable_npz

if TYPE_CHECKING:
    from sfv.body.model import Body
    from sfv.detect.keypoints import Keypoints
    from sfv.motion.body_motion import BodyMotion

_IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")


@overload
def reconstruct(  # pyright: ignore[reportOverlappingOverload]  # "all" is a str too, and the only one that gives a list
    source: "Keypoints | str | Path",
    out: str | Path | None = None,
    *,
    person: Literal["all"],
    body: "Body | str | Path | None" = None,
    fps: float | None = None,
    pictures: str | Path | None = None,
    video: str | Path | None = None,
    spin: int = 0,
    trust: bool = False,
    config: ReconstructConfig | None = None,
    keep_older: bool = False,
    log: Log = quiet,
    **settings: Any,
) -> "list[BodyMotion]": ...


@overload
def reconstruct(
    source: "Keypoints | str | Path",
    out: str | Path | None = None,
    *,
    person: str | int = "nearest",
    body: "Body | str | Path | None" = None,
    fps: float | None = None,
    pictures: str | Path | None = None,
    video: str | Path | None = None,
    spin: int = 0,
    trust: bool = False,
    config: ReconstructConfig | None = None,
    keep_older: bool = False,
    log: Log = quiet,
    **settings: Any,
) -> "BodyMotion": ...


@checked
def reconstruct(
    source: "Keypoints | str | Path",
    out: str | Path | None = None,
    *,
    person: str | int = "nearest",
    body: "Body | str | Path | None" = None,
    fps: Fps | None = None,
    pictures: str | Path | None = None,
    video: str | Path | None = None,
    spin: Annotated[int, Range(0, 100)] = 0,
    trust: bool = False,
    config: ReconstructConfig | None = None,
    keep_older: bool = False,
    log: Log = quiet,
    **settings: Any,
) -> "BodyMotion | list[BodyMotion]":
    """Recover body motion in a metric world (z up, ground at 0).

    Args:
        source: Keypoints, or the path of a keypoints.npz, of an image (for the pose in it), or of a result file of 4D-Humans,
            PHALP, WHAM, GVHMR, TRAM, SLAHMR, PromptHMR or AMASS, which is carried into our world.
        out: File to write (motion.npz); with ``person="all"`` one file for each person (motion_0.npz ...). None writes nothing.
        person: Whom: nearest, longest, largest, left, right, a number, or all (in one world).
        body: Body model, or its file in SMPL's format; None is $SFV_BODY, then the open body that ships with sfv.
        fps: Frames a second of a result file that does not hold it.
        pictures: Folder for a film over the video, from the side and from above, curves, best and worst frames, and a report.
        video: Video for the pictures where the keypoints do not name it.
        spin: Rounds of SPIN's loop: the result teaches the regressor, which starts the fit anew.
        trust: Go on with a result file that cannot be what it says, with a warning.
        config: Settings of the fit.
        keep_older: Keep what lies at ``out`` under a dated name instead of replacing it.
        log: Called with each line about whom was recovered and how well the body agrees with the picture.
        settings: Single fields of ``ReconstructConfig``, which win over ``config``.

    Returns:
        The motion of one person; with ``person="all"`` a list with that of each.

    Raises:
        NoPersonError: There is no such person, or they are seen too briefly.
        FileFormatError: The file is of no kind that is read here.
        SfvError: A name or a setting is unknown.
        DivergedError: The fit left the finite numbers.
    """
    person = str(person)
    if isinstance(source, (str, Path)):
        source = Path(source).expanduser()
        if not source.exists():
            raise SfvError(
                f"there is no {source}; give what `sfv detect` wrote, an image, or a published system's result file"
            )
    if body is None or isinstance(body, (str, Path)):
        check_names(body=body)
    film, target, drawn = None if video is None else find_video(video), path_of(out), path_of(pictures)
    config = with_settings(config or ReconstructConfig(), settings)
    if target is not None:
        target = writable_npz(target)
    if drawn is not None:
        writable_folder(drawn, "--pictures")
    keypoints, lies = _keypoints(source), []
    if keypoints is None and isinstance(source, Path):
        from sfv.reconstruct.import_motion import import_motion

        given = None if body is None else as_body(body)
        motions = [import_motion(source, fps, "longest" if person == "nearest" else person, given, trust)]
    else:
        assert keypoints is not None
        motions, lies = _fit(keypoints, person, config, as_body(body), spin, log)
    for motion, file in zip(motions, _files(target, len(motions))):
        if file is not None:
            ready(file, keep_older)
            motion.save(file)
        lines = [*motion.notes, *([] if file is None else [f"wrote {file}"])]
        if lines:
            log("\n".join(lines))
    if lies:
        log("\n".join(lies))
    if drawn is not None:
        _draw(motions, keypoints, drawn, film, log)
    return motions if person == "all" else motions[0]


def _files(out: Path | None, count: int) -> list[Path | None]:
    """File of each of ``count`` motions."""
    if out is None or count == 1:
        return [out] * count
    return [out.with_stem(f"{out.stem}_{number}") for number in range(count)]


def _keypoints(source: "Keypoints | Path | str") -> "Keypoints | None":
    """Landmarks, of the file or in the image; None for a published system's result."""
    if not isinstance(source, (str, Path)):
        return source
    from sfv.detect.keypoints import SCHEMA, Keypoints
    from sfv.recognise import is_npz, schema_of

    path = Path(source)
    if path.suffix.lower() in _IMAGES:
        from sfv.detect.config import DetectConfig
        from sfv.detect.run import detect

        return detect(path, DetectConfig())
    if path.is_file() and is_npz(path) and schema_of(path) == SCHEMA:
        return Keypoints.load(path)
    return None


def _fit(
    keypoints: "Keypoints", person: str, config: ReconstructConfig, body: "Body", rounds: int, log: Log
) -> "tuple[list[BodyMotion], list[str]]":
    """The motion of each person, and how far each body lies from the landmarks in the picture, in words."""
    from sfv.detect.describe import choose_person, describe
    from sfv.reconstruct.everybody import reconstruct_everybody
    from sfv.reconstruct.reconstruct import reconstruct as recover
    from sfv.reconstruct.report.agreement import agreement_words
    from sfv.reconstruct.spin import spin_and_recover
    from sfv.system.progress import by_fraction, stage_progress

    if person == "all":
        if rounds:
            raise SfvError("--spin teaches the regressor one person; give --person NUMBER with it")
        with stage_progress("reconstruct") as progress:
            found = reconstruct_everybody(keypoints, config, body, by_fraction(progress))
        log("\n".join(describe(keypoints)[number] for number in found))
        words = {number: agreement_words(motion, keypoints, body, number) for number, motion in found.items()}
        return list(found.values()), [f"person {number}: {line}" for number, lines in words.items() for line in lines]
    number = choose_person(keypoints, person)
    log(describe(keypoints)[number])
    chosen = keypoints.select(number)
    with stage_progress("reconstruct") as progress:
        if rounds:
            motion = spin_and_recover(chosen, config, body, rounds, by_fraction(progress))
        else:
            motion = recover(chosen, config, body, by_fraction(progress))
    return [motion], agreement_words(motion, keypoints, body, number)


def _draw(
    motions: "Sequence[BodyMotion]", keypoints: "Keypoints | None", folder: Path, film: Path | None, log: Log
) -> None:
    from sfv.render.recovery.pictures import draw_recovery
    from sfv.system.progress import stage_progress

    named = Path(keypoints.video) if keypoints is not None and keypoints.video else None
    film = film or (named if named is not None and named.exists() else None)
    with stage_progress("pictures") as progress:
        drawn = draw_recovery(folder, motions, film, keypoints, progress=progress)
    log("\n".join([*(line for words in drawn.words for line in words), f"wrote {folder}"]))
