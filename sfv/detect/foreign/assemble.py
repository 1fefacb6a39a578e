"""Frames of any format made one: pixels of the video, named points, people followed."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sfv.detect.config import DetectConfig
from sfv.detect.foreign.formats.records import Content, Person
from sfv.detect.foreign.layouts import LAYOUTS
from sfv.detect.foreign.names import our_names
from sfv.detect.foreign.numbering import numbering
from sfv.detect.foreign.recognise import AUTO, recognise
from sfv.detect.foreign.scale import to_pixels, to_shares
from sfv.detect.foreign.tracks import tracks_of
from sfv.detect.keypoints import Keypoints
from sfv.errors import FileFormatError
from sfv.video import Video, image_files


def assemble(content: Content, where: Path, video: Video, config: DetectConfig) -> Keypoints:
    """Keypoints of everybody over the frames of ``video``, with notes of what was assumed; numbers count the pictures of its file.

    Raises FileFormatError where the content cannot be this video's or is in no layout, UnknownNameError for an unknown layout.
    """
    named, total = str(where), video.num_pictures
    images = [file.stem for file in image_files(video.path)] if video.path.is_dir() else []
    placed = numbering([frame.label for frame in content.frames], total, named, images, config.first_number)
    frames: dict[int, list[Person]] = {}
    for number, frame in zip(placed.frames, content.frames):
        if 0 <= number < total:
            frames.setdefault(number, []).extend(frame.people)
    frames, scaled = _measured(frames, video, content.size, config, named)
    frames, names, told = _named(frames, content, config.layout, named)
    own = zip(video.pictures.tolist(), video.held, strict=True)
    cut = {frame: frames[number] for frame, (number, held) in enumerate(own) if not held and number in frames}
    tracks, followed = tracks_of(cut, video.fps, len(video))
    notes = (f"keypoints of {content.format}", *content.notes, *told, *scaled, *placed.notes, *followed)
    arrays = np.zeros((len(tracks), len(video), len(names), 3))
    for row, track in zip(arrays, tracks):
        for frame, points in track.items():
            row[frame] = points
    return keypoints_of(arrays[..., :2], arrays[..., 2], names, video, notes)


def keypoints_of(
    xy: np.ndarray, confidence: np.ndarray, names: tuple[str, ...], video: Video, notes: Sequence[str]
) -> Keypoints:
    """Who is seen most first; absent landmarks marked as such; no 3D."""
    confidence = np.where(np.isfinite(xy).all(-1), confidence, 0)
    order = np.argsort(-confidence.sum((1, 2)), kind="stable")
    xy, confidence = xy[order], confidence[order]
    return Keypoints(
        np.where((confidence > 0)[..., None], xy, np.nan), confidence, np.full((*confidence.shape, 3), np.nan), video.fps,
        video.size, names, str(video.path), video.first_frame, notes=tuple(notes), film=video.film,
    )  # fmt: skip


def _measured(
    frames: dict[int, list[Person]], video: Video, size: tuple[float, float] | None, config: DetectConfig, where: str
) -> tuple[dict[int, list[Person]], list[str]]:
    """The same people in the video's pixels, with confidences in [0, 1]."""
    everybody = [person for people in frames.values() for person in people]
    if not everybody:
        return frames, []
    points = np.concatenate([person.points for person in everybody])
    confidence, notes = to_shares(points[:, 2], where)
    confidence[~np.isfinite(points[:, :2]).all(1)] = 0.0
    if size is None and video.stored_size != video.size:  # other programs leave pixels that are not square as they are
        size = video.stored_size
    xy, scaled = to_pixels(points[:, :2], confidence > 0, video.size, size, config.scale, where)
    done = np.column_stack([xy, confidence])
    parts = iter(np.split(done, np.cumsum([len(person.points) for person in everybody])[:-1]))
    return {number: [replace(person, points=next(parts)) for person in people] for number, people in frames.items()}, [
        *scaled,
        *notes,
    ]


def _named(
    frames: dict[int, list[Person]], content: Content, layout: str, where: str
) -> tuple[dict[int, list[Person]], tuple[str, ...], list[str]]:
    """People with the points that have names, in one order; the names; what is to be said."""
    everybody = [person for people in frames.values() for person in people]
    given = {person.names or content.names for person in everybody} or {content.names}
    counts = {len(person.points) for person in everybody}
    only = given.pop() if len(given) == 1 else None
    if given:
        raise FileFormatError(f"{where}: people's points have different names; all must have the same")
    if only is not None and layout == AUTO:
        if not counts <= {len(only)}:
            raise FileFormatError(
                f"{where}: people have {' or '.join(map(str, sorted(counts)))} points, named are {len(only)}"
            )
        names, unknown = our_names(only, where)
        return frames, names, [f"points that nothing here knows: {', '.join(unknown)}"] if unknown else []
    told = recognise([person.points for person in everybody], layout, where)
    order = [(index, name) for index, name in enumerate(LAYOUTS[told.name]) if name]
    kept = [index for index, _ in order]
    cut = {
        number: [replace(person, points=person.points[kept]) for person in people] for number, people in frames.items()
    }
    return cut, tuple(name for _, name in order), [*told.notes] or [f"layout {told.name}"]
