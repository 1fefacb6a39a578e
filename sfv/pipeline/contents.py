"""What lies in files and folders, as digests."""

import hashlib
from pathlib import Path
from typing import Any

_BLOCK = 1 << 20


def file_digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and sizes in a folder of images."""
    digest = hashlib.sha256()
    if path.is_dir():
        for item in sorted(path.iterdir()):
            digest.update(f"{item.name} {item.stat().st_size}\n".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def content_of(path: Path) -> dict[str, Any] | None:
    """Size and SHA-256 of a file, or of all files of a folder with their names; None for what is not there."""
    if path.is_dir():
        digest, size = hashlib.sha256(), 0
        for item in sorted(item for item in path.rglob("*") if item.is_file()):
            digest.update(f"{item.relative_to(path)} {file_digest(item)}\n".encode("utf-8", "surrogateescape"))
            size += item.stat().st_size
        return {"size": size, "sha256": digest.hexdigest()}
    if not path.is_file():
        return None
    return {"size": path.stat().st_size, "sha256": file_digest(path)}
