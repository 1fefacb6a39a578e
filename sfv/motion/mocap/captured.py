"""A motion-capture file of any kind that is read here, known by what it holds: BVH, Acclaim, MimicKit."""

from pathlib import Path

from sfv.budget import beginning, reading, regular_file
from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.acclaim import read_acclaim
from sfv.motion.mocap.bvh import read_bvh_links
from sfv.motion.mocap.geometry import Facts, to_motion
from sfv.motion.mocap.mimickit import is_mimickit, mimickit_links
from sfv.motion.published.load import load

KINDS = "BVH (.bvh), Acclaim (.amc beside its .asf), MimicKit (.pkl)"
_READ, _PEEKED = 65536, 4096  # bytes that are read, and that tell the kind
_BVH, _AMC = "HIERARCHY", ":FULLY-SPECIFIED"


def kind_of_capture(path: Path | str) -> str:
    """ "bvh", "amc", "pkl" or "" for a file of another kind, by its first bytes; compressed files are looked into."""
    path = Path(path)
    with reading(path, "motion"), regular_file(path).open("rb") as file:
        head = beginning(file.read(_READ), _PEEKED)
    text = head.decode("latin-1").lstrip("\ufeff\xef\xbb\xbf \t\r\n")
    if text.startswith(_BVH):
        return "bvh"
    if _AMC in text:
        return "amc"
    return "pkl" if path.name.removesuffix(".xz").lower().endswith(".pkl") else ""


def read_captured(path: Path | str) -> tuple[BodyMotion, Facts | None]:
    """The motion, and what was found out about its skeleton (None for CMU's own, whose tables are known).

    Raises FileFormatError for a file of another kind, a damaged one, and one whose skeleton is no person's.
    """
    path = Path(path)
    kind = kind_of_capture(path)
    if kind == "bvh":
        return to_motion(read_bvh_links(path), str(path))
    if kind == "amc":
        return read_acclaim(path, _skeleton_of(path))
    if kind == "pkl":
        content = load(path, KINDS)
        if is_mimickit(content):
            return to_motion(mimickit_links(content, path), str(path))
        raise FileFormatError(
            f"{path} is no clip of MimicKit ({{fps, frames}}); `sfv reconstruct` reads what published systems of mesh recovery wrote"
        )
    raise FileFormatError(f"{path} is no motion capture of a kind that is read here: {KINDS}")


def _skeleton_of(path: Path) -> Path:
    """The .asf of an .amc: by its subject (07.asf of 07_01.amc), by its name, or the only one of the folder."""
    stem = path.name.removesuffix(".xz").rpartition(".")[0]
    names = [f"{base}.asf{end}" for base in (stem.split("_")[0], stem) for end in ("", ".xz")]
    alone = [one for one in sorted(path.parent.iterdir()) if one.name.removesuffix(".xz").lower().endswith(".asf")]
    for skeleton in (*(path.with_name(name) for name in names), *(alone if len(alone) == 1 else ())):
        if skeleton.is_file():
            return skeleton
    raise FileFormatError(f"{path} needs its skeleton {names[0]} beside it; put it there")
