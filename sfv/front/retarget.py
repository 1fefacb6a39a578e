"""``sfv.retarget``: a body motion, or a clip of another character, becomes a clip of a character."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfv.errors import SfvError
from sfv.front.outputs import path_of, ready
from sfv.front.settings import Log, quiet, with_settings
from sfv.names import as_body, as_character, as_motion, check_names, find_clip_file, read_clip
from sfv.retarget.config import RetargetConfig
from sfv.storage.outputs import writable_npz

if TYPE_CHECKING:
    from sfv.body.model import Body
    from sfv.character import Character
    from sfv.motion.body_motion import BodyMotion
    from sfv.motion.clip import Clip
    from sfv.retarget.report import RetargetReport


def retarget(
    motion: "BodyMotion | Clip | str | Path",
    character: "Character | str | Path" = "humanoid",
    out: str | Path | None = None,
    *,
    body: "Body | str | Path | None" = None,
    trust: bool = False,
    name: str | None = None,
    config: RetargetConfig | None = None,
    keep_older: bool = False,
    log: Log = quiet,
    **settings: Any,
) -> "Clip":
    """Carry a body motion, or a clip of another character, over to a character; a gait becomes a seamless loop.

    Args:
        motion: A motion or a clip, the path of a motion.npz, of an AMASS npz or of a clip.npz, or the name of a motion-capture clip
            (``humanoid3d_walk``).
        character: Name of the character, the path of its folder, or the character.
        out: File to write (clip.npz); None writes nothing.
        body: Body model, or its file in SMPL's format, for motions; None is $SFV_BODY, then the one they were made with.
        trust: Go on with a motion that cannot be what it says (another unit, another axis up, jumps), with a warning.
        name: Name of the clip that a motion becomes; None takes it from ``out``.
        config: Settings of retargeting.
        keep_older: Keep what lies at ``out`` under a dated name instead of replacing it.
        log: Called with each line of the steps and of the report.
        settings: Single fields of ``RetargetConfig``, which win over ``config``.

    Returns:
        The motion as qpos of the character.

    Raises:
        UnknownNameError: There is no such character or clip.
        SfvError: The motion cannot be what it says, or is a clip of that character already.
    """
    path = find_clip_file(motion) if isinstance(motion, (str, Path)) else None
    check_names(character if isinstance(character, str) else None, body=body if isinstance(body, (str, Path)) else None)
    target = path_of(out)
    config = with_settings(config or RetargetConfig(), settings)
    if target is not None:
        target = writable_npz(target)
    made, report = _retarget(motion, path, as_character(character), config, body, name or _name(target), trust, log)
    if target is not None:
        ready(target, keep_older)
        made.save(target)
    log("\n".join([*report.words(), *([] if target is None else [f"wrote {target}"])]))
    return made


def _name(out: Path | None) -> str:
    from sfv.storage.safe_names import safe_name

    return "clip" if out is None else safe_name(out.stem)


def _retarget(
    motion: "BodyMotion | Clip | str | Path",
    path: Path | None,
    character: "Character",
    config: RetargetConfig,
    body: "Body | str | Path | None",
    name: str,
    trust: bool,
    log: Log,
) -> "tuple[Clip, RetargetReport]":
    """Of a body motion, of a clip's file, whose result is kept beside it, or of a clip in memory."""
    from sfv.motion.clip import Clip, is_clip
    from sfv.motion.mocap.captured import kind_of_capture
    from sfv.recognise import is_npz
    from sfv.retarget.cached import retarget_cached
    from sfv.retarget.clip_to_clip import retarget_clip
    from sfv.retarget.retarget import retarget as carry_over

    if path is not None and ((is_npz(path) and not is_clip(path)) or kind_of_capture(path)):
        motion, path = as_motion(path, body if isinstance(body, (str, Path)) else None), None
    if path is None and not isinstance(motion, (Clip, str, Path)):
        person = None if body is None else as_body(body, motion.body)
        return carry_over(motion, character, config, person, name, log, trust)
    found = motion if isinstance(motion, Clip) else None
    if path is not None:
        found = read_clip(path, character)
    assert found is not None
    if found.character == character.name:
        said = found.name if path is None else motion
        raise SfvError(f"{said} is a clip of {character.name} already; choose another one with --character")
    if path is not None:
        return retarget_cached(found, path, character, config, log, trust)
    return retarget_clip(found, as_character(found.character), character, config, log, trust)
