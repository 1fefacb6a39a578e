"""Keypoints of the benchmark's videos: detected once for each mode, kept in the work folder with the time it took."""

import time
from dataclasses import asdict, dataclass
from pathlib import Path

from sfv.detect.config import DetectConfig
from sfv.detect.keypoints import Keypoints
from sfv.detect.run import detect
from sfv.errors import NoPersonError
from sfv.storage.stamps import fingerprint, read_note, stamp_of, write_note


@dataclass(frozen=True)
class Cost:
    """Time that 100 frames took, seconds."""

    processor: float
    """Of all threads together: does not depend on what else the machine does."""
    elapsed: float
    """On the clock."""


class Stopwatch:
    """Measures both kinds of time from its making on."""

    def __init__(self) -> None:
        self._start = time.process_time(), time.perf_counter()

    def per_100(self, frames: int) -> Cost:
        """What has passed, for ``frames`` frames."""
        share = 100.0 / frames
        return Cost(share * (time.process_time() - self._start[0]), share * (time.perf_counter() - self._start[1]))


def keypoints_of(video: Path, out: Path, config: DetectConfig) -> tuple[Keypoints, Cost] | None:
    """Everybody in ``video`` and what finding them cost; None where nobody is found.

    Read from ``out`` where the same code and settings made it.
    """
    note = out.with_suffix(".json")
    stamp = stamp_of(fingerprint("detect", "video"), config, video.name)
    kept = read_note(note, stamp)
    if kept is not None:
        return None if kept["cost"] is None else (Keypoints.load(out), Cost(**kept["cost"]))
    watch, found = Stopwatch(), None
    try:
        keypoints = detect(video, config)
        found = keypoints, watch.per_100(keypoints.num_frames)
        keypoints.save(out)
    except NoPersonError:
        pass  # a result like any other here: the note says that there are no keypoints
    write_note(note, stamp, {"cost": None if found is None else asdict(found[1])})
    return found
