"""Stages of a chain that are skipped when they are done: same inputs, same settings, artefacts as they were recorded."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from sfv.budget import read_json
from sfv.config_file import to_toml
from sfv.errors import FileFormatError, SfvError
from sfv.files import write_text
from sfv.pipeline.contents import content_of, file_digest
from sfv.pipeline.recorded import as_today, what_differs
from sfv.storage.aside import put_aside

_RECORD = "stages.json"

Facts = dict[str, Any]
Opens = Callable[[Path], object]
"""Reads an artefact. Raises SfvError where it is not whole."""


def recorded_inputs(folder: Path, name: str) -> list[str] | None:
    """Digests of the inputs that a stage of a chain's folder was last begun with; None where that is not known."""
    try:
        found = read_json(folder / _RECORD)
    except FileFormatError:
        return None
    entry = found.get(name) if isinstance(found, dict) else None
    return entry.get("inputs") if isinstance(entry, dict) else None


class Stages:
    """What was finished in one folder, and from what.

    An entry of stages.json holds the ``key`` (digest of settings and inputs), the ``settings``, digests of the ``inputs``, the
    ``outputs`` with size and digest, the ``facts`` for the report, and a ``seal`` over these. ``begun`` is the key of work that was
    under way, ``found`` what lay in the place of its outputs when it began, and ``given`` says that the outputs are somebody else's
    files. Entries of older versions have key and facts alone.
    """

    def __init__(self, folder: Path, log: Callable[[str], None] = print) -> None:
        self.folder, self._log = folder, log
        self.under_way_with_same_key = False
        """Whether the work that runs was begun or done before with the same settings and inputs."""
        self._interrupted = False
        self._path = folder / _RECORD
        self._record: dict[str, Facts] = {}
        self._lost = False
        """Whether there was a record that could not be read: then nobody knows what the files were made of."""
        if self._path.exists():
            self._read()

    def _read(self) -> None:
        try:
            found = read_json(self._path, "record of stages")
            if not isinstance(found, dict):
                raise FileFormatError(f"{self._path} is not a table of stages")
        except SfvError as error:
            self._lost = True
            kept = put_aside(self._path)
            self._log(f"{error}. It is kept as {kept.name}; every stage is done again, and what is there is kept aside")
            return
        for name, entry in found.items():
            if _sound(entry):
                self._record[name] = entry
            else:
                self._log(f"{self._path} does not say how '{name}' was done; it is done again")
                self._record[name] = {"begun": ""}

    def run(
        self,
        name: str,
        outputs: Mapping[str, Opens],
        settings: dict[str, Any],
        inputs: Iterable[Path],
        work: Callable[[], Facts],
        given: Callable[[], Facts] | None = None,
        lasting: bool = True,
    ) -> tuple[Facts, bool]:
        """Do ``work`` unless ``outputs`` are there as they were made, from the same ``inputs`` with the same ``settings``.

        ``work`` returns what the report needs to know (plain JSON values) and calls ``place`` before it writes an output. Sound files
        that somebody put in place of the outputs are used as they are where ``given`` says what the report needs of them, whatever the
        settings become; if not ``lasting``, only until settings or inputs change. Returns the facts and whether they are new.
        """
        text = to_toml(settings)
        digests = [file_digest(path) for path in inputs]
        key = hashlib.sha256((text + "".join(digests)).encode("utf-8", "surrogateescape")).hexdigest()
        entry = self._record.get(name, {})
        changed = "settings" in entry and entry["key"] != key and entry["inputs"] == digests
        if (
            changed and as_today(entry["settings"], settings) == text
        ):  # an older version had other words for the same settings
            entry |= {"key": key, "settings": text}
            entry["seal"] = _seal(entry)
        done = self._done(entry, key, outputs)
        if done:
            if "outputs" not in entry:  # of an older version
                self._keep(name, key, text, digests, outputs, entry["facts"])
            return copy.deepcopy(entry["facts"]), False  # who adds to them must not break the seal
        theirs = "begun" not in entry and not self._lost and ("key" not in entry or "outputs" in entry)
        theirs = theirs and (lasting or entry.get("key") == key)
        if theirs and given is not None and self._put_by_hand(entry, key, outputs):
            self._log(f"{name}: {', '.join(outputs)} {_THEIRS}")
            facts = given()
            self._keep(name, key, text, digests, outputs, facts, given=lasting)
            return facts, True
        self._entry, self._name, self._outputs = entry, name, outputs
        self._interrupted = entry.get("begun") == key
        self.under_way_with_same_key = key in (entry.get("key"), entry.get("begun"))
        self._why = what_differs(entry, text, digests)
        if entry.get("begun") != key:
            entry["found"] = {output: content_of(self.folder / output) for output in outputs}
        self._record[name] = entry | {"begun": key} | ({} if "key" in entry else {"inputs": digests})
        self._write()
        facts = work()
        self._keep(name, key, text, digests, outputs, facts)
        return facts, True

    def place(self, output: str) -> Path:
        """Path at which an output is about to be written; an older sound result in its place is kept aside, and that is said."""
        path = self.folder / output
        if path.exists() and not self._left_by_a_kill(output):
            known = self._entry.get("outputs", {}).get(output)
            if (known is not None and known == content_of(path)) or _opens(path, self._outputs[output]):
                kept = put_aside(path)
                self._log(f"{self._name}: the older {output}{self._why} is kept as {kept.name}")
            else:
                self._log(f"{self._name}: {output} is damaged; it is made again")
        return path

    def _left_by_a_kill(self, output: str) -> bool:
        """Whether the very work that runs now had begun before and wrote this output: it was not there when that began."""
        found = self._entry.get("found")
        return self._interrupted and found is not None and content_of(self.folder / output) != found.get(output)

    def _done(self, entry: Facts, key: str, outputs: Mapping[str, Opens]) -> bool:
        if "key" not in entry:
            return False
        if entry.get("given"):  # settings and inputs of the stage are not those of a file that somebody else made
            return self._as_recorded(entry, outputs)
        if entry["key"] != key:
            return False
        if "outputs" not in entry:
            return all(_opens(self.folder / output, opens) for output, opens in outputs.items())
        return self._as_recorded(entry, outputs)

    def _as_recorded(self, entry: Facts, outputs: Mapping[str, Opens]) -> bool:
        known = entry["outputs"]
        return all(known.get(name) is not None and known[name] == content_of(self.folder / name) for name in outputs)

    def _put_by_hand(self, entry: Facts, key: str, outputs: Mapping[str, Opens]) -> bool:
        """Whether the outputs are sound and not what was made here: nothing was, or another file has taken its place."""
        if entry and self._as_recorded(entry, outputs):
            return False
        return all(_opens(self.folder / output, opens) for output, opens in outputs.items())

    def _keep(
        self,
        name: str,
        key: str,
        settings: str,
        inputs: list[str],
        outputs: Mapping[str, Opens],
        facts: Facts,
        given: bool = False,
    ) -> None:
        made = {output: content_of(self.folder / output) for output in outputs}
        entry = {"key": key, "settings": settings, "inputs": inputs, "outputs": made, "facts": facts}
        entry |= {"given": True} if given else {}
        entry = json.loads(json.dumps(entry))
        self._record[name] = entry | {"seal": _seal(entry)}
        self._write()

    def _write(self) -> None:
        write_text(self._path, json.dumps(self._record, indent=1))


_THEIRS = "is somebody else's file and is used as it is; remove it to have it made"


def _opens(path: Path, opens: Opens) -> bool:
    try:
        opens(path)
    except (SfvError, OSError):
        return False
    return True


def _seal(entry: Facts) -> str:
    plain = {name: value for name, value in entry.items() if name not in ("seal", "begun", "found")}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _sound(entry: Any) -> bool:
    """Whether an entry is one that this or an older version wrote."""
    if not isinstance(entry, dict):
        return False
    if "key" not in entry:
        return isinstance(entry.get("begun"), str)
    if "outputs" in entry:
        return entry.get("seal") == _seal(entry)
    return isinstance(entry["key"], str) and isinstance(entry.get("facts"), dict)
