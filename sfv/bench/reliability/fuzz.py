"""All cases of one reader: hostile files first, then damaged copies of its valid seed."""

import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sfv.bench.reliability.child import ENDINGS, Case, run_case, run_cases
from sfv.bench.reliability.mutate import damage
from sfv.bench.reliability.payloads import Special, specials


@dataclass(frozen=True)
class Reader:
    """Something that reads files from outside."""

    name: str
    make: Callable[[Path], Path]
    """Writes a valid seed into a folder; returns the file that is damaged."""
    read: Callable[[Path], Any]
    """Reads the file (or, for readers of folders, what lies around it). Raises SfvError only."""
    kind: str = "bytes"
    """How it is damaged: "npz", "text", "pickle" or "bytes"."""


@dataclass
class Tally:
    """What came out of the cases of one reader."""

    reader: str
    endings: Counter[str] = field(default_factory=Counter)
    executed: int = 0
    faults: dict[str, tuple[int, int]] = field(default_factory=dict)
    """What was raised, where, and of which case first, how often."""

    def row(self) -> dict[str, Any]:
        """The row of docs/results/reliability.json."""
        counts = {ending: self.endings[ending] for ending in ENDINGS}
        return {"what": self.reader, "cases": sum(self.endings.values()), **counts, "executed": self.executed}


class UnusableSeedError(Exception):
    """The reader does not take its own valid seed: nothing could be learned from its cases."""


def fuzz(
    reader: Reader,
    cases: int,
    folder: Path,
    seed: int = 0,
    keep: Path | None = None,
    first: int = 0,
    bombs: bool = True,
) -> Tally:
    """Run ``cases`` cases of ``reader`` in ``folder``, which is emptied; ``keep`` takes the files of cases that failed.

    A case is made again by its number alone (``first``). Without ``bombs`` there are fewer hostile files, and numbers mean others.
    Raises UnusableSeedError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    marker, tally = folder / "executed", Tally(reader.name)
    inside = folder / "seed"
    inside.mkdir()
    target = reader.make(inside)
    content = target.read_bytes()
    begin = run_case(lambda: reader.read(target))
    if begin.ending != "accepted":
        raise UnusableSeedError(f"{reader.name}: its valid seed ended as {begin.ending}: {begin.words}")
    prepare = _preparation(reader, target, content, specials(marker, bombs), seed)
    numbers = range(first, first + cases)
    tried = [Case(lambda: reader.read(target), partial(prepare, number), partial(_ran, marker)) for number in numbers]
    for number, outcome in zip(numbers, run_cases(tried)):
        tally.endings[outcome.ending] += 1
        tally.executed += outcome.executed
        if outcome.ending not in ("clean", "accepted") or outcome.executed:
            words = f"{'executed, ' if outcome.executed else ''}{outcome.ending}: {outcome.words}"
            case, times = tally.faults.get(words, (number, 0))
            tally.faults[words] = case, times + 1
            if keep is not None and times == 0:
                prepare(number)
                _keep(target, keep / f"{reader.name.replace(' ', '_').replace('/', '_')}_{number}{target.suffix}")
    return tally


def _preparation(
    reader: Reader, target: Path, content: bytes, hostile: Sequence[Special], seed: int
) -> Callable[[int], None]:
    """What puts the file of a case in the place of the seed, by the case's number."""

    def prepare(number: int) -> None:
        _remove(target)
        if number < len(hostile):
            hostile[number](target)
        else:
            rng = np.random.default_rng((seed, zlib.crc32(reader.name.encode()), number))
            target.write_bytes(damage(content, rng, reader.kind))

    return prepare


def _ran(marker: Path) -> bool:
    """Whether something touched the marker, which is taken away."""
    found = marker.exists()
    marker.unlink(missing_ok=True)
    return found


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _keep(path: Path, kept: Path) -> None:
    if path.is_file() and not path.is_symlink():
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept)
