"""Taylor's lift: exact up to the signs, the right signs on a walk, sensible answers to degenerate input."""

import numpy as np
import pytest
import torch

from sfv.assets import fetch
from sfv.body import load_body
from sfv.errors import SfvError
from sfv.motion.mocap.deepmimic import read_deepmimic_body
from sfv.reconstruct.fit.starts.bones import ROW, Lengths, smallest_scale
from sfv.reconstruct.fit.starts.limb_prior import limb_cost
from sfv.reconstruct.fit.starts.plausibility import body_axes
from sfv.reconstruct.fit.starts.taylor import lift, reach
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, LANDMARKS, SMPL_JOINTS, Skeleton

HIPS = [ROW["left_hip"], ROW["right_hip"]]


@pytest.fixture(scope="module")
def rest():
    return Skeleton(load_body(name="open")).rest(torch.zeros(10))[1].double().numpy()


@pytest.fixture(scope="module")
def lengths(rest):
    return Lengths.of(rest)


@pytest.fixture(scope="module")
def walk(rest):
    """Landmarks of a walk in a z-up world, 30 frames a second. Shape (T, 19, 3)."""
    motion = read_deepmimic_body(fetch("humanoid3d_walk"))
    body = load_body(name="open")
    rotations, joints = body.joint_transforms(motion.poses, np.zeros(10), motion.trans)
    carriers = [SMPL_JOINTS.index(joint) for joint, _ in LANDMARKS.values()]
    arms = rest - body.rest_joints(np.zeros(10))[carriers]
    places = joints[:, carriers] + np.einsum("tkij,kj->tki", rotations[:, carriers], arms)
    time = np.arange(0, motion.seconds, 1 / 30)
    return np.stack(
        [
            np.stack([np.interp(time * motion.fps, np.arange(len(places)), places[:, k, i]) for i in range(3)], -1)
            for k in range(19)
        ],
        1,
    )


def seen_from(points, yaw_deg, distance=4.5, height=1.3):
    """In the axes of a level camera that looks in direction ``yaw_deg`` at their middle."""
    a = np.radians(yaw_deg)
    ahead = np.array([np.cos(a), np.sin(a), 0])
    place = points.mean((0, 1)) * [1, 1, 0] - distance * ahead + [0, 0, height]
    right = np.cross(ahead, [0, 0, 1.0])
    return (points - place) @ np.stack((right, [0, 0, -1.0], ahead)).T


def rooted(points):
    return points - points[:, HIPS].mean(1, keepdims=True)


def project(points, focal):
    return points[..., :2] / points[..., 2:] * focal


def certain(points):
    return np.ones(points.shape[:2])


def error(found, wanted):
    """Mean distance of landmarks, metres."""
    return np.linalg.norm(found - rooted(wanted), axis=-1).mean()


def test_a_bone_has_two_readings():
    """dz = +-sqrt(l^2 - (d / s)^2) where the camera is far away."""
    far, ray = np.array([0.0, 0.0, 1e6]), np.array([0.3e-6, 0.0, 1.0])
    for sign in (1.0, -1.0):
        point = reach(far, ray, 0.5, np.float64(sign))
        np.testing.assert_allclose(point - far, [0.3, 0.0, sign * 0.4], atol=1e-3)
    np.testing.assert_allclose(
        reach(far, ray * [3, 1, 1], 0.5, np.float64(1.0))[0], 0.9, atol=1e-6
    )  # too short: the nearest point


@pytest.mark.parametrize("distance", [4.0, 400.0])
def test_exact_up_to_signs(walk, lengths, distance):
    """With the true scale every dz has the right size; seen from far, almost orthographically, also in the other reading."""
    points = seen_from(walk, 60, distance)
    focal = 300.0 * distance
    depth = points[:, HIPS, 2].mean(1)
    for found in lift(project(points, focal), certain(points), lengths, focal, focal / depth)[: 1 + (distance > 100)]:
        for start, end in (("hip", "knee"), ("knee", "ankle")):
            for side in ("left", "right"):
                a, b = ROW[f"{side}_{start}"], ROW[f"{side}_{end}"]
                length = np.linalg.norm(found[:, b] - found[:, a], axis=-1)
                np.testing.assert_allclose(length, np.linalg.norm(points[:, b] - points[:, a], axis=-1), atol=1e-3)
        pixels = project(found + points[:, HIPS].mean(1, keepdims=True), focal)
        np.testing.assert_allclose(pixels, project(points, focal), atol=3.0)  # the rays are kept
    best = lift(project(points, focal), certain(points), lengths, focal, focal / depth)[0]
    trunk = ("left_hip", "right_knee", "left_ankle", "right_ankle")
    np.testing.assert_allclose(best[:, [ROW[n] for n in trunk]], rooted(points)[:, [ROW[n] for n in trunk]], atol=0.03)


@pytest.mark.parametrize("yaw", [0, 45, 90, 135, 180, 270])
def test_signs_of_a_walk(walk, lengths, yaw):
    """Seen from all sides with two pixels of noise, the scale unknown. Wrong signs everywhere would be 0.25 m and more."""
    points = seen_from(walk, yaw)
    xy = project(points, 1200.0) + np.random.default_rng(0).normal(0, 2.0, (len(points), 19, 2))
    found = lift(xy, certain(points), lengths, 1200.0)
    assert error(found[0], points) < 0.16
    assert error(found[0], points) < 0.7 * error(found[2], points) or yaw % 180 == 0
    np.testing.assert_array_equal(found[2], found[0] * [1, 1, -1])
    np.testing.assert_array_equal(found[3], found[1] * [1, 1, -1])


def test_scale(walk, lengths):
    points = seen_from(walk, 90)
    true = 1200.0 / points[:, HIPS, 2].mean(1)
    np.testing.assert_allclose(smallest_scale(project(points, 1200.0), certain(points), lengths), true, rtol=0.04)


def test_knees_that_bend_forward_cost(rest):
    points = {name: rest[row][None] for name, row in ROW.items()}
    axes = body_axes(points)
    np.testing.assert_allclose(axes.forward[0], [0, 0, 1], atol=0.1)
    hip = points["left_hip"]
    knee = hip + np.array([0.0, -0.36, 0.15])
    backward, forward = knee + np.array([0.0, -0.2, -0.35]), knee + np.array([0.0, 0.1, 0.38])
    assert (
        limb_cost("leg", axes, hip, knee, backward, 1.0)[0] < 0.5 < limb_cost("leg", axes, hip, knee, forward, 1.0)[0]
    )
    mirrored = np.array([-1.0, 1.0, 1.0])
    assert limb_cost("leg", axes, hip * mirrored, knee * mirrored, backward * mirrored, -1.0) == pytest.approx(
        limb_cost("leg", axes, hip, knee, backward, 1.0), abs=0.05
    )


def test_gaps_single_frames_and_unseen_limbs(walk, lengths):
    points = seen_from(walk, 90)
    xy, confidence = project(points, 1200.0), certain(points)
    for frames in (1, 2, 3):
        assert np.isfinite(lift(xy[:frames], confidence[:frames], lengths, 1200.0)).all()
    xy[5:9], confidence[5:9] = np.nan, 0.0
    gap = lift(xy, confidence, lengths, 1200.0)[0]
    assert np.isfinite(gap).all()
    assert error(gap, points) < 0.13
    for name in ("left_wrist", "left_elbow", "nose", "left_ear", "right_ear", "right_heel", "right_foot_index"):
        confidence[:, ROW[name]] = 0.0
    confidence[3] = np.nan
    assert np.isfinite(lift(xy, confidence, lengths, 1200.0)).all()
    only_hips = np.zeros_like(confidence)
    only_hips[:, HIPS] = 1.0
    with pytest.raises(SfvError, match="neither trunk nor legs"):
        lift(xy, only_hips, lengths, 1200.0)


def test_bad_input(lengths):
    xy, confidence = np.random.default_rng(0).normal(size=(4, 19, 2)), np.ones((4, 19))
    with pytest.raises(SfvError, match="no landmark has any confidence"):
        lift(xy, 0 * confidence, lengths, 1000.0)
    with pytest.raises(SfvError, match="neither trunk nor legs"):
        lift(0 * xy, confidence, lengths, 1000.0)
    for focal in (0.0, np.nan, -5.0):
        with pytest.raises(SfvError, match="no focal length"):
            lift(xy, confidence, lengths, focal)
    for bad in (xy[:, :18], xy[:0], xy[0]):
        with pytest.raises(SfvError, match="landmarks must be"):
            lift(bad, confidence, lengths, 1000.0)


def test_lengths_of_the_open_body(lengths):
    assert LANDMARK_NAMES[ROW["left_knee"]] == "left_knee"
    assert 0.35 < lengths.thigh < 0.45
    assert 0.2 < lengths.forearm < 0.3
    assert 0.15 < lengths.foot < 0.3
