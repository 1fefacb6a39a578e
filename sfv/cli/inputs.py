"""What the user names on the command line: a video by path or by asset name, folders to write to.

Importing it loads nothing heavy, and neither do the checks of names: a wrong one is told at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sfv.assets import ASSETS, fetch
from sfv.errors import FileFormatError, SfvError
from sfv.finder import find_character, find_environment
from sfv.progress import console
from sfv.recognise import is_npz, kind_of, unknown
from sfv.video_names import VIDEO_SUFFIXES, check_video_name

if TYPE_CHECKING:
    from sfv.character import Character
    from sfv.motion.clip import Clip
    from sfv.retarget.config import RetargetConfig

_CLIPS = "humanoid3d_"
_HUMANOID = "humanoid"
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


def find_video(video: str) -> Path:
    """A path, or the name of a video among the assets (``demo_video``, ``balance_cam01`` ...). Raises SfvError."""
    path = Path(video).expanduser()
    if not path.exists() and video in ASSETS and ASSETS[video].path.endswith(VIDEO_SUFFIXES):
        return fetch(video, console.print)
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


def find_clip(clip: str, character: str, config: "RetargetConfig | None" = None, trust: bool = False) -> "Clip":
    """A clip.npz by path, or a motion-capture clip by asset name (``humanoid3d_walk``), as a clip of ``character``.

    What belongs to another character is retargeted with ``config``, and kept beside its file; the report is printed. ``trust``: also
    where it cannot be what it says. Raises SfvError.
    """
    path = find_clip_file(clip)
    check_names(character)
    from sfv.character import load_character
    from sfv.retarget.cached import retarget_cached

    target = load_character(character)
    found = read_clip(path, target)
    if found.character == target.name:
        return found
    made, report = retarget_cached(found, path, target, config, console.print, trust)
    console.print("\n".join(f"  {line}" for line in report.words()))
    return made


def find_clip_file(clip: str) -> Path:
    """File of a clip: a path, or a motion-capture clip by asset name, fetched where it is not there yet. Raises SfvError."""
    path = Path(clip).expanduser()
    if not path.exists() and clip in ASSETS and clip.startswith(_CLIPS):
        path = fetch(clip, console.print)
    if path.is_dir():
        raise SfvError(f"{path} is a folder; give a clip.npz")
    if not path.exists():
        known = ", ".join(name for name in ASSETS if name.startswith(_CLIPS))
        raise SfvError(f"there is no clip '{clip}'; give a clip.npz, or one of: {known}")
    return path


def read_clip(path: Path, character: "Character") -> "Clip":
    """A clip.npz, or a DeepMimic file: of ``character`` where it has the joints of DeepMimic's humanoid, else of that humanoid."""
    from sfv.motion.clip import Clip
    from sfv.recognise import is_npz

    if path.suffix.lower() == ".npz" or is_npz(path):
        return Clip.load(path)
    from sfv.motion.deepmimic import JOINTS, read_deepmimic
    from sfv.physics.model import joint_layout

    own = set(joint_layout(character.model())[0]) == set(JOINTS)
    return read_deepmimic(path, str(character.folder) if own else _HUMANOID)


def writable_folder(folder: Path, flag: str = "--out") -> Path:
    """Make ``folder`` and see that files can be written there, before hours of work; what killed processes left there half-written
    is cleared away. Raises SfvError, which advises ``flag``."""
    from sfv.files import clear_parts

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
    from sfv.files import with_ending

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
    from sfv.aside import put_aside

    if path == default and path.is_file():
        console.print(f"the older {path} is kept as {put_aside(path)}", soft_wrap=True)


def writable_video(path: Path, flag: str = "--out") -> Path:
    """``path``, whose name ends like a video's, in a folder that can be written to. Raises VideoError, SfvError."""
    check_video_name(path)
    return writable_file(path, flag)
