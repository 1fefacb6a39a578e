"""Read the result file of any known system: what it holds tells whose it is."""

from pathlib import Path

from sfv.errors import FileFormatError
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
        return tram.read_folder(path)
    content = load(path)
    reader = next((reader for reader in _READERS if reader.matches(content)), None)
    if reader is None:
        raise FileFormatError(f"{path} is of no known system; known are {', '.join(SYSTEMS)}")
    try:
        return reader.read(content, path)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise FileFormatError(
            f"{path} looks like {reader.NAME}, but is damaged ({error}); run the system again"
        ) from error
