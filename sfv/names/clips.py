"""Motions that a user names: keypoints, body motions and clips, by path or as they are; motion-capture clips by asset name too."""

from pathlib import Path
from typing import TYPE_CHECKING

from sfv.assets import ASSETS, fetch
from sfv.errors import SfvError
from sfv.names.files import check_file, check_names
from sfv.names.places import as_character, character_name
from sfv.recognise import is_npz
from sfv.system.progress import console

if TYPE_CHECKING:
    from sfv.character import Character
    from sfv.detect.keypoints import Keypoints
    from sfv.motion.body_motion import BodyMotion
    from sfv.motion.clip import Clip
    from sfv.retarget.config import RetargetConfig
    from sfv.retarget.report import RetargetReport

_CLIPS = "humanoid3d_"
_HUMANOID = "humanoid"


def as_keypoints(keypoints: "Keypoints | str | Path") -> "Keypoints":
    """What `sfv detect` wrote, by path or as it is. Raises FileFormatError, SfvError."""
    if not isinstance(keypoints, (str, Path)):
        return keypoints
    path = check_file(Path(keypoints).expanduser(), "keypoints.npz, which `sfv detect` writes")
    from sfv.detect.keypoints import Keypoints

    return Keypoints.load(path)


def as_motion(motion: "BodyMotion | str | Path", body: str | Path | None = None) -> "BodyMotion":
    """A motion.npz or a file of AMASS, BVH, Acclaim or MimicKit by path, or a motion as it is; ``body`` is the body model's file for SMPL.

    Raises SfvError.
    """
    if not isinstance(motion, (str, Path)):
        return motion
    path = check_file(
        Path(motion).expanduser(),
        "motion.npz, which `sfv reconstruct` writes, or a file of AMASS, BVH, Acclaim or MimicKit",
    )
    from sfv.reconstruct.import_motion import open_motion

    return open_motion(path, body)


def as_clip(
    clip: "Clip | str | Path",
    character: "Character | str | Path | None" = None,
    config: "RetargetConfig | None" = None,
    trust: bool = False,
) -> "Clip":
    """A clip by path, by the name of a motion-capture clip (``humanoid3d_walk``, or ``walk`` where no such file is there), or as it is.

    Args:
        clip: what is meant.
        character: whose clip it is to be: one of another character is retargeted with ``config``. None: its own.
        config: settings of retargeting.
        trust: go on with a clip that cannot be what it says.

    Raises SfvError.
    """
    if isinstance(clip, (str, Path)):
        return find_clip(str(clip), None if character is None else character_name(character), config, trust)
    if character is None:
        return clip
    target = as_character(character)
    if clip.character == target.name:
        return clip
    from sfv.retarget.clip_to_clip import retarget_clip

    made, report = retarget_clip(clip, as_character(clip.character), target, config, console.print, trust)
    _log_lines(report)
    return made


def find_clip(clip: str, character: str | None, config: "RetargetConfig | None" = None, trust: bool = False) -> "Clip":
    """A clip.npz by path, or a motion-capture clip by asset name (``humanoid3d_walk``), as a clip of ``character``; None: its own.

    What belongs to another character is retargeted with ``config``, and kept beside its file; the report is printed. ``trust``: also
    where it cannot be what it says. Raises SfvError.
    """
    path = find_clip_file(clip)
    check_names(character)
    from sfv.character import load_character

    target = load_character(character or _HUMANOID)
    found = read_clip(path, target)
    if character is None or found.character == target.name:
        return found
    from sfv.retarget.cached import retarget_cached

    made, report = retarget_cached(found, path, target, config, console.print, trust)
    _log_lines(report)
    return made


def _log_lines(report: "RetargetReport") -> None:
    console.print("\n".join(f"  {line}" for line in report.words()))


def find_clip_file(clip: str | Path) -> Path:
    """File of a clip: a path, or a motion-capture clip by asset name, fetched where it is not there yet. Raises SfvError."""
    name, path = str(clip), Path(clip).expanduser()
    full = name if name.startswith(_CLIPS) else _CLIPS + name
    if not path.exists() and full in ASSETS:
        path = fetch(full, console.print)
    if path.is_dir():
        raise SfvError(f"{path} is a folder; give a clip.npz")
    if not path.exists():
        known = ", ".join(name for name in ASSETS if name.startswith(_CLIPS))
        raise SfvError(f"there is no clip '{clip}'; give a clip.npz, or one of: {known}")
    return path


def read_clip(path: Path, character: "Character") -> "Clip":
    """A clip.npz, or a DeepMimic file: of ``character`` where it has the joints of DeepMimic's humanoid, else of that humanoid."""
    from sfv.motion.clip import Clip

    if path.suffix.lower() == ".npz" or is_npz(path):
        return Clip.load(path)
    from sfv.motion.deepmimic import JOINTS, read_deepmimic
    from sfv.physics.model import joint_layout

    own = set(joint_layout(character.model())[0]) == set(JOINTS)
    return read_deepmimic(path, str(character.folder) if own else _HUMANOID)
