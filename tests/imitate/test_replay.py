"""What ends the first second of a clip with zero action is named."""

import numpy as np

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.imitate.config import ImitationConfig
from sfv.imitate.replay import STARTS, Replay, replay
from sfv.motion.clip import Clip
from sfv.motion.ground import lowest_points
from sfv.physics.config import PhysicsConfig


def standing(sunk: float = 0.0, lean: float = 0.0) -> Clip:
    """A humanoid that stands still, ``sunk`` metres in the ground or leaning forward by ``lean`` radians."""
    model = load_character("humanoid").model()
    names = tuple(model.joint(i).name for i in range(1, model.njnt))
    widths = tuple(4 if model.jnt_type[i] == 1 else 1 for i in range(1, model.njnt))
    qpos = np.tile(model.qpos0, (60, 1))
    qpos[:, :7] = [0, 0, 0, np.cos(lean / 2), 0, np.sin(lean / 2), 0]
    qpos[:, 2] -= lowest_points(model, qpos).min() + sunk
    return Clip(qpos, 30.0, "humanoid", names, widths, name="standing")


def played(clip: Clip) -> Replay:
    return replay(clip, load_character("humanoid"), load_environment("flat"), PhysicsConfig(), ImitationConfig())


def test_who_stands_comes_through():
    found = played(standing())
    assert found.steps[0] is None
    assert len(found.steps) == STARTS
    assert "comes through the first second of standing" in found.words()[0]


def test_who_leans_far_falls_and_what_touches_is_named():
    found = played(standing(lean=1.2))
    assert found.steps[0] is not None
    words = found.words()
    assert len(words) == 1
    assert found.causes[0] in words[0]
    assert "touches the ground" in found.causes[0] or "from the clip" in found.causes[0]


def test_a_clip_in_the_ground_is_told_though_it_ends_nothing():
    found = played(standing(sunk=0.9))
    assert abs(found.lifted - 0.9) < 0.02
    assert found.words()[0].startswith("doubtful: standing lies below the ground")


def test_what_ends_at_once_everywhere_is_doubtful():
    found = Replay("walk", "humanoid", 30.0, (2, 3, 1), ("its chest touches the ground",) * 3, True)
    assert found.words()[0].startswith("doubtful: ")
    assert "its chest touches the ground" in found.words()[0]
    assert not Replay("walk", "humanoid", 30.0, (2, None), ("its chest touches the ground", ""), True).at_once
