"""The skill that a pose belongs to."""

import pytest

from sfv.errors import SfvError
from sfv.motion.clip import Clip
from sfv.names.skill import list_skills, load_skill
from sfv.skills.nearest import rank_skills, skills_of


def test_a_pose_of_a_kick_is_found_among_others():
    few = [load_skill(name, "humanoid") for name in ("walk", "jump", "kick")]
    clip = Clip.load(load_skill("kick", "humanoid").run_folder() / "clip.npz")
    ranked = rank_skills(clip.qpos[len(clip) // 2], few)
    assert ranked[0].skill.card.name == "kick"
    assert ranked[0].moment.distance < 0.02
    assert [one.moment.distance for one in ranked] == sorted(one.moment.distance for one in ranked)
    assert len(ranked) == 3


def test_skills_of_one_character():
    known = {one.card.character for one in list_skills()}
    assert {one.card.character for one in skills_of("humanoid")} == {"humanoid"}
    with pytest.raises(SfvError, match=f"character 'robot' has no skills.*{', '.join(sorted(known))}"):
        skills_of("robot")
