"""``sfv.load``: any file of sfv, known by the schema inside of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sfv.errors import SfvError, UnknownNameError
from sfv.finder import MARKERS
from sfv.recognise import is_npz, json_keys, schema_of

_MOTION, _CLIP = "sfv.motion", "sfv.clip"
_KNOWN = "keypoints.npz, motion.npz, clip.npz, policy.npz, report.json, run folders, skills, characters and environments of sfv"


def _keypoints(path: Path) -> Any:
    from sfv.detect.keypoints import Keypoints

    return Keypoints.load(path)


def _motion(path: Path) -> Any:
    from sfv.names import as_motion

    return as_motion(path)


def _clip(path: Path) -> Any:
    from sfv.names import as_clip

    return as_clip(path)


def _policy(path: Path) -> Any:
    from sfv.learn.run.policy import load_policy

    return load_policy(path)


def _report(path: Path) -> Any:
    from sfv.evaluate.report import load_report

    return load_report(path.parent if path.is_file() else path)


READERS: dict[str, Callable[[Path], Any]] = {
    "sfv.keypoints": _keypoints,
    _MOTION: _motion,
    _CLIP: _clip,
    "sfv.policy": _policy,
    "sfv.robustness": _report,
}
"""What reads a file, by its schema."""


def load(path: str | Path) -> Any:
    """Read a file or folder of sfv as the thing that it is, by the schema inside.

    Args:
        path: A keypoints.npz, motion.npz, clip.npz or policy.npz, a report of the robustness suite, a run folder or the folder of a
            skill, a character or an environment; a file of AMASS, BVH, Acclaim or MimicKit is read as a motion, one of DeepMimic as a clip.

    Returns:
        ``Keypoints``, ``BodyMotion``, ``Clip``, ``Policy``, ``Report``, ``Character`` or ``Environment``.

    Raises:
        UnknownNameError: The file names a schema that is not known here; the message lists those that are.
        FileFormatError: The file is damaged, or of no kind that is read here.
        SfvError: There is no such file.
    """
    path = Path(path).expanduser()
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise SfvError(f"{path} does not exist; read are: {_KNOWN}")
    if is_npz(path):
        schema = schema_of(path)
        reader = READERS.get(schema or _MOTION)  # a file of AMASS has no schema
        if reader is None:
            raise UnknownNameError("schema", schema, READERS, f"It stands in {path}")
        return reader(path)
    from sfv.motion.mocap.captured import kind_of_capture

    if kind_of_capture(path):
        return _motion(path)
    keys = json_keys(path) or ()
    if "schema" in keys:
        return _report(path)
    if set(keys) & {"Frames"} or path.suffix.lower() in (".txt", ".json", ".xz"):
        return _clip(path)
    schema_of(path, _KNOWN)  # says what it is
    raise SfvError(f"{path} is of no kind that is known; read are: {_KNOWN}")


def _folder(path: Path) -> Any:
    """A run folder's policy, or what a folder of data describes."""
    from sfv.names import as_character, as_environment, as_run

    folder = path.resolve()
    if (folder / MARKERS["characters"]).is_file():
        return as_character(folder)
    if (folder / MARKERS["envs"]).is_file():
        return as_environment(folder)
    if (folder / "report.json").is_file() and not (folder / "config.toml").is_file():
        return _report(folder)
    return _policy(as_run(path))
