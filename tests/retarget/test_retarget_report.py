"""The clip report finds what was put into a clip."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.motion.clip import Clip
from sfv.physics.model import joint_layout
from sfv.retarget.config import RetargetConfig
from sfv.retarget.report import make_report

CONFIG = RetargetConfig()
STANDING = np.ones((20, 4))


@pytest.fixture
def standing(skeleton) -> Clip:
    names, widths = joint_layout(skeleton.model)
    qpos = np.tile(skeleton.model.qpos0, (20, 1))
    qpos[:, 2] += 1e-9
    return Clip(qpos, 30.0, "humanoid", names, widths)


def test_standing_still_is_clean(standing, skeleton):
    report = make_report(standing, STANDING, skeleton, CONFIG)
    assert report.penetration_mm < 0.01
    assert (report.penetration_share, report.speed_spikes, report.self_collision_share) == (0, 0, 0)
    assert report.foot_slide_mm == pytest.approx(0)
    assert report.stance_gap_mm == pytest.approx(0, abs=0.01)
    assert set(report.limit_hits) == {
        "right_knee",
        "left_knee",
        "right_elbow",
        "left_elbow",
    }  # all straight: at their limit
    assert report.as_dict()["frames"] == 20
    assert any("penetration" in line for line in report.words())


def test_sinking_sliding_and_floating_are_measured(standing, skeleton):
    qpos = standing.qpos.copy()
    qpos[5, 2] -= 0.012
    qpos[:, 0] += 0.003 * np.arange(20)
    report = make_report(replace(standing, qpos=qpos), STANDING, skeleton, CONFIG)
    assert report.penetration_mm == pytest.approx(12, abs=0.1)
    assert report.penetration_share == pytest.approx(1 / 20)
    assert report.foot_slide_mm == pytest.approx(3, abs=0.1)
    assert report.speed == pytest.approx(0.09, abs=1e-3)
    qpos[:, 2] += 0.03
    assert make_report(replace(standing, qpos=qpos), STANDING, skeleton, CONFIG).stance_gap_mm == pytest.approx(
        29.4, abs=0.2
    )
    assert "no foot" in " ".join(make_report(standing, 0 * STANDING, skeleton, CONFIG).words())


def test_spikes_and_collisions_are_found(standing, skeleton):
    qpos = standing.qpos.copy()
    knee = skeleton.model.joint("left_knee").qposadr[0]
    qpos[10, knee] = -1.5
    arm = skeleton.model.joint("right_shoulder").qposadr[0]
    qpos[4, arm : arm + 4] = [np.cos(0.35), np.sin(0.35), 0, 0]  # inwards, through the pelvis
    report = make_report(replace(standing, qpos=qpos), STANDING, skeleton, CONFIG)
    assert report.speed_spikes == 2  # there and back
    assert report.fastest_joint == "left_knee"
    assert report.max_joint_speed == pytest.approx(45, rel=0.01)
    assert report.self_collision_share == pytest.approx(1 / 20)
    assert any("right" in pair for pair in report.self_collisions)
