"""From landmarks to a motion: a known walk is found again, its feet stand, and bad input is refused with a reason."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.body.landmarks import sole_vertices
from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints
from sfv.errors import FileFormatError, NoPersonError, SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.everybody import reconstruct_everybody
from sfv.reconstruct.reconstruct import reconstruct

_BODY = [SMPL_JOINTS.index(f"{side}_{part}") for side in ("left", "right")
         for part in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")]  # fmt: skip


@pytest.fixture(scope="module")
def steps():
    return []


@pytest.fixture(scope="module")
def damaged(scene):
    """15 frames with left and right exchanged, 7 frames without anything."""
    partner = [
        BLAZEPOSE_NAMES.index(n.replace("left", "#").replace("right", "left").replace("#", "right"))
        for n in BLAZEPOSE_NAMES
    ]
    xy, world, confidence = (
        scene.keypoints.xy_px.copy(),
        scene.keypoints.world_c.copy(),
        scene.keypoints.confidence.copy(),
    )
    swapped = slice(20, 35)
    xy[:, swapped], world[:, swapped] = xy[:, swapped][:, :, partner], world[:, swapped][:, :, partner]
    xy[:, 50:57], world[:, 50:57], confidence[:, 50:57] = np.nan, np.nan, 0
    return replace(scene.keypoints, xy_px=xy, world_c=world, confidence=confidence, first_frame=11)


@pytest.fixture(scope="module")
def found(damaged, body, steps):
    torch.set_num_threads(1)
    return reconstruct(
        damaged, ReconstructConfig(focal_px=1300.0), body, lambda share, stage: steps.append((share, stage))
    )


def _pa_mpjpe(found, truth):
    """Mean joint error after the best similarity transform of each frame, metres."""
    errors = []
    for a, b in zip(found, truth):
        a0, b0 = a - a.mean(0), b - b.mean(0)
        u, s, vt = np.linalg.svd(a0.T @ b0)
        sign = np.diag([1, 1, np.sign(np.linalg.det(u @ vt))])
        scale = np.trace(np.diag(s) @ sign) / (a0**2).sum()
        errors.append(np.linalg.norm(scale * a0 @ u @ sign @ vt - b0, axis=1).mean())
    return float(np.mean(errors))


def test_the_pose_is_found_again(found, scene, body):
    joints = body.joints(found.poses, found.betas, found.trans)
    assert _pa_mpjpe(joints[:, _BODY], scene.joints[:, _BODY]) < 0.035
    assert _pa_mpjpe(joints[20:35, _BODY], scene.joints[20:35, _BODY]) < 0.045, "frames with exchanged sides"
    assert _pa_mpjpe(joints[50:57, _BODY], scene.joints[50:57, _BODY]) < 0.06, "frames without evidence"


def test_the_way_and_the_heading(found, scene):
    way = found.trans[-1] - found.trans[0]
    true = scene.motion.trans[-1] - scene.motion.trans[0]
    assert way[0] == pytest.approx(true[0], rel=0.1)
    assert abs(way[1]) < 1e-6
    facing = rotvec_to_rotmat(torch.tensor(found.poses[:, 0])).numpy()[:, :, 2]
    assert facing[:, 0].min() > 0.9


def test_gravity_and_camera(found, scene, body):
    up, true = found.camera.rotation[:, 2], scene.camera.rotation[:, 2]
    assert np.degrees(np.arccos(up @ true)) < 5
    joints = body.joints(found.poses, found.betas, found.trans)
    pixels, true_pixels = found.camera.project(joints[:, _BODY]), scene.camera.project(scene.joints[:, _BODY])
    assert np.median(np.linalg.norm(pixels - true_pixels, axis=-1)) < 6


def test_feet_stand_on_the_ground(found, body):
    mesh = body.vertices(found.poses, found.betas, found.trans)
    soles = np.concatenate(list(sole_vertices(body.v_template, body.skin_weights).values()))
    lowest = mesh[:, soles, 2].min(1)
    assert np.abs(np.median(lowest)) < 0.005
    assert lowest.min() > -0.03
    assert lowest.max() < 0.03
    names = [f"{side}_sole_{end}" for side in ("left", "right") for end in ("heel", "toe")]
    feet = mesh[:, [body.landmark_vertices[name] for name in names]]
    stands = (found.contacts[1:] > 0.5) & (found.contacts[:-1] > 0.5)
    assert 0.3 < stands.mean() < 0.8
    slide = np.linalg.norm(np.diff(feet, axis=0)[..., :2], axis=-1)[stands]
    assert slide.mean() < 1.5e-3


def test_steps_alternate_as_in_truth(found, scene, body, legs):
    def lead(joints):
        return np.sign(joints[:, legs["left"][2], 0] - joints[:, legs["right"][2], 0])

    joints = body.joints(found.poses, found.betas, found.trans)
    assert (lead(joints) == lead(scene.joints)).mean() > 0.93
    assert found.poses[:, SMPL_JOINTS.index("left_knee"), 0].max() == pytest.approx(1.05, abs=0.3)


def test_what_the_motion_says_about_itself(found, scene, tmp_path):
    assert found.first_frame == 11
    assert len(found) == scene.keypoints.num_frames
    assert found.grounded
    assert found.body == "open"
    assert np.all(found.confidence[50:57] == 0)
    assert found.confidence[:50, 4].min() > 0.9
    assert any("7 frames" in note for note in found.notes)
    assert any("exchanged in 15 frames" in note for note in found.notes)
    found.save(tmp_path / "motion.npz")
    again = BodyMotion.load(tmp_path / "motion.npz")
    np.testing.assert_allclose(again.poses, found.poses)
    np.testing.assert_allclose(again.camera.rotation, found.camera.rotation)


def test_progress_runs_to_the_end(found, steps):
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert list(dict.fromkeys(name for _, name in steps)) == ["start", "image", "contacts", "planting", "done"]


def test_too_short_a_view_is_refused(scene, body):
    with pytest.raises(NoPersonError, match=r"0\.5 s"):
        reconstruct(scene.keypoints.select(0, 0, 15), ReconstructConfig(), body)


def test_nothing_visible_is_refused(scene, body):
    nothing = replace(scene.keypoints, confidence=np.zeros_like(scene.keypoints.confidence))
    with pytest.raises(NoPersonError, match=r"0\.0 s"):
        reconstruct(nothing, ReconstructConfig(), body)


def test_several_people_are_refused(scene, body):
    k = scene.keypoints
    both = Keypoints(*(np.concatenate([a, a]) for a in (k.xy_px, k.confidence, k.world_c)), k.fps, k.image_size)
    with pytest.raises(SfvError, match="one person"):
        reconstruct(both, ReconstructConfig(), body)


def _without(keypoints, *parts):
    keep = [i for i, name in enumerate(keypoints.names) if not any(part in name for part in parts)]
    return replace(
        keypoints, xy_px=keypoints.xy_px[:, :, keep], confidence=keypoints.confidence[:, :, keep],
        world_c=keypoints.world_c[:, :, keep], names=tuple(keypoints.names[i] for i in keep),
    )  # fmt: skip


def test_landmarks_that_are_needed_are_named(scene, body):
    with pytest.raises(SfvError, match="lack left_knee, right_knee"):
        reconstruct(_without(scene.keypoints, "knee"), ReconstructConfig(), body)


def test_2d_landmarks_of_fewer_joints_suffice(scene, body):
    """As of OpenPose: no 3D landmarks, no heels and toes."""
    flat = _without(
        replace(scene.keypoints, world_c=np.full_like(scene.keypoints.world_c, np.nan)), "heel", "foot_index"
    )
    found = reconstruct(flat, ReconstructConfig(focal_px=1300.0), body)
    joints = body.joints(found.poses, found.betas, found.trans)
    assert _pa_mpjpe(joints[:, _BODY], scene.joints[:, _BODY]) < 0.06


@pytest.mark.parametrize("init", ["hmr", "landmarks", "taylor"])
def test_every_start_leads_to_the_pose(scene, body, init):
    found = reconstruct(scene.keypoints, ReconstructConfig(focal_px=1300.0, init=init), body)
    joints = body.joints(found.poses, found.betas, found.trans)
    assert _pa_mpjpe(joints[:, _BODY], scene.joints[:, _BODY]) < 0.045


def test_a_start_without_its_landmarks_is_refused(scene, body):
    flat = replace(scene.keypoints, world_c=np.full_like(scene.keypoints.world_c, np.nan))
    with pytest.raises(SfvError, match="--init best, hmr or taylor"):
        reconstruct(flat, ReconstructConfig(init="landmarks"), body)


def test_a_single_image(scene, body):
    found = reconstruct(scene.keypoints.select(0, 30, 31), ReconstructConfig(focal_px=1300.0), body)
    joints = body.joints(found.poses, found.betas, found.trans)
    assert len(found) == 1
    assert _pa_mpjpe(joints[:, _BODY], scene.joints[30:31, _BODY]) < 0.07


def test_known_gravity_is_kept(scene, body):
    up = scene.camera.rotation[:, 2]
    found = reconstruct(scene.keypoints, ReconstructConfig(focal_px=1300.0, up_c=tuple(up)), body)
    np.testing.assert_allclose(found.camera.rotation[:, 2], up, atol=1e-6)


def test_a_moving_camera_keeps_the_body_in_place(scene, body):
    moving = replace(scene.keypoints, background_px=np.full(scene.keypoints.num_frames, 4.0))
    found = reconstruct(moving, ReconstructConfig(), body)
    assert not found.grounded
    assert found.camera is None
    assert any("camera moves" in note for note in found.notes)
    assert np.ptp(found.trans[:, :2], axis=0).max() == 0
    assert found.contacts.max() == 0


def test_only_the_longest_shot_counts(scene, body):
    found = reconstruct(replace(scene.keypoints, cuts=(20,)), ReconstructConfig(), body)
    assert (found.first_frame, len(found)) == (20, scene.keypoints.num_frames - 20)


def test_absurd_numbers_end_in_a_sentence_or_a_motion(scene, body):
    xy = scene.keypoints.xy_px.copy()
    xy[0, 10:20] = np.nan
    xy[0, 40] = 9e5
    found = reconstruct(replace(scene.keypoints, xy_px=xy), ReconstructConfig(), body)
    assert np.isfinite(found.poses).all()
    with pytest.raises(FileFormatError, match="xy_px"):
        replace(scene.keypoints, xy_px=xy * 100)


def test_everybody_in_one_world(scene, body):
    k = scene.keypoints
    shifted = k.xy_px + np.array([150.0, 0.0])
    both = replace(
        k, xy_px=np.concatenate([k.xy_px, shifted]), confidence=np.concatenate([k.confidence] * 2),
        world_c=np.concatenate([k.world_c] * 2),
    )  # fmt: skip
    found = reconstruct_everybody(both, ReconstructConfig(focal_px=1300.0), body)
    assert list(found) == [0, 1]
    np.testing.assert_allclose(found[0].camera.rotation, found[1].camera.rotation, atol=1e-6)
    apart = (found[1].trans - found[0].trans)[20:50]
    assert np.linalg.norm(apart, axis=1).mean() == pytest.approx(150 / 1300 * 5, rel=0.25)
    assert all(motion.grounded for motion in found.values())


@pytest.mark.parametrize("focal_px", [0.0, -1300.0, float("nan"), 35.0, 1e9])
def test_an_impossible_focal_length_is_refused(scene, body, focal_px):
    with pytest.raises(SfvError, match=r"not in millimetres|focal_px must be"):
        reconstruct(scene.keypoints, ReconstructConfig(focal_px=focal_px), body)


@pytest.mark.parametrize("up_c", [(0.0, 0.0, 0.0), (float("nan"), -1.0, 0.0), (0.0, -981.0, 0.0)])
def test_an_impossible_up_direction_is_refused(scene, body, up_c):
    with pytest.raises(SfvError, match=r"is no direction|up_c must be"):
        reconstruct(scene.keypoints, ReconstructConfig(up_c=up_c), body)


def test_a_wrong_calibration_still_gives_a_finite_motion(scene, body):
    found = reconstruct(scene.keypoints, ReconstructConfig(focal_px=600.0, up_c=(0.0, 1.0, 0.0)), body)
    assert np.isfinite(found.poses).all()
    assert np.isfinite(found.trans).all()
