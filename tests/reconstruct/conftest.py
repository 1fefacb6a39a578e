"""A made-up walk on the open body, and the landmarks that one noisy camera would see of it."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from sfv.body import load_body
from sfv.body.model import OPEN_BODY
from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints
from sfv.motion.body_motion import BodyMotion
from sfv.motion.camera import Camera
from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.model.skeleton import DOFS, LANDMARK_NAMES, LAYOUT, USUAL_OFFSETS, Skeleton

FPS, FRAMES, STRIDE = 30.0, 75, 1.1
TO_WORLD = np.array(
    [[0.0, 0, 1], [1, 0, 0], [0, 1, 0]]
)  # rest pose (x left, y up, z forward) to a walker along world x


@dataclass(frozen=True)
class Scene:
    """What is true, and what was seen of it."""

    motion: BodyMotion
    joints: np.ndarray
    keypoints: Keypoints
    camera: Camera


@pytest.fixture(scope="session")
def body():
    return load_body(OPEN_BODY)


@pytest.fixture(scope="session")
def walk_dofs(body):
    """Numbers of a flat-footed walk in rest axes turned to the world, its stance foot held in place."""
    time = np.arange(FRAMES) / FPS
    dofs = np.zeros((FRAMES, DOFS))
    for side, shift, sign in (("left", 0.0, 1.0), ("right", np.pi, -1.0)):
        phase = 2 * np.pi * time / STRIDE + shift
        thigh = -0.1 - 0.4 * np.sin(phase)
        knee = 0.15 + 0.9 * np.clip(np.cos(phase), 0, None) ** 2
        dofs[:, LAYOUT[f"{side}_hip"]] = np.stack((thigh, 0 * thigh, 0 * thigh - 0.09 * sign), 1)
        dofs[:, LAYOUT[f"{side}_knee"]] = knee[:, None]
        dofs[:, LAYOUT[f"{side}_ankle"]] = np.stack((-(thigh + knee), 0 * thigh, 0 * thigh), 1)
        swing = 0.35 * np.sin(phase)
        dofs[:, LAYOUT[f"{side}_shoulder"]] = np.stack((0 * swing, sign * swing, 0 * swing - 1.2 * sign), 1)
        dofs[:, LAYOUT[f"{side}_elbow"]] = 0.4
    dofs[:, LAYOUT["root"]] = TO_WORLD[:, :2].T.ravel()
    skeleton = Skeleton(body)
    feet = skeleton.pose(torch.as_tensor(dofs, dtype=torch.float32), torch.zeros(10)).contacts.numpy()
    lowest = feet[..., 2].min(1)
    stance = feet[..., 2].argmin(1)
    steps = [feet[t, stance[t], 0] - feet[t + 1, stance[t], 0] for t in range(FRAMES - 1)]
    dofs[:, 0] = np.concatenate([[0.0], np.cumsum(steps)])
    dofs[:, 2] = -lowest
    return torch.as_tensor(dofs, dtype=torch.float32)


def see(dofs, body, camera, seed=0):
    """Landmarks where BlazePose puts them, with noise, and its 3D landmarks with their usual lean."""
    random = np.random.default_rng(seed)
    skeleton = Skeleton(body)
    landmarks = skeleton.pose(dofs, torch.zeros(10), torch.tensor(USUAL_OFFSETS)).landmarks.double().numpy()
    frames, (width, height) = len(landmarks), camera.image_size
    xy = np.full((1, frames, 33, 2), np.nan)
    world = np.full((1, frames, 33, 3), np.nan)
    confidence = np.zeros((1, frames, 33))
    rows = [BLAZEPOSE_NAMES.index(name) for name in LANDMARK_NAMES]
    xy[0][:, rows] = camera.project(landmarks) + random.normal(0, 2.0, (frames, 19, 2))
    lean = rotvec_to_rotmat(torch.tensor([0.1, 0.0, 0.0])).numpy()
    in_camera = camera.to_camera(landmarks)
    hips = in_camera[:, [LANDMARK_NAMES.index("left_hip"), LANDMARK_NAMES.index("right_hip")]].mean(1, keepdims=True)
    world[0][:, rows] = (in_camera - hips) @ lean.T + random.normal(0, 0.02, (frames, 19, 3))
    confidence[0][:, rows] = 0.95
    return Keypoints(xy, confidence, world, FPS, (width, height))


@pytest.fixture(scope="session")
def scene(walk_dofs, body):
    """Seen obliquely from the right, from 5 m, by a camera that is rolled by 3 and pitched by 5 degrees."""
    place = np.array([-0.5, -4.8, 1.3])
    ahead = np.array([1.3, 0, 0.9]) - place
    z = ahead / np.linalg.norm(ahead)
    x = np.cross(z, [0.0, 0, 1])
    x /= np.linalg.norm(x)
    roll = rotvec_to_rotmat(torch.tensor([0.0, 0, np.radians(3)])).double().numpy()
    rotation = roll @ np.stack((x, np.cross(z, x), z))
    camera = Camera(1300.0, np.array([640.0, 360.0]), rotation, -rotation @ place, (1280, 720))
    local = Skeleton(body).local_rotations(walk_dofs).double()
    poses = rotmat_to_rotvec(local).numpy()
    trans = walk_dofs[:, :3].double().numpy() - body.rest_joints(np.zeros(10))[0]
    motion = BodyMotion(poses, trans, np.zeros(10), FPS, camera=camera)
    return Scene(motion, body.joints(poses, np.zeros(10), trans), see(walk_dofs, body, camera), camera)


@pytest.fixture(scope="session")
def legs():
    return {
        side: [SMPL_JOINTS.index(f"{side}_{part}") for part in ("hip", "knee", "ankle")] for side in ("left", "right")
    }
