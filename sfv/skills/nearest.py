"""Which of a character's skills a single pose belongs to."""

from dataclasses import dataclass

import numpy as np

from sfv.errors import SfvError
from sfv.evaluate.complete import find_moment
from sfv.evaluate.completion_config import CompletionConfig
from sfv.imitate.nearest import NearestMoment
from sfv.skills.skill import Skill, list_skills


@dataclass(frozen=True)
class RankedSkill:
    """A skill, and where in it the pose was found."""

    skill: Skill
    moment: NearestMoment


def rank_skills(qpos: np.ndarray, character: str, config: CompletionConfig | None = None) -> list[RankedSkill]:
    """The character's skills, the one with the least distance to the pose ``qpos`` (nq,) first.

    Raises SfvError for a character without skills, AssetError where a skill's clip cannot be fetched.
    """
    skills = [skill for skill in list_skills() if skill.card.character == character]
    if not skills:
        known = ", ".join(sorted({skill.card.character for skill in list_skills()})) or "none"
        raise SfvError(f"character '{character}' has no skills; name a run folder with --skill (with skills: {known})")
    found = [RankedSkill(skill, find_moment(skill.run_folder(), qpos, config)) for skill in skills]
    return sorted(found, key=lambda one: one.moment.distance)
