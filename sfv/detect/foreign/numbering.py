"""Which frame of the video each file, image or entry belongs to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sfv.errors import FileFormatError

_DIGITS = re.compile(r"\d+")
_LONGEST = 18
"""Digits of a number that can be a frame's."""
_SPARE = 0.01
"""Share of the video's frames by which the numbers may go on beyond its end: programs count the last frames differently."""


@dataclass(frozen=True)
class Numbering:
    """The video's frame of each entry, counted from 0, and what was assumed of it in words."""

    frames: list[int]
    """Frame of each entry; may lie beyond the end of the video, which then has no such frame."""
    notes: list[str]


def numbering(
    labels: Sequence[str | int | None],
    count: int,
    where: str,
    images: Sequence[str] = (),
    first_number: int | None = None,
) -> Numbering:
    """Frames of a video of ``count`` frames that entries with these labels belong to.

    ``images``: names, without ending, of the images of a folder in their order: labels that are all among them are told by them.
    ``first_number``: the number that the video's first frame has; found where None. Raises FileFormatError where the numbers
    cannot be the video's.
    """
    stems = [_stem(label) for label in labels]
    order = {name: number for number, name in enumerate(images)}
    if stems and all(stem in order for stem in stems):
        return Numbering([order[stem] for stem in stems], _fewer([order[stem] for stem in stems], count))
    if not any(_DIGITS.search(stem) for stem in stems):
        notes = (
            ["the files' names hold no number, so that they were taken in alphabetical order"] if len(stems) > 1 else []
        )
        if any(label is not None for label in labels):
            return _placed(list(range(len(stems))), count, where, 0, notes)
        return _placed(list(range(len(stems))), count, where, first_number or 0, [])
    numbers = _numbers(stems, where)
    if len(numbers) == 1 and first_number is None:  # one picture, or one frame of many
        return Numbering([numbers[0] if numbers[0] < count else 0], [])
    first, notes = (first_number, []) if first_number is not None else _first(numbers, count, where)
    return _placed(numbers, count, where, first, notes)


def _stem(label: str | int | None) -> str:
    if label is None:
        return ""
    name = Path(str(label)).name
    return re.sub(r"\.(jpe?g|png|bmp|webp|tiff?|json)$", "", name, flags=re.IGNORECASE).removesuffix("_keypoints")


def _numbers(stems: list[str], where: str) -> list[int]:
    """The number in each name that tells the frame: of several the one that varies."""
    found = [_DIGITS.findall(stem) for stem in stems]
    without = next((stem for stem, numbers in zip(stems, found) if not numbers), None)
    if without is not None:
        raise FileFormatError(f"{where}: the name '{without}' holds no frame number, others do; take that file out")
    if any(len(number) > _LONGEST for numbers in found for number in numbers):
        raise FileFormatError(f"{where}: a name holds a number of more than {_LONGEST} digits, which is no frame's")
    if len({_DIGITS.sub("#", stem) for stem in stems}) == 1:
        columns = [[int(number) for number in column] for column in zip(*found)]
    else:
        columns = [[int(numbers[-1]) for numbers in found]]
    told = [column for column in columns if len(set(column)) == len(column)]
    if not told:
        twice = next(stem for k, stem in enumerate(stems) if columns[-1][k] in columns[-1][:k])
        raise FileFormatError(
            f"{where}: the number of the frame stands in several names (such as '{twice}'): several series or cameras are mixed; "
            "give a folder with the files of one"
        )
    return told[-1]


def _first(numbers: list[int], count: int, where: str) -> tuple[int, list[str]]:
    """Number of the video's first frame, and what was assumed."""
    low, high = min(numbers), max(numbers)
    if high < count:
        if low == 1 and high == count - 1:
            return 0, [
                f"the keypoints' numbers go from 1 to {high} of {count} frames: counted from 0, the first frame has none; if they "
                "are counted from 1, give --first-number 1"
            ]
        return 0, []
    if low >= 1 and high == count:
        return 1, ["the keypoints' frames are counted from 1"]
    if high - low + 1 <= count and low > 0 and len(numbers) == count:
        return low, [f"the keypoints' first frame has the number {low}, and was taken for the video's first"]
    return 0, []


def _placed(numbers: list[int], count: int, where: str, first: int, notes: list[str]) -> Numbering:
    """Numbers as frames. Raises FileFormatError where more than a few lie beyond the video."""
    frames = [number - first for number in numbers]
    beyond = sum(not 0 <= frame < count for frame in frames)
    if beyond > max(1, round(_SPARE * count)):
        raise FileFormatError(
            f"{where}: keypoints for {len(frames)} frames with the numbers {min(numbers)} to {max(numbers)} do not fit a video of "
            f"{count} frames: they belong to another or a longer video, or to one of another frame rate; if the video is cut out "
            "of a longer one, give the number of its first frame with --first-number"
        )
    if beyond:
        gone = "one frame" if beyond == 1 else f"{beyond} frames"
        notes = [*notes, f"the keypoints go on for {gone} beyond the video's {count}, which were left out"]
    return Numbering(frames, [*notes, *_fewer([frame for frame in frames if 0 <= frame < count], count)])


def _fewer(frames: list[int], count: int) -> list[str]:
    """What is to be said where many frames have no keypoints."""
    have = len(set(frames))
    if not have or have >= count:
        return []
    notes = [f"{count - have} of the video's {count} frames have no keypoints"]
    if have == max(frames) - min(frames) + 1 and min(frames) <= 1 and have > 2 and have <= 0.8 * count:
        notes.append(
            f"the keypoints are those of {have} frames in a row, the video has {count}: if they were made of a copy with another "
            "frame rate, they belong to other frames: make them of this very file"
        )
    return notes
