"""Who is who in other systems' frames: by the numbers that the file gives people, or by place from frame to frame."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from sfv.budget import CONTENT_BYTES
from sfv.detect.foreign.formats.records import Person

GATE, SPEED, MOST_GATE = 0.25, 5.0, 0.75
"""Two skeletons are one person when nearer than GATE and SPEED a second between them (mean landmark distance in heights of the larger
one's box; a sprinter does 5 a second), MOST_GATE at most."""
GAP = 0.5
"""Seconds that the person may be missing in between."""
MOST = 100
"""People of a frame, those seen best, and people in all."""
_JUMPS = 0.02
"""Share of frames in which people with one number are elsewhere at once, from which the numbers follow nobody."""
_BYTES = 8 * 12
"""Of one landmark in one frame of the arrays that are made."""

Track = dict[int, np.ndarray]
"""Points of one person, (K, 3), by frame."""


def tracks_of(frames: Mapping[int, Sequence[Person]], fps: float, total: int) -> tuple[list[Track], list[str]]:
    """Everybody over the frames of a video of ``total`` frames, who is seen most first, and what is to be said."""
    notes = []
    crowd = max((len(people) for people in frames.values()), default=0)
    frames = {frame: _best(people) for frame, people in sorted(frames.items())}
    found = _numbered(frames)
    if found is not None and _jumps(found, fps):
        found = None
        notes.append(
            "the numbers that the file gives people jump from one to another; they were followed by their places"
        )
    if found is None:
        found = _followed(frames, fps)
    found.sort(key=lambda track: -sum(float(points[:, 2].sum()) for points in track.values()))
    points = max((len(points) for track in found for points in track.values()), default=1)
    most = min(MOST, max(CONTENT_BYTES // (max(total, 1) * points * _BYTES), 1))
    if crowd > MOST or len(found) > most:
        notes.append(
            f"{len(found)} people were found, up to {crowd} in a frame; the {most} that are seen most were kept"
        )
    return found[:most], notes


def _best(people: Sequence[Person]) -> list[Person]:
    seen = [person for person in people if (person.points[:, 2] > 0).any()]
    return sorted(seen, key=lambda person: -float(person.points[:, 2].sum()))[:MOST] if len(seen) > MOST else seen


def _numbered(frames: Mapping[int, Sequence[Person]]) -> list[Track] | None:
    """Tracks by the file's own numbers; None where somebody has none or two in one frame have the same."""
    tracks: dict[str, Track] = {}
    for frame, people in frames.items():
        for person in people:
            if person.track is None or frame in tracks.setdefault(person.track, {}):
                return None
            tracks[person.track][frame] = person.points
    return list(tracks.values())


def _jumps(tracks: list[Track], fps: float) -> bool:
    steps = far = 0
    for track in tracks:
        for frame in track:
            if frame - 1 in track:
                steps += 1
                far += int(_distances([track[frame]], [track[frame - 1]])[0, 0] > _gate(1 / fps))
    return len(tracks) > 1 and far > max(_JUMPS * steps, 1)


def _followed(frames: Mapping[int, Sequence[Person]], fps: float) -> list[Track]:
    tracks: list[Track] = []
    live: list[int] = []
    last: list[int] = []
    for frame, people in frames.items():
        live = [number for number in live if frame - last[number] <= max(GAP * fps, 1)]
        points = [person.points for person in people]
        before = [tracks[number][last[number]] for number in live]
        gates = np.array([_gate((frame - last[number]) / fps) for number in live])
        for person, number in zip(points, _associate(points, before, live, gates)):
            if number is None:
                number = len(tracks)
                tracks.append({})
                last.append(frame)
                live.append(number)
            tracks[number][frame], last[number] = person, frame
        if len(live) > 2 * MOST:
            live = sorted(live, key=lambda number: -last[number])[: 2 * MOST]
    return tracks


def _gate(seconds: float) -> float:
    return min(GATE + SPEED * seconds, MOST_GATE)


def _associate(
    found: list[np.ndarray], before: list[np.ndarray], numbers: list[int], gates: np.ndarray
) -> list[int | None]:
    """Number of each person found: one of those followed, or None for somebody new."""
    owner: list[int | None] = [None] * len(found)
    if found and before:
        cost = _distances(found, before)
        cost[~(cost <= gates)] = np.inf
        for i, k in zip(*linear_sum_assignment(np.where(np.isfinite(cost), cost, 1e6))):
            if np.isfinite(cost[i, k]):
                owner[i] = numbers[k]
    return owner


def _distances(found: list[np.ndarray], before: list[np.ndarray]) -> np.ndarray:
    """Mean distance of the points that both have, in heights of the higher one's box. Shape (F, B); inf without any."""
    a, b = np.stack(found), np.stack(before)
    seen_a, seen_b = a[..., 2] > 0, b[..., 2] > 0
    high = np.maximum(_heights(a[..., 1], seen_a)[:, None], _heights(b[..., 1], seen_b)[None])
    both = seen_a[:, None] & seen_b[None]
    xy_a, xy_b = np.nan_to_num(a[..., :2]), np.nan_to_num(b[..., :2])
    far = np.linalg.norm(xy_a[:, None] - xy_b[None], axis=-1)
    count = both.sum(-1)
    mean = (far * both).sum(-1) / np.maximum(count, 1)
    return np.where(count > 0, mean / np.maximum(high, 1.0), np.inf)


def _heights(rows: np.ndarray, seen: np.ndarray) -> np.ndarray:
    return np.where(seen, rows, -np.inf).max(1) - np.where(seen, rows, np.inf).min(1)
