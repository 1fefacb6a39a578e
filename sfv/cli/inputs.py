"""What the user names on the command line: a video by path or by asset name, folders to write to."""

from pathlib import Path

from sfv.assets import ASSETS, fetch
from sfv.cli.progress import console
from sfv.errors import SfvError

_VIDEOS = (".mp4", ".mov", ".avi")


def find_video(video: str) -> Path:
    """A path, or the name of a video among the assets (``demo_video``, ``balance_cam01`` ...). Raises SfvError."""
    path = Path(video).expanduser()
    if not path.exists() and video in ASSETS and ASSETS[video].path.endswith(_VIDEOS):
        return fetch(video, console.print)
    if not path.exists():
        known = ", ".join(name for name, asset in ASSETS.items() if asset.path.endswith(_VIDEOS))
        raise SfvError(f"there is no video '{video}'; give a file, a folder of images, or one of: {known}")
    return path


def writable_folder(folder: Path) -> Path:
    """Make ``folder`` and see that files can be written there, before hours of work. Raises SfvError."""
    probe = folder / ".sfv-writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SfvError(f"cannot write in {folder}: {error.strerror or error}; choose another folder with --out") from error
    return folder
