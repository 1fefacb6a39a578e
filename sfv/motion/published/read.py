"""Read the result file of any known system: what it holds tells whose it is."""

from pathlib import Path

from sfv.budget import reading
from sfv.errors import FileFormatError
from sfv.files import names_of
from sfv.motion.published import amass, gvhmr, phalp, prompthmr, slahmr, tram, wham
from sfv.motion.published.load import load
from sfv.motion.published.motion import PublishedMotion

_READERS = (phalp, wham, gvhmr, tram, prompthmr, slahmr, amass)
SYSTEMS = tuple(reader.NAME for reader in _READERS)
"""Names of the systems whose files are known."""
SUFFIXES = (".pkl", ".pt", ".pth", ".npy", ".npz")
"""Endings of such files; a folder is TRAM's."""


def read_published(path: Path | str) -> list[PublishedMotion]:
    """Everybody in a result file (or in TRAM's folder). The file is never run: see ``sfv.unpickle``.

    Raises FileFormatError for a file that is missing, damaged, refused, of no known system, or not as its system writes it.
    """
    path = Path(path)
    if path.is_dir():
        with reading(path, tram.NAME, _MEND):
            return tram.read_folder(path)
    content = load(path, "keypoints.npz of sfv detect, pictures, and files of " + ", ".join(SYSTEMS))
    reader = next((reader for reader in _READERS if reader.matches(content)), None)
    if reader is None:
        if isinstance(content, dict) and "betas" in content and "trans" not in content:
            raise FileFormatError(f"{path} holds a shape, no motion; give the *_poses.npz or *_stageii.npz beside it")
        held = names_of(content) if isinstance(content, dict) else f"a {type(content).__name__}"
        raise FileFormatError(f"{path} is of no known system; known are {', '.join(SYSTEMS)}; it holds {held}")
    with reading(path, f"file of {reader.NAME}", _MEND):
        people = reader.read(content, path)
    if not people:
        raise FileFormatError(f"{path} holds no person; give the file of a video in which somebody was tracked")
    return people


_MEND = "it is damaged or of another version: run the system again"
