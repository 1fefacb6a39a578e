"""Keypoints of a video from what another program wrote: JSON files or arrays, told apart by what they hold."""

import zipfile
from pathlib import Path

from sfv.budget import regular_file
from sfv.detect.config import DetectConfig
from sfv.detect.film import open_film
from sfv.detect.foreign.assemble import assemble
from sfv.detect.foreign.formats.arrays import check_rate, read_arrays
from sfv.detect.foreign.formats.json_files import READ, read_file, read_folder
from sfv.detect.foreign.formats.records import Content, Frame
from sfv.detect.keypoints import SCHEMA, Keypoints
from sfv.detect.tracking.track import Progress
from sfv.errors import FileFormatError
from sfv.files import read_npz


def read_foreign(video_path: Path, config: DetectConfig, progress: Progress | None = None) -> Keypoints:
    """Keypoints of the video from ``config.keypoints``: a folder of JSON files, one JSON file, an npz, or a keypoints.npz of ours.

    Frames are told by the numbers in the files' names or in the file (docs/files.md); those of a folder of images by the images'
    names. ``notes`` of the result say what was recognised and assumed. Raises FileFormatError, UnknownNameError, VideoError.
    """
    if not config.keypoints:
        raise FileFormatError(
            f"the detector '{config.detector}' reads what another program wrote ({READ}, or an npz); name the file or folder with "
            "--keypoints"
        )
    given, arrays = Path(config.keypoints).expanduser(), None
    if given.is_dir():
        content = read_folder(given)
    elif zipfile.is_zipfile(regular_file(given)) or given.suffix.lower() == ".npz":
        arrays = read_npz(given)
        if str(arrays.get("schema", "")) == SCHEMA:
            return Keypoints.load(given)
        content = read_arrays(arrays, given)
    else:
        content = _labelled(read_file(given), given)
    video = open_film(video_path, config)
    if arrays is not None:
        check_rate(arrays, given, video)
    found = assemble(content, given, video, config)
    if progress:
        progress(len(video), len(video))
    return found


def _labelled(content: Content, file: Path) -> Content:
    """A single frame without a number of its own has that of its file."""
    if len(content.frames) != 1 or content.frames[0].label is not None:
        return content
    frame = Frame(content.frames[0].people, file.stem.removesuffix("_keypoints"))
    return Content(content.format, [frame], content.names, content.size, content.notes)
