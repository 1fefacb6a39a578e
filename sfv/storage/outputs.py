"""Where results are written: folders and files are tried before hours of work, and what lies in the way is kept aside.

Importing it loads nothing heavy: a wrong name is told at once.
"""

from pathlib import Path

from sfv.errors import SfvError
from sfv.files import clear_parts, with_ending
from sfv.storage.aside import put_aside
from sfv.system.progress import log
from sfv.video_names import check_video_name


def writable_folder(folder: Path, flag: str = "--out") -> Path:
    """Make ``folder`` and see that files can be written there, before hours of work; what killed processes left there half-written
    is cleared away. Raises SfvError, which advises ``flag``."""
    probe = folder / ".sfv-writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
        clear_parts(folder)
    except OSError as error:
        raise SfvError(
            f"cannot write in {folder}: {error.strerror or error}; choose another folder with {flag}"
        ) from error
    return folder


def writable_file(path: Path, flag: str = "--out") -> Path:
    """``path``, which is no folder, in a folder that can be written to. Raises SfvError."""
    try:
        folder = path.is_dir()
    except OSError as error:  # a name of 300 letters
        raise SfvError(f"cannot write {path}: {error.strerror or error}; give another name with {flag}") from error
    if folder:
        raise SfvError(f"{path} is a folder; give the name of a file with {flag}")
    writable_folder(path.parent, flag)
    return path


def writable_npz(path: Path, flag: str = "--out") -> Path:
    """``path`` with .npz at its end, in a folder that can be written to. Raises SfvError, also for the files of a training."""
    path = writable_file(with_ending(writable_file(path, flag), ".npz"), flag)
    if (
        path.exists()
        and path.name in _OF_TRAINING
        and (path.parent / "config.toml").is_file()
        and _trained(path.parent)
    ):
        raise SfvError(f"{path} belongs to the training in {path.parent}; give another name with {flag}")
    return path


_OF_TRAINING = ("policy.npz", "checkpoint.npz", "clip.npz")


def _trained(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("policy.npz", "checkpoint.npz"))


def make_way(path: Path, default: Path) -> None:
    """Rename what lies at a default ``path`` that is about to be written, and say so; whoever names a file means it."""
    if path == default and path.is_file():
        log(f"the older {path} is kept as {put_aside(path)}")


def writable_video(path: Path, flag: str = "--out") -> Path:
    """``path``, whose name ends like a video's, in a folder that can be written to. Raises VideoError, SfvError."""
    check_video_name(path)
    return writable_file(path, flag)
