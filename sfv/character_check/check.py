"""Check a character: load it as retargeting and training do, measure it, draw its T-pose beside the body's."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sfv.finder import find_character
from sfv.storage.outputs import writable_folder
from sfv.storage.safe_names import safe_name

if TYPE_CHECKING:
    from sfv.character_check.facts import Facts


@dataclass(frozen=True)
class CharacterCheck:
    """What came out."""

    facts: "Facts"
    """What was measured."""
    text: str
    """The same in words and tables."""
    picture: Path
    """The two T-poses side by side."""


def check_character(name: str, out: Path) -> CharacterCheck:
    """Measure the character ``name`` (a name or the path of its folder) and draw NAME_t_pose.png into the folder ``out``.

    Raises UnknownNameError, and SfvError for a character that cannot be used.
    """
    find_character(name)
    from sfv.body import load_body
    from sfv.character import load_character
    from sfv.character_check.facts import measure
    from sfv.character_check.words import facts_text
    from sfv.render.config import RenderConfig
    from sfv.render.policy.t_pose import t_pose_sheet
    from sfv.render.sheet import write_png

    character, body = load_character(name), load_body(name="open")
    facts = measure(character, body)
    text = facts_text(character, facts)
    picture = writable_folder(out) / f"{safe_name(character.name)}_t_pose.png"
    write_png(picture, t_pose_sheet(character, body, RenderConfig()))
    return CharacterCheck(facts, text, picture)
