"""What a user names, found: a name, a path or the thing itself becomes the thing. The one place where names are resolved.

Importing it loads nothing heavy, and neither do the checks of names: a wrong one is told at once.
"""

from sfv.names.clips import as_clip, as_keypoints, as_motion, find_clip, find_clip_file, read_clip
from sfv.names.files import check_file, check_film, check_names, find_video
from sfv.names.places import as_body, as_character, as_environment, character_name, environment_name
from sfv.names.runs import as_run, locate, look_up

__all__ = [
    "as_body",
    "as_character",
    "as_clip",
    "as_environment",
    "as_keypoints",
    "as_motion",
    "as_run",
    "character_name",
    "check_file",
    "check_film",
    "check_names",
    "environment_name",
    "find_clip",
    "find_clip_file",
    "find_video",
    "locate",
    "look_up",
    "read_clip",
]
