"""From a body motion to a clip: acyclic, cyclic, without contacts, without ground."""

from dataclasses import replace

import mujoco
import numpy as np
import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.evaluate.causes import clip_findings, findings
from sfv.motion.clip import Clip
from sfv.motion.cycle import repeat_cycle
from sfv.motion.ground import lowest_points
from sfv.retarget.clip_to_clip import report_clip
from sfv.retarget.config import RetargetConfig
from sfv.retarget.report import RetargetReport
from sfv.retarget.retarget import retarget

QUICK = RetargetConfig(iterations=40)


@pytest.fixture(scope="module")
def sunken(walk_motion):
    """The walk, four centimetres in the ground and shaking, as a bad reconstruction leaves it; contacts are not known."""
    rng = np.random.default_rng(0)
    poses = walk_motion.poses + rng.normal(0, 0.02, walk_motion.poses.shape)
    return replace(walk_motion, poses=poses, trans=walk_motion.trans - [0, 0, 0.04], first_frame=100)


@pytest.fixture(scope="module")
def looped(sunken, humanoid, body):
    return retarget(sunken, humanoid, QUICK, body, name="walk")


def test_a_walk_becomes_a_loop_that_stands_on_the_ground(looped, walk_clip, skeleton):
    clip, report = looped
    assert clip.cyclic
    assert clip.seconds == pytest.approx(walk_clip.seconds, abs=0.05)
    assert clip.first_frame >= 100
    assert report.cycles_averaged == 3
    assert lowest_points(skeleton.model, clip.qpos).min() > -1e-9
    assert report.penetration_mm < 1e-6
    assert report.foot_slide_mm < 1.5
    assert report.stance_gap_mm < 5
    assert report.speed == pytest.approx(0.98, abs=0.12)
    assert report.speed_spikes == 0


def test_the_loop_has_no_seam(looped, skeleton):
    clip, _ = looped
    np.testing.assert_allclose(clip.qpos[-1, 2], clip.qpos[0, 2], atol=1e-9)
    np.testing.assert_allclose(np.abs(clip.qpos[-1, 7:]), np.abs(clip.qpos[0, 7:]), atol=1e-6)
    assert clip.qpos[-1, 1] == pytest.approx(clip.qpos[0, 1], abs=1e-6)
    qpos, seam = repeat_cycle(clip.qpos, 2), len(clip) - 1
    velocity = np.zeros((len(qpos) - 1, skeleton.model.nv))
    for frame in range(len(velocity)):
        mujoco.mj_differentiatePos(skeleton.model, velocity[frame], 1 / clip.fps, qpos[frame], qpos[frame + 1])
    change = np.abs(np.diff(velocity, axis=0)).max(1)
    assert change[seam - 2 : seam + 2].max() < 2.5 * np.median(change)


def test_the_loop_is_still_that_walk(looped, walk_clip, skeleton):
    """Knees bend in swing as in the capture; arms swing against the legs."""
    clip, _ = looped
    for side in ("left", "right"):
        column = skeleton.model.joint(f"{side}_knee").qposadr[0]
        assert clip.qpos[:, column].min() == pytest.approx(walk_clip.qpos[:, column].min(), abs=0.15)
    angles = {}
    for joint in ("left_hip", "left_shoulder", "right_shoulder"):
        start = skeleton.model.joint(joint).qposadr[0]
        angles[joint] = 2 * np.arctan2(clip.qpos[:, start + 2], clip.qpos[:, start])
    same_side, other_side = (
        np.corrcoef(angles["left_hip"], angles[f"{side}_shoulder"])[0, 1] for side in ("left", "right")
    )
    assert same_side < 0 < other_side


def test_an_acyclic_clip_keeps_every_frame(sunken, humanoid, body, skeleton):
    part = sunken.slice(0, 40)
    lines = []
    clip, report = retarget(part, humanoid, replace(QUICK, cyclic="no"), body, report=lines.append)
    assert (len(clip), clip.cyclic, clip.first_frame, report.cycles_averaged) == (40, False, 100, 0)
    assert lowest_points(skeleton.model, clip.qpos).min() > -1e-9
    assert report.foot_slide_mm < 1.5
    assert any("40 frames" in line for line in lines)


def test_unknown_ground_is_taken_where_the_feet_are(sunken, humanoid, body):
    floating = replace(sunken.slice(0, 30), trans=sunken.trans[:30] + np.array([0, 0, 3.0]), grounded=False)
    _, report = retarget(floating, humanoid, replace(QUICK, cyclic="no"), body)
    assert report.stance_gap_mm < 5


def test_recorded_contacts_are_used(sunken, humanoid, body):
    never = replace(sunken.slice(0, 20), contacts=np.zeros((20, 4)))
    _, report = retarget(never, humanoid, replace(QUICK, cyclic="no", iterations=5), body)
    assert report.stance_share == 0


def test_a_motion_of_a_few_frames_is_refused(sunken, humanoid, body):
    with pytest.raises(SfvError, match="at least 5"):
        retarget(sunken.slice(0, 3), humanoid, QUICK, body)


def test_the_clip_remembers_contacts_and_report(looped, humanoid, tmp_path):
    clip, report = looped
    clip.save(tmp_path / "clip.npz")
    again = Clip.load(tmp_path / "clip.npz")
    assert RetargetReport.from_dict(again.report) == report
    assert again.contacts.shape == (len(clip), 4)
    assert 0 < (again.contacts > 0.5).mean() < 0.8
    assert clip_findings(again, humanoid) == findings(report)
    judged = report_clip(replace(again, contacts=np.ones((len(clip), 4)), report=None), humanoid, QUICK)
    assert judged.stance_share == 1.0  # what is remembered counts, not what the geometry looks like


@pytest.mark.parametrize("change", [{"frames": "many"}, {"more": 1}, {"limit_hits": 3}, {"speed": None}])
def test_another_report_is_refused(looped, change):
    with pytest.raises(FileFormatError, match=next(iter(change))):
        RetargetReport.from_dict(looped[1].as_dict() | change)
