"""Which files an MJCF description reads, and that they lie in its folder."""

import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sfv.budget import regular_file
from sfv.errors import FileFormatError

_ENDINGS = {"xml", "mjcf", "stl", "obj", "msh", "skn", "png", "ktx", "bin", "hf"}
_CONTENT = {"model/obj", "model/stl", "model/vnd.mujoco.msh", "image/png", "image/ktx", "image/vnd.mujoco.texture",
            "image/vnd.mujoco.hfield", "text/xml"}  # fmt: skip
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Place:
    """Where a description may read files."""

    within: Path
    """Folder that holds all of them, symbolic links resolved."""
    bases: tuple[Path, ...]
    """Folders that MuJoCo may start from: of the main file, and of the file that names another."""

    def beside(self, file: Path) -> "Place":
        """The place for what ``file`` names."""
        return Place(self.within, tuple(dict.fromkeys((*self.bases, file.parent))))

    def find_one(self, name: str, what: str, where: Path) -> Path:
        """The file of MJCF that ``where`` calls ``name``. Raises FileFormatError as ``find``, and where several could be meant."""
        found = self.find(name, what, where)
        if len({file.resolve() for file in found}) > 1:
            raise FileFormatError(
                f"{where} names the {what} '{name[:80]}', and {found[0]} and {found[1]} could be meant; rename one"
            )
        return found[0]

    def find(self, name: str, what: str, where: Path, folders: Sequence[str] = ()) -> list[Path]:
        """The file that ``where`` calls ``name``, in one of ``folders`` (its meshdir and the like); every file that could be meant.

        Raises FileFormatError where it is not there, is no ordinary file, lies outside of the folder or is of a kind that nobody
        reads.
        """
        plain = name.replace("\\", "/")
        if os.path.isabs(plain) or ":" in plain or "\0" in plain or any(_absolute(one) for one in folders):  # noqa: PTH117
            raise self._outside(name, what, where)
        parts = (plain, Path(plain).name)  # strippath
        starts = [base / folder.replace("\\", "/") for base in self.bases for folder in folders or ("",)]
        ways = [start / part for start in starts for part in parts]
        there = [way for way in dict.fromkeys(ways) if os.path.lexists(way)]
        for way in there or ways[:1]:
            if not _resolved(way).is_relative_to(self.within):
                raise self._outside(name, what, where)
        if not there:
            shown = "/".join(part for part in ((folders or ("",))[0].strip("/"), plain) if part)
            raise FileFormatError(
                f"{where} names the {what} '{shown}', which is not there; copy it to {self.bases[0] / shown}"
            )
        if there[0].suffix.removeprefix(".").lower() not in _ENDINGS:
            raise FileFormatError(
                f"{where} names the {what} '{name[:80]}'; files that end in {', '.join(sorted(_ENDINGS))} are read"
            )
        return [regular_file(way) for way in there]

    def _outside(self, name: str, what: str, where: Path) -> FileFormatError:
        return FileFormatError(
            f"{where} names the {what} '{name[:80]}', which lies outside of {self.within}; copy it into that folder and mend its path "
            "(file, meshdir, texturedir or assetdir)"
        )


def _absolute(folder: str) -> bool:
    return folder.startswith(("/", "\\")) or ":" in folder or "\0" in folder


def _resolved(path: Path) -> Path:
    """Symbolic links followed; one that leads in circles leads nowhere."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return Path("/")


def check_content_type(text: str, where: Path) -> None:
    """Raise FileFormatError for a decoder that is not MuJoCo's own."""
    if text.lower() not in _CONTENT:
        raise FileFormatError(f"{where} asks for a decoder of '{text[:40]}'; known: {', '.join(sorted(_CONTENT))}")


def png_pixels(file: Path) -> int:
    """Width times height as the header of a PNG has it; 0 for other files."""
    with file.open("rb") as stream:
        head = stream.read(24)
    if len(head) < 24 or not head.startswith(_PNG):
        return 0
    width, height = struct.unpack(">II", head[16:24])
    return width * height


def total_bytes(files: Iterable[Path]) -> int:
    """Size of all files together."""
    return sum(file.stat().st_size for file in files)
