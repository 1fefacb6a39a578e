"""What the user names on the command line: a video by path or by asset name, folders to write to."""

from pathlib import Path

from sfv.assets import ASSETS, fetch
from sfv.character import Character, load_character
from sfv.cli.carry import carry_clip
from sfv.cli.progress import console
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.motion.deepmimic import JOINTS, read_deepmimic
from sfv.physics.model import joint_layout
from sfv.retarget.config import RetargetConfig
from sfv.video import VIDEO_SUFFIXES, check_video_name

_CLIPS = "humanoid3d_"
_HUMANOID = "humanoid"


def find_video(video: str) -> Path:
    """A path, or the name of a video among the assets (``demo_video``, ``balance_cam01`` ...). Raises SfvError."""
    path = Path(video).expanduser()
    if not path.exists() and video in ASSETS and ASSETS[video].path.endswith(VIDEO_SUFFIXES):
        return fetch(video, console.print)
    if not path.exists():
        known = ", ".join(name for name, asset in ASSETS.items() if asset.path.endswith(VIDEO_SUFFIXES))
        raise SfvError(f"there is no video '{video}'; give a file, a folder of images, or one of: {known}")
    return path


def find_clip(clip: str, character: str, config: RetargetConfig | None = None) -> Clip:
    """A clip.npz by path, or a motion-capture clip by asset name (``humanoid3d_walk``), as a clip of ``character``.

    What belongs to another character is retargeted with ``config``, and kept beside its file; the report is printed. Raises SfvError.
    """
    path, target = find_clip_file(clip), load_character(character)
    found = read_clip(path, target)
    if found.character == target.name:
        return found
    made, report = carry_clip(found, path, target, config, console.print)
    console.print("\n".join(f"  {line}" for line in report.words()))
    return made


def find_clip_file(clip: str) -> Path:
    """File of a clip: a path, or a motion-capture clip by asset name, fetched where it is not there yet. Raises SfvError."""
    path = Path(clip).expanduser()
    if not path.exists() and clip in ASSETS and clip.startswith(_CLIPS):
        path = fetch(clip, console.print)
    if not path.is_file():
        known = ", ".join(name for name in ASSETS if name.startswith(_CLIPS))
        raise SfvError(f"there is no clip '{clip}'; give a clip.npz, or one of: {known}")
    return path


def read_clip(path: Path, character: Character) -> Clip:
    """A clip.npz, or a DeepMimic file: of ``character`` where it has the joints of DeepMimic's humanoid, else of that humanoid."""
    if path.suffix == ".npz":
        return Clip.load(path)
    own = set(joint_layout(character.spec().compile())[0]) == set(JOINTS)
    return read_deepmimic(path, str(character.folder) if own else _HUMANOID)


def writable_folder(folder: Path) -> Path:
    """Make ``folder`` and see that files can be written there, before hours of work. Raises SfvError."""
    probe = folder / ".sfv-writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SfvError(
            f"cannot write in {folder}: {error.strerror or error}; choose another folder with --out"
        ) from error
    return folder


def writable_video(path: Path) -> Path:
    """``path``, whose name ends like a video's, in a folder that can be written to. Raises VideoError, SfvError."""
    check_video_name(path)
    writable_folder(path.parent)
    return path
