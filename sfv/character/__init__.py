"""Characters: an MJCF model each, and a table of what its bodies mean."""

from sfv.character.character import Character
from sfv.character.hints import TrainingHints
from sfv.character.load import list_characters, load_character

__all__ = ["Character", "TrainingHints", "list_characters", "load_character"]
