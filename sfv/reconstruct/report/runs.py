"""Runs of frames in words."""

from collections.abc import Sequence

from sfv.metrics.runs import Run

LISTED = 4
"""So many runs are named, the longest ones; the rest are counted."""


def frames_in_words(found: Sequence[Run], first_frame: int = 0) -> str:
    """As in "frames 41-60, 72 and 80-95": numbered in the source video, whose frame ``first_frame`` is frame 0 of the runs."""
    named = sorted(sorted(found, key=lambda run: run[0] - run[1])[:LISTED])
    parts = [f"{a + first_frame}" if a == b else f"{a + first_frame}-{b + first_frame}" for a, b in named]
    left = sum(b - a + 1 for a, b in found) - sum(b - a + 1 for a, b in named)
    if left:
        parts.append(f"{left} more")
    word = "frame" if len(found) == 1 and found[0][0] == found[0][1] else "frames"
    return f"{word} {_joined(parts)}"


def seconds_in_words(found: Sequence[Run], fps: float, first_frame: int = 0) -> str:
    """As in "from 3.1 to 3.4 s and from 4.0 to 4.2 s", in the source video's time."""
    named = sorted(sorted(found, key=lambda run: run[0] - run[1])[:LISTED])
    parts = [f"from {(a + first_frame) / fps:.1f} to {(b + first_frame) / fps:.1f} s" for a, b in named]
    if len(found) > len(named):
        parts.append(f"{len(found) - len(named)} more times")
    return _joined(parts)


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
