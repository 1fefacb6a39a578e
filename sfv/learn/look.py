"""A look at the clips before they are trained on: whether they can be what they say, and how far they carry themselves."""

import logging
from collections.abc import Sequence

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.imitate.replay import replay
from sfv.learn.config import RunConfig
from sfv.motion.clip import Clip
from sfv.motion.plausible import believe, check_clip

log = logging.getLogger(__name__)


def look_at(clips: Sequence[Clip], run: RunConfig, trust: bool) -> tuple[str, ...]:
    """Doubts about ``clips``, and what ends their first second with zero action, a line each; they are logged too.

    Raises SfvError for a clip of another character, and for one that cannot be what it says unless it is trusted.
    """
    character, environment = load_character(run.character), load_environment(run.env)
    own_ground = not environment.level and not environment.terrain.follow
    lines: list[str] = []
    for clip in clips:
        lines += believe(check_clip(clip, character, level=not own_ground), f"the clip {clip.name}", trust)
        lines += replay(clip, character, environment, run.physics, run.imitation).words()
    for line in lines:
        log.info("%s", line)
    return tuple(lines)
