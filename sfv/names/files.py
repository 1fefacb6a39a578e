"""Files that a user names: videos by path or by asset name, body models; checks that load nothing heavy."""

from pathlib import Path

from sfv.assets import ASSETS, fetch
from sfv.errors import FileFormatError, SfvError
from sfv.finder import find_character, find_environment
from sfv.recognise import is_npz, kind_of, unknown
from sfv.system.progress import console
from sfv.video_names import VIDEO_SUFFIXES

_FILMS = "films (.mp4, .mov, .mkv, .avi and others), pictures and folders of pictures"


def check_names(character: str | None = None, env: str | None = None, body: str | Path | None = None) -> None:
    """See that what is named is there, before anything heavy is loaded. Raises UnknownNameError, SfvError."""
    if character is not None:
        find_character(character)
    if env is not None:
        find_environment(env)
    if body is not None:
        check_file(Path(body).expanduser(), "a body model file in SMPL's format")


def check_file(path: Path, what: str) -> Path:
    """``path`` where a file is there; ``what`` says what is needed. Raises SfvError."""
    if path.is_dir():
        raise SfvError(f"{path} is a folder; give {what}")
    if not path.exists():
        raise SfvError(f"{path} does not exist; give {what}")
    return path


def find_video(video: str | Path) -> Path:
    """A path, or the name of a video among the assets (``demo_video``, ``balance_cam01`` ...). Raises SfvError."""
    name, path = str(video), Path(video).expanduser()
    if not path.exists() and name in ASSETS and ASSETS[name].path.endswith(VIDEO_SUFFIXES):
        return fetch(name, console.print)
    if not path.exists():
        known = ", ".join(name for name, asset in ASSETS.items() if asset.path.endswith(VIDEO_SUFFIXES))
        raise SfvError(f"there is no video '{video}'; give a file, a folder of images, or one of: {known}")
    if not path.is_dir():
        check_film(path)
    return path


def check_film(path: Path) -> None:
    """Raise FileFormatError for a file that is certainly neither film nor picture, saying what it is."""
    if is_npz(path):
        raise FileFormatError(f"{path} is an archive (as .npz is), neither film nor picture; read are: {_FILMS}")
    kind = kind_of(path)
    if kind is not None and kind.name not in ("a film", "a picture"):
        raise unknown(path, _FILMS, mend="give one of those")
