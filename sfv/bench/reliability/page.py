"""docs/results/reliability.*: one row for each reader and for each kind of run that was killed."""

import fcntl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sfv.bench.reliability.child import ENDINGS
from sfv.bench.results import merge_rows, read_rows, write_results

BENCH = "reliability"
COMMAND = "; ".join(
    (
        "python scripts/fuzz.py all --cases 1000",
        "python scripts/fuzz.py clip.npz motion.npz keypoints.npz policy.npz --cases 10000",
        "python scripts/kill.py --kills 50 --seed 17",
    )
)
TEXT = """\
Readers: hostile files first (pickles that would touch a marker, bombs, depths, pipes, devices), then damaged copies of a valid file: cut,
bits flipped, blocks lost, sizes, numbers, kinds, shapes and names replaced. Cases run in child processes with limits; where one dies,
the next case begins a new one. clean: one sentence of sfv; accepted: read (the damage left a valid file, or one within the limits);
traceback: any other exception; hang: over 5 s of processor time; over_memory: grew by over 1 GiB; crash: ended by a signal; executed:
something in the file was run. Faults of the last five kinds make the script exit with 1. Rows are replaced one by one: some were
measured a few commits before the one that the head names.
"""


def write_rows(folder: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Put ``rows`` into the result files, in place of those of the same name; several processes may do so at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{BENCH}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        merged = merge_rows(read_rows(BENCH, folder), list(rows), ("what",))
        read = [row for row in merged if ENDINGS[0] in row]
        killed = [row for row in merged if ENDINGS[0] not in row]
        tables = [("Readers", read), ("Killed at random moments", killed)]
        write_results(BENCH, COMMAND, merged, folder, TEXT, [(title, part) for title, part in tables if part])
    (folder / f".{BENCH}.lock").unlink(missing_ok=True)
