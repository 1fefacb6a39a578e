"""Stages of a chain that are skipped when they are done: same inputs, same settings, artefact there."""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sfv.config_file import to_toml
from sfv.errors import FileFormatError
from sfv.files import write_text

_RECORD = "stages.json"


def file_digest(path: Path) -> str:
    """SHA-256 of a file, or of the names and sizes in a folder of images."""
    digest = hashlib.sha256()
    if path.is_dir():
        for item in sorted(path.iterdir()):
            digest.update(f"{item.name} {item.stat().st_size}\n".encode())
        return digest.hexdigest()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class Stages:
    """What was finished in one folder, and from what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / _RECORD
        self._record: dict[str, Any] = {}
        if self._path.is_file():
            try:
                self._record = json.loads(self._path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise FileFormatError(
                    f"{self._path} is not readable ({error}); delete it to start this run anew"
                ) from error

    def run(
        self,
        name: str,
        outputs: Iterable[str],
        settings: dict[str, Any],
        inputs: Iterable[Path],
        work: Callable[[], dict[str, Any]],
    ) -> tuple[dict[str, Any], bool]:
        """Do ``work`` unless ``outputs`` are there, made from the same ``inputs`` with the same ``settings``.

        ``work`` returns what the report needs to know (plain JSON values). Returns that and whether it was done now.
        """
        key = hashlib.sha256(to_toml(settings).encode())
        for path in inputs:
            key.update(file_digest(path).encode())
        there = all((self.folder / output).exists() for output in outputs)
        known = self._record.get(name)
        if there and known and known["key"] == key.hexdigest():
            return known["facts"], False
        facts = work()
        self._record[name] = {"key": key.hexdigest(), "facts": facts}
        write_text(self._path, json.dumps(self._record, indent=1))
        return facts, True
