"""Which of a character's skills a single pose belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sfv.config_file import read_toml
from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.evaluate.complete import find_moment
from sfv.evaluate.completion_config import CompletionConfig
from sfv.imitate.nearest import NearestMoment
from sfv.learn.run.folder import CONFIG
from sfv.names.skill import Skill, list_skills


@dataclass(frozen=True)
class RankedSkill:
    """A skill, and where in it the pose was found."""

    skill: Skill
    moment: NearestMoment


def skills_of(character: str) -> list[Skill]:
    """All skills of a character that are done on level ground. Raises SfvError where it has none."""
    skills = list_skills()
    own = [skill for skill in skills if skill.card.character == character and _level(skill)]
    if not own:
        known = ", ".join(sorted({skill.card.character for skill in skills})) or "none"
        raise SfvError(f"character '{character}' has no skills; name a run folder with --skill (with skills: {known})")
    return own


def _level(skill: Skill) -> bool:
    run = read_toml(skill.folder / CONFIG).get("run", {})
    return load_environment(str(run.get("env", "flat"))).level


def rank_skills(qpos: np.ndarray, skills: Sequence[Skill], config: CompletionConfig | None = None) -> list[RankedSkill]:
    """Skills of one character, the one with the least distance to the pose ``qpos`` (nq,) first.

    Raises SfvError for a pose of another character, AssetError where a skill's clip cannot be fetched.
    """
    found = [RankedSkill(skill, find_moment(skill.run_folder(), qpos, config)) for skill in skills]
    return sorted(found, key=lambda one: one.moment.distance)
