"""A clip of one character that another one is to do: retargeted on the way, and kept beside the file for the next time."""

from collections.abc import Callable
from pathlib import Path

from sfv.character import Character, load_character
from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.retarget.clip_to_clip import retarget_clip
from sfv.retarget.config import RetargetConfig
from sfv.retarget.report import RetargetReport
from sfv.storage.safe_names import safe_name
from sfv.storage.stamps import fingerprint, read_note, stamp_of, write_note

_CODE = ("retarget", "motion", "character", "mjcf")
"""Rooms of sfv whose change makes a kept clip out of date."""
_DATA = ("*.toml", "*.xml")
"""Files that make up a character."""


def retarget_cached(
    clip: Clip,
    path: Path,
    character: Character,
    config: RetargetConfig | None,
    log: Callable[[str], None],
    trust: bool = False,
) -> tuple[Clip, RetargetReport]:
    """``clip``, which was read from ``path``, done by ``character``.

    The result lies beside ``path`` as <name>.<character>.npz with a note of what it was made of, and is taken from there while file,
    both characters, settings and code are the same. ``log`` gets a line for each step; ``trust``: also what cannot be right.
    Raises SfvError.
    """
    config = config or RetargetConfig()
    source = load_character(clip.character)
    stamp = stamp_of(path.read_bytes(), clip.cyclic, _files(source), _files(character), config, fingerprint(*_CODE))
    kept = path.with_name(f"{path.stem}.{safe_name(character.name)}.npz")
    note = kept.with_suffix(".json")
    known = read_note(note, stamp)
    if known is not None and kept.is_file():
        log(f"{clip.name}, retargeted from {source.name} to {character.name} before: {kept}")
        return Clip.load(kept), RetargetReport(**known)
    log(f"retargeting {clip.name} from {source.name} to {character.name}")
    made, report = retarget_clip(clip, source, character, config, log, trust)
    try:
        made.save(kept)
        write_note(note, stamp, report.as_dict())
    except SfvError as error:
        log(f"the retargeted clip is not kept for the next time: {error}")
    return made, report


def _files(character: Character) -> bytes:
    """Everything that defines a character."""
    files = sorted({path for pattern in _DATA for path in character.folder.glob(pattern)} | {character.mjcf})
    return b"\n".join(path.read_bytes() for path in files)
