"""Kill `sfv train` and `sfv run` at random moments (SIGKILL, and three in ten SIGTERM) and start them again until they end.

    python scripts/kill.py                       # 50 kills of each, about 20 minutes on one core
    python scripts/kill.py train --kills 10 --seed 1 --results docs/results

Each end is compared with that of an undisturbed run: same policy to the bit, same artefacts, nothing left behind.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from sfv.bench.reliability.kill import kill_at_random, run_subject, short_video, train_subject
from sfv.bench.reliability.page import write_rows


def main() -> int:
    """Parse, kill, print the table. Exit code 1 where anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=("train", "run"), default=("train", "run"), help="what is killed")
    parser.add_argument("--kills", type=int, default=50, help="kills of each")
    parser.add_argument("--seed", type=int, default=0, help="seed of the moments")
    parser.add_argument("--folder", type=Path, help="folder to work in, kept; a temporary one by default")
    parser.add_argument(
        "--results", type=Path, help="folder of reliability.json, whose rows are replaced (docs/results)"
    )
    given = parser.parse_args()
    sound = True
    with tempfile.TemporaryDirectory(prefix="sfv-kill-") as scratch:
        place = given.folder or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        for what in given.what:
            subject = train_subject() if what == "train" else run_subject(short_video(place / "walk.mp4"))
            counts = kill_at_random(
                subject, given.kills, place / what, given.seed, lambda line: print(line, flush=True)
            )
            print("\n".join(counts.notes))
            sound &= counts.sound
            if given.results:
                write_rows(given.results, [counts.row() | {"seed": given.seed}])
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
