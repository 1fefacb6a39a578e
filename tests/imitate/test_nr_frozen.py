"""NR's reward is the preset ``deepmimic`` with its published numbers, frozen: recorded states earn what they earned when recorded."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sfv.character import load_character
from sfv.imitate.config import ImitationConfig, NrConfig, RewardConfig
from sfv.imitate.nr_rules import nr_task
from sfv.imitate.rewards import deepmimic
from sfv.imitate.state.layout import ModelLayout
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model

RECORDED = Path(__file__).parent / "data" / "nr_recorded.npz"


@pytest.mark.parametrize("name", ["humanoid", "atlas"])
def test_recorded_states_earn_the_same(name):
    character = load_character(name)
    layout = ModelLayout.build(build_model(character, None, PhysicsConfig()), character)
    data = {key.removeprefix(f"{name}_"): torch.from_numpy(value) for key, value in np.load(RECORDED).items()}
    config = nr_task(ImitationConfig(), NrConfig(), cyclic=True).reward
    assert config == RewardConfig()
    terms = deepmimic.reward_terms(
        deepmimic.pose_error(data["qpos"], data["qpos_ref"], layout),
        deepmimic.velocity_error(data["qvel"], data["qvel_ref"], layout),
        deepmimic.end_effector_error(data["ends"], data["ends_ref"]),
        deepmimic.com_error(data["com"], data["com_ref"]),
        config,
    )
    # another processor's matrix products may round the last bit differently
    torch.testing.assert_close(terms, data["terms"], rtol=2e-6, atol=1e-7)
    torch.testing.assert_close(deepmimic.total_reward(terms, config), data["total"], rtol=2e-6, atol=1e-7)
    assert 0.1 < float(terms.mean()) < 0.9


def test_nr_has_no_added_terms():
    task = ImitationConfig(rewards=("a:weight=2",), terminations=("b",), observations=("c",))
    judged = nr_task(task, NrConfig(), cyclic=False)
    assert (judged.rewards, judged.terminations, judged.observations) == ((), (), ("c",))
