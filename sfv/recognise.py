"""What a file is that no reader here takes: told by its first bytes, with the way in, so that nobody looks for damage in a sound file."""

import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sfv.budget import beginning, read_json, reading, regular_file, zip_members
from sfv.errors import FileFormatError
from sfv.files import names_of, read_array

MOTIONS = "motion.npz and clip.npz of sfv, AMASS (.npz), DeepMimic (.txt or .json, also .xz)"
"""What is read where a motion or a clip is wanted."""
_HEAD, _PEEKED = 4096, 65536  # bytes that are looked at, and read for them where they are compressed
_TO_AMASS = "fit SMPL to it and save AMASS's npz (poses, trans, betas, mocap_framerate)"
_TO_CLIP = "put its rows into a clip.npz (sfv.motion.clip.Clip with qpos in MuJoCo's order, then save)"
_FILM = "recover motion from it with sfv detect and sfv reconstruct"
_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|nan"
_ROW = re.compile(rf"\s*(?:{_NUMBER})(?:\s*[,;\t]\s*(?:{_NUMBER}))+\s*", re.IGNORECASE)
_COLUMNS = re.compile(r"[^,;\t]+(?:[,;\t][^,;\t]*){2,}")


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name with the article, and what to do with one."""

    name: str
    way: str = ""


_MAGIC: tuple[tuple[Callable[[bytes], bool], Kind], ...] = tuple(
    (lambda head, signs=signs, at=at: any(head[at:].startswith(sign) for sign in signs), kind) for signs, at, kind in (
        ((b"Kaydara FBX Binary", b"; FBX"), 0, Kind("an FBX scene", "export the motion from Blender as BVH, which sfv retarget reads")),
        ((b"glTF",), 0, Kind("a GLB (binary glTF) scene", _TO_AMASS)),
        ((b"PathFileType",), 0, Kind("a TRC table of markers", f"solve it with MoSh++ or SOMA to AMASS, or {_TO_AMASS}")),
        ((b"Vocaloid Motion Data",), 0, Kind("a VMD motion of MikuMikuDance", _TO_AMASS)),
        ((b"#usda", b"PXR-USDC"), 0, Kind("a USD scene", _TO_AMASS)),
        ((b"\x89HDF",), 0, Kind("an HDF5 file", _TO_AMASS)),
        ((b"MATLAB 5.0",), 0, Kind("a MATLAB file", _TO_AMASS)),
        ((b"PAR1",), 0, Kind("a Parquet table", _TO_CLIP)),
        ((b"\x89PNG", b"\xff\xd8\xff", b"BM", b"GIF8"), 0, Kind("a picture", _FILM)),
        ((b"ftyp",), 4, Kind("a film", _FILM)),
        ((b"\x1aE\xdf\xa3",), 0, Kind("a film", _FILM)),
        ((b"AVI ",), 8, Kind("a film", _FILM)),
        ((b"%PDF",), 0, Kind("a PDF document")),
        ((b"\x7fELF", b"MZ"), 0, Kind("a program")),
        ((b"version https://git-lfs",), 0, Kind("a pointer of Git LFS, not the file itself", "fetch the file with git lfs pull")),
        ((b"\x93NUMPY",), 0, Kind("a single array (.npy)", "save its arrays under their names with numpy.savez")),
        ((b"Rar!", b"7z\xbc\xaf"), 0, Kind("an archive", "unpack it first")),
        ((b"ustar",), 257, Kind("a tar archive", "unpack it first")),
        ((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"), 0, Kind("a compressed file", "unpack it first")),
    )
)  # fmt: skip
_RESULT = "where a published system wrote it, sfv reconstruct reads it"
_PICKLE, _TORCH, _ZIP = (
    Kind("a pickle", _RESULT),
    Kind("a file of torch.save", _RESULT),
    Kind("a zip archive", "unpack it first"),
)
_TEXT: tuple[tuple[str, Kind], ...] = (
    (r"HIERARCHY\b", Kind("BVH motion capture", "`sfv retarget` and `sfv render` read it")),
    (r"#!OML:ASF|:version", Kind("a skeleton of Acclaim (.asf)", "put it beside its .amc, and give that one")),
    (r"(#.*\n)*:FULLY-SPECIFIED", Kind("a motion of Acclaim (.amc)", "`sfv retarget` and `sfv render` read it beside its .asf")),
    (r"<!doctype html|<html", Kind("a web page", "the download failed or asks to log in: fetch the file anew")),
    (r"(<\?xml[^>]*>\s*)?<COLLADA", Kind("a COLLADA scene", _TO_AMASS)),
    (r"(<\?xml[^>]*>\s*)?<(mujoco|robot)\b", Kind("a model of a robot", "name its folder with --character")),
    (r"<\?xml", Kind("an XML file")),
)  # fmt: skip


def kind_of(path: Path | str, content: bytes | None = None) -> Kind | None:
    """What the first bytes of a file, or where they tell nothing its name, say that it is; None where neither is known.

    ``content`` is what the file holds where it was compressed. Raises FileFormatError for what is no ordinary file.
    """
    path = regular_file(path)
    if content is None:
        with reading(path, "file"), path.open("rb") as file:
            content = beginning(file.read(_PEEKED), _HEAD)
    return _kind(content[:_HEAD], re.sub(r"\.(xz|gz|bz2)$", "", path.name.lower()).rpartition(".")[2])


def _kind(head: bytes, suffix: str) -> Kind | None:
    if not head.strip(b"\0 \t\r\n"):
        return Kind(
            "an empty file" if not head else "a file that begins with nothing but zeros or blanks", "copy it again"
        )
    if head[1:2] == b"\x50" and (suffix == "c3d" or head[:1] == b"\x02"):
        return Kind("a C3D file of markers", f"solve it with MoSh++ or SOMA to AMASS, or {_TO_AMASS}")
    for fits, kind in _MAGIC:
        if fits(head):
            return kind
    if head.startswith(b"PK"):
        name = head[30 : 30 + int.from_bytes(head[26:28], "little")]
        return None if name.endswith(b".npy") else _TORCH if name.endswith(b"data.pkl") else _ZIP
    try:
        text = head.decode("utf-8-sig", "strict" if len(head) < _HEAD else "ignore").lstrip()
    except UnicodeDecodeError:
        return _PICKLE if head[:1] == b"\x80" and head[1] <= 5 else None
    return _text_kind(text, suffix)


def _text_kind(text: str, suffix: str) -> Kind | None:
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    for pattern, kind in _TEXT:
        if re.match(pattern, text, re.IGNORECASE):
            return kind
    if text[:1] in ("{", "["):
        if re.search(r'"(asset|buffers|bufferViews)"\s*:', text):
            return Kind("a glTF scene", _TO_AMASS)
        if re.search(r'"(people|keypoints|pose_keypoints_2d)"\s*:', text):
            return Kind("JSON of keypoints", "give it to sfv detect --detector openpose")
        return Kind("JSON")
    lines = [line for line in text.splitlines()[:-1] or text.splitlines() if line.strip()][:8]
    rows = [line for line in lines if _ROW.fullmatch(line)]
    if (rows and len(rows) >= len(lines) - 1) or (suffix in ("csv", "tsv") and lines and _COLUMNS.fullmatch(lines[0])):
        columns = len(re.split(r"[,;\t]", rows[0] if rows else lines[0]))
        return Kind(f"a CSV table of {columns} columns", _TO_CLIP)
    return Kind("text") if text.isprintable() or all(c.isprintable() or c.isspace() for c in text) else None


def unknown(
    path: Path | str,
    wanted: str = MOTIONS,
    keys: Iterable[Any] | None = None,
    mend: str = "",
    content: bytes | None = None,
) -> FileFormatError:
    """The error for a file that no reader takes.

    Args:
        path: the file.
        wanted: what is read here.
        keys: names that were found inside.
        mend: the way in, where it is another one than that of the kind.
        content: what the file holds, where it was compressed.
    """
    kind = kind_of(path, content)
    if Path(path).suffix.lower() == ".npz" and (kind is None or kind.name == "a pickle"):
        return FileFormatError(
            f"{path} is not a readable npz file (it does not begin like one); make it or copy it again"
        )
    found = "" if keys is None else f"; it holds {names_of(keys)}"
    way = mend or (kind.way if kind else "")
    known = kind and (f"is {kind.name}, which is not read here" if keys is None else f"is {kind.name} of another kind")
    return FileFormatError(
        f"{path} {known or 'is of no kind that is known'}{found}; read are: {wanted}{f'. To go on, {way}' if way else ''}"
    )


def is_npz(path: Path | str) -> bool:
    """Whether a file is an archive of arrays, by its first bytes. Raises FileFormatError for what is no ordinary file."""
    path = regular_file(path)
    with reading(path, "file"), path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def npz_names(path: Path | str) -> list[str]:
    """Names of the arrays of an npz. Raises FileFormatError for a damaged one."""
    with reading(path, "npz file"), zipfile.ZipFile(path) as archive:
        return [member.filename.removesuffix(".npy") for member in zip_members(archive, path)]


def schema_of(path: Path | str, wanted: str = MOTIONS) -> str:
    """The schema that an npz of sfv names; "" for other npz. Raises FileFormatError for what is none, saying what it is.

    Only that one array is read, so that files whose other arrays hold objects (SMPL-X of AMASS) can be asked too.
    """
    if not is_npz(path):
        raise unknown(path, wanted, json_keys(path))
    with reading(path, "npz file"), zipfile.ZipFile(path) as archive:
        for member in zip_members(archive, path):
            if member.filename == "schema.npy":
                with archive.open(member) as stream:
                    found = read_array(stream, member.file_size)
                return str(found)[:200] if found.dtype.kind == "U" and found.size == 1 else ""
    return ""


def json_keys(path: Path | str) -> list[str] | None:
    """Names at the top of a JSON file, or of the first entry of its list; None where it has none or is no JSON."""
    kind = kind_of(path)
    if kind is None or not kind.name.startswith("JSON"):
        return None
    try:
        content = read_json(path)
    except FileFormatError:
        return None
    first = content[0] if isinstance(content, list) and content else content
    return list(first) if isinstance(first, dict) else None
