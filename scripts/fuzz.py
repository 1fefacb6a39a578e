"""Throw damaged and hostile files at the readers and count how each case ended.

    python scripts/fuzz.py READER [READER ...] --cases 1000      # "all", or a beginning of a name: "film", "clip.npz"
    python scripts/fuzz.py --list

Each case runs in a child process with limits (sfv.budget); valid seeds are written by the product itself. With --results the rows
go into docs/results/reliability.json. Needs a checkout: the seeds of published systems are those of the tests.
"""

import argparse
import importlib.util
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from sfv.bench.reliability.foreign_readers import foreign_readers
from sfv.bench.reliability.fuzz import Reader, Tally, UnusableSeedError, fuzz
from sfv.bench.reliability.keypoint_readers import keypoint_readers
from sfv.bench.reliability.page import write_rows
from sfv.bench.reliability.readers import film_readers, own_readers

ROOT = Path(__file__).resolve().parent.parent


def published_readers() -> list[Reader]:
    """Results of published mesh recovery systems, whose seeds the tests write."""
    seeds = _module(ROOT / "tests" / "motion" / "published_files.py")

    def reader(name: str, write: str, file: str, kind: str, inner: str = "", **options: Any) -> Reader:
        def make(folder: Path) -> Path:
            written = getattr(seeds, write)(folder / file, **options)
            return written / inner if inner else written

        return Reader(name, make, lambda path: read(path.parent if inner == "camera.npy" else path), kind)

    def read(path: Path) -> Any:
        from sfv.motion.published.read import read_published
        from sfv.motion.published.to_body import to_body_motion

        return [to_body_motion(person, person.fps or 30.0) for person in read_published(path)]

    return [
        reader("WHAM pkl", "write_wham", "wham_output.pkl", "pickle"),
        reader("PHALP pkl", "write_phalp", "phalp.pkl", "pickle"),
        reader("GVHMR pt", "write_gvhmr", "hmr4d_results.pt", "pickle"),
        reader("TRAM npy", "write_tram", "tram", "pickle", "camera.npy"),
        reader("SLAHMR npz", "write_slahmr", "own_world_results.npz", "npz"),
        reader("PromptHMR pkl", "write_prompthmr", "results.pkl", "pickle"),
        reader("AMASS npz", "write_amass", "own_poses.npz", "npz"),
        reader("AMASS SMPL-X npz", "write_amass", "own_stageii.npz", "npz", smplx=True),
    ]


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def all_readers() -> dict[str, Reader]:
    """Every reader by name."""
    return {
        reader.name: reader
        for reader in (*own_readers(), *foreign_readers(), *keypoint_readers(), *published_readers(), *film_readers())
    }


def main() -> int:
    """Parse, run, print the table. Exit code 1 where any case ended badly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("readers", nargs="*", help="names of readers or beginnings of names, or all")
    parser.add_argument("--cases", type=int, default=1000, help="cases for each reader")
    parser.add_argument("--first", type=int, default=0, help="number of the first case, to make one again")
    parser.add_argument("--seed", type=int, default=0, help="seed of the damage")
    parser.add_argument("--keep", type=Path, help="folder that takes the files of cases that ended badly")
    parser.add_argument(
        "--results", type=Path, help="folder of reliability.json, whose rows are replaced (docs/results)"
    )
    parser.add_argument("--list", action="store_true", help="print the names of the readers")
    given = parser.parse_args()
    readers = all_readers()
    if given.list or not given.readers:
        print("\n".join(readers))
        return 0
    chosen = [
        reader for name, reader in readers.items() if any(g == "all" or name.startswith(g) for g in given.readers)
    ]
    if not chosen:
        print(f"no reader begins with {' or '.join(given.readers)}; known: {', '.join(readers)}", file=sys.stderr)
        return 2
    return max(_run(reader, given) for reader in chosen)


def _run(reader: Reader, given: argparse.Namespace) -> int:
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sfv-fuzz-") as scratch:
        try:
            tally = fuzz(reader, given.cases, Path(scratch) / "cases", given.seed, given.keep, given.first)
        except UnusableSeedError as error:
            print(f"UNUSABLE {error}", flush=True)
            return 1
    _print(tally, time.monotonic() - start)
    if given.results:
        write_rows(given.results, [tally.row() | {"seed": given.seed}])
    return int(bool(tally.faults))


def _print(tally: Tally, seconds: float) -> None:
    counts = "  ".join(f"{name} {count}" for name, count in tally.row().items() if name != "what")
    print(f"{tally.reader:20} {counts}  ({seconds:.0f} s)", flush=True)
    for words, (case, times) in sorted(tally.faults.items(), key=lambda item: -item[1][1]):
        print(f"   {times:4} x, first in case {case}: {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
