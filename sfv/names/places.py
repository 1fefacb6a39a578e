"""Characters, environments and body models, by name, by path or as they are."""

from pathlib import Path
from typing import TYPE_CHECKING

from sfv.errors import SfvError, UnknownNameError
from sfv.finder import find_character, find_environment
from sfv.names.files import check_names

if TYPE_CHECKING:
    from sfv.body.model import Body
    from sfv.character import Character
    from sfv.environment import Environment


def as_character(character: "Character | str | Path") -> "Character":
    """A character by name, by the path of its folder, or as it is. Raises UnknownNameError, FileFormatError."""
    if not isinstance(character, (str, Path)):
        return character
    find_character(str(character))
    from sfv.character import load_character

    return load_character(str(character))


def as_environment(env: "Environment | str | Path") -> "Environment":
    """An environment by name, by the path of its folder, with changes (``slope:angle_deg=20``), or as it is. Raises UnknownNameError,
    FileFormatError, SfvError."""
    if not isinstance(env, (str, Path)):
        return env
    find_environment(str(env))
    from sfv.environment import load_environment

    return load_environment(str(env))


def as_body(body: "Body | str | Path | None" = None, name: str | None = None) -> "Body":
    """A body model by the path of its file, or as it is; None: $SFV_BODY, then the one that ships. Raises SfvError."""
    if body is not None and not isinstance(body, (str, Path)):
        return body
    check_names(body=body)
    from sfv.body.model import load_body

    return load_body(body, name)


def character_name(character: "Character | str | Path") -> str:
    """What a config calls a character: its name where it is found by that, else the path of its folder. Raises SfvError for one that
    was changed in memory: a run folder could not name it."""
    if isinstance(character, (str, Path)):
        return str(character)
    name = _shortest(character.name, character.folder)
    if as_character(name) != character:
        raise SfvError(
            f"this character differs from what {character.folder} says; write its character.toml, so that a run can name it"
        )
    return name


def environment_name(env: "Environment | str | Path") -> str:
    """What a config calls an environment, its changes included. Raises SfvError for one that was changed in memory."""
    if isinstance(env, (str, Path)):
        return str(env)
    if as_environment(env.name) != env:
        raise SfvError(
            f"this environment differs from what '{env.name}' names; write its env.toml, or name the changes (slope:angle_deg=20)"
        )
    return env.name


def _shortest(name: str, folder: Path) -> str:
    """The name, where it finds that very folder."""
    try:
        return name if find_character(name).resolve() == folder.resolve() else str(folder)
    except UnknownNameError:
        return str(folder)
