"""What torch.save writes: since 1.6 a zip of a pickle and one file for each storage, before that pickles and storages in turn.

Layouts after pytorch ``torch/serialization.py`` (``_save``, ``_legacy_save``). torch itself is not asked: its reader believes sizes.
"""

import io
import zipfile
from typing import Any

from sfv.budget import Allowance, zip_members
from sfv.errors import FileFormatError
from sfv.unpickle.machine import Machine, Source
from sfv.unpickle.names import HARMLESS
from sfv.unpickle.stands import Maker
from sfv.unpickle.tensors import Storage, StorageKind

OLD_MAGIC = 0x1950A86A20F9469CFC6C
"""torch.save before 1.6 begins with this number as a pickle."""
_REFUSAL = "which is no tensor"


def read_torch(content: bytes, allowance: Allowance, outer: Machine | None = None) -> Any:
    """The object in a file of torch.save, stand-ins inside. Raises FileFormatError, whose text goes on after "PATH was refused:".

    ``outer`` is the machine that met this file inside its own pickle.
    """
    return _read_zip(content, allowance, outer) if content.startswith(b"PK") else _read_old(content, allowance, outer)


def is_old_torch(content: bytes) -> bool:
    """Whether a file begins as torch.save's did before 1.6."""
    return OLD_MAGIC.to_bytes(10, "little") in content[:32]


def _run(source: Source, outer: Machine | None, outside: Any = None) -> Any:
    machine = Machine(source, refusal=_REFUSAL, persistent=outside)
    return machine.run() if outer is None else outer.nested(machine)


def _reference(reference: Any) -> tuple[StorageKind, str, int]:
    """Type, key and length of the storage that a pickle refers to: ("storage", type, key, device, length, ...)."""
    if type(reference) is not tuple or len(reference) < 5 or reference[0] != "storage":
        raise FileFormatError("it refers to something outside that is no tensor's storage")
    _, kind, key, _, count = reference[:5]
    if not isinstance(kind, StorageKind) or type(key) is not str or type(count) is not int or not 0 <= count < 2**40:
        raise FileFormatError("it refers to a storage of an unknown type")
    return kind, key, count


def _read_zip(content: bytes, allowance: Allowance, outer: Machine | None) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {member.filename: member for member in zip_members(archive)}
        pickles = [name for name in members if name == "data.pkl" or name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise FileFormatError(f"it is a zip archive of {_some(list(members))}, neither torch's nor numpy's")
        folder = pickles[0].removesuffix("data.pkl")

        def member(name: str) -> bytes:
            if folder + name not in members:
                raise FileFormatError(f"{name} is missing in it")
            allowance.spend(members[folder + name].file_size)
            return archive.read(members[folder + name])

        big_endian = f"{folder}byteorder" in members and member("byteorder").strip() == b"big"
        storages: dict[str, Storage] = {}

        def outside(reference: Any) -> Storage:
            kind, key, count = _reference(reference)
            if key not in storages:
                storages[key] = Storage(kind, count, member(f"data/{key}"), big_endian)
            return storages[key]

        return _run(Source(member("data.pkl"), allowance), outer, outside)


def _read_old(content: bytes, allowance: Allowance, outer: Machine | None) -> Any:
    source = Source(content, allowance)
    if _run(source, outer) != OLD_MAGIC:
        raise FileFormatError("it is no file of torch.save")
    _run(source, outer)  # version of the format
    system = _run(source, outer)
    big_endian = type(system) is dict and system.get("little_endian") is False
    storages: dict[str, Storage] = {}

    def outside(reference: Any) -> Storage:
        kind, key, count = _reference(reference)
        return storages.setdefault(key, Storage(kind, count, None, big_endian))

    found = _run(source, outer, outside)
    keys = _run(source, outer)
    if type(keys) is not list or any(type(key) is not str or key not in storages for key in keys):
        raise FileFormatError("its list of storages is damaged")
    for key in keys:
        count = int.from_bytes(source.take(8), "little", signed=True)
        storage = storages[key]
        if count != storage.count:
            raise FileFormatError("a storage in it has another length than it says")
        storage.raw = source.take(count * storage.kind.dtype.itemsize)
    return found


def _some(names: list[str]) -> str:
    shown = ", ".join("".join(c if c.isprintable() else "?" for c in name[:40]) for name in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "") or "nothing"


def _storage_of_bytes(machine: Machine, arguments: tuple[Any, ...]) -> Any:
    """torch.storage._load_from_bytes: a storage that torch.save wrote into a plain pickle."""
    if len(arguments) != 1 or type(arguments[0]) is not bytes:
        raise FileFormatError("a tensor's storage in it is no bytes")
    return read_torch(arguments[0], machine.allowance, machine)


# added here, not in the table itself: a file of torch.save is read by a machine, and the machine looks its names up in that table
HARMLESS[("torch.storage", "_load_from_bytes")] = Maker("_load_from_bytes", _storage_of_bytes)
