"""From landmarks to a motion: a known walk is found again, its feet stand, and bad input is refused with a reason."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.body.landmarks import sole_vertices
from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints
from sfv.errors import NoPersonError, SfvError
from sfv.motion.body_motion import SMPL_JOINTS, BodyMotion
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.reconstruct.config import ReconstructConfig
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
    assert [name for name in dict.fromkeys(name for _, name in steps)] == [
        "pose",
        "place",
        "image",
        "contacts",
        "planting",
    ]


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


def test_landmarks_that_are_needed_are_named(scene, body):
    k = scene.keypoints
    keep = [i for i, name in enumerate(k.names) if name != "left_heel"]
    fewer = Keypoints(
        k.xy_px[:, :, keep],
        k.confidence[:, :, keep],
        k.world_c[:, :, keep],
        k.fps,
        k.image_size,
        tuple(k.names[i] for i in keep),
    )
    with pytest.raises(SfvError, match="lack left_heel"):
        reconstruct(fewer, ReconstructConfig(), body)


def test_keypoints_without_depth_are_refused(scene, body):
    flat = replace(scene.keypoints, world_c=np.full_like(scene.keypoints.world_c, np.nan))
    with pytest.raises(SfvError, match="3D landmarks"):
        reconstruct(flat, ReconstructConfig(), body)
