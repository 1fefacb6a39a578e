"""What a user names, found: a video, a clip, a run or skill by path or by name; characters and environments.

Importing it loads nothing heavy, and neither do the checks of names: a wrong one is told at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sfv.assets import ASSETS, fetch
from sfv.errors import FileFormatError, SfvError
from sfv.finder import find_character, find_environment
from sfv.progress import console
from sfv.recognise import is_npz, kind_of, unknown
from sfv.video_names import VIDEO_SUFFIXES

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


RESULTS = Path("evaluation")
"""Folder under the present one in which results of skills are kept: a skill itself is not written to."""


def locate(name: str) -> tuple[Path, Path, str | None]:
    """Run folder that ``name`` (path or skill) means, folder for its results, and its name where it is a skill.

    Raises UnknownNameError, SfvError.
    """
    from sfv.safe_names import safe_name
    from sfv.skills.skill import CARD, find_playable, read_skill

    folder = find_playable(name)
    if not (folder / CARD).is_file():
        return folder, folder, None
    card = read_skill(folder).card
    return folder, RESULTS / safe_name(f"{card.character}_{card.name}"), card.name


def report_folder(results: Path, env: str | None) -> Path:
    """Where the report of a suite lies in a folder of results; every environment that is asked for has its own."""
    from sfv.evaluate.report import FOLDER
    from sfv.safe_names import safe_name

    if env is None:
        return results / FOLDER
    return results / f"{FOLDER}_{safe_name(env)}"
