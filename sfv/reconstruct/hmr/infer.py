"""From the landmarks of a whole clip to pose, shape and camera of each frame, by overlapping windows."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
from torch import Tensor

from sfv.body import Body, load_body
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError
from sfv.motion.rotations import rot6d_to_rotmat, rotmat_to_rot6d
from sfv.reconstruct.hmr.augment import mirror_rotations
from sfv.reconstruct.hmr.features import prepare
from sfv.reconstruct.hmr.network import BETAS, Regressor, unpack
from sfv.reconstruct.hmr.smpl import SmplSkeleton
from sfv.reconstruct.hmr.weights import load_weights
from sfv.reconstruct.hmr.windows import Windows
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR, USUAL_OFFSETS
from sfv.reconstruct.observe.observations import TORSO
from sfv.system.threads import one_torch_thread

_CHUNK = 32  # windows sent through the network at once
_LITTLE = 1e-6


@dataclass(frozen=True)
class HmrEstimate:
    """What the regressor says of T frames."""

    rotations: np.ndarray
    """Each SMPL joint against its parent, the pelvis against the camera's axes (x right, y down, z forward). Shape (T, 24, 3, 3)."""
    betas: np.ndarray
    """Shape. Shape (10,)."""
    scale: np.ndarray
    """Pixels a metre at the pelvis: its depth is the focal length divided by this. Shape (T,)."""
    translation: np.ndarray
    """Where the pelvis is in the picture. Shape (T, 2), pixels."""
    reprojection: np.ndarray
    """Confidence-weighted mean distance between the landmarks and the body's, torso lengths; NaN where nothing was seen. Shape (T,)."""
    error: np.ndarray | None = None
    """Expected distance of each landmark about mid-hips from the truth; None: the network does not say. Shape (T, 19), metres."""

    def place(self, focal_px: float, image_size: tuple[int, int]) -> np.ndarray:
        """The pelvis in the camera's axes. Shape (T, 3), metres."""
        depth = focal_px / self.scale
        centre = np.array(image_size) / 2
        return np.concatenate([(self.translation - centre) * (depth / focal_px)[:, None], depth[:, None]], axis=1)


@one_torch_thread()
@torch.no_grad()
def regress(
    xy_px: np.ndarray,
    confidence: np.ndarray,
    fps: float,
    image_size: tuple[int, int],
    focal_px: float,
    mirror: bool = True,
    network: Regressor | None = None,
    body: Body | None = None,
    world: np.ndarray | None = None,
) -> HmrEstimate:
    """Regress one person.

    Args:
        xy_px: landmarks in the order of ``sfv.reconstruct.model.skeleton.LANDMARKS``. Shape (T, 19, 2), pixels; NaN where not seen.
        confidence: evidence for each; 0 = ignored, so sets with fewer landmarks (OpenPose, COCO) do. Shape (T, 19).
        fps: frames a second of these arrays.
        image_size: width and height, pixels.
        focal_px: focal length, pixels; a guess will do.
        mirror: also regress the mirrored clip and average (twice the time, steadier).
        network: by default the one whose weights ship.
        body: the body model whose landmarks are compared; by default ``load_body()``.
        world: the detector's 3D landmarks, camera axes; frames with a NaN are not told. Shape (T, 19, 3), metres.

    Frames without landmarks are filled in from those around them. Raises SfvError where the arrays do not fit together or hold
    no landmark at all.
    """
    _check(xy_px, confidence, fps, focal_px)
    if world is not None and world.shape != (*xy_px.shape[:2], 3):
        raise SfvError(f"3D landmarks must be (T, {xy_px.shape[1]}, 3) like the 2D ones, got {world.shape}")
    network = network or _shipped()
    skeleton = _skeleton() if body is None else SmplSkeleton(body)
    tangents = (np.asarray(xy_px, dtype=float) - np.array(image_size) / 2) / focal_px
    usable = np.isfinite(tangents).all(-1) & (np.nan_to_num(confidence) > 0)
    xy = torch.as_tensor(np.where(usable[..., None], tangents, 0.0), dtype=torch.float32)
    seen = torch.as_tensor(np.where(usable, np.clip(confidence, 0.0, 1.0), 0.0), dtype=torch.float32)
    windows = Windows.plan(len(xy), fps, network.config)
    across = list(MIRROR)
    lifted = torch.full((*xy.shape[:2], 3), torch.nan) if world is None else torch.as_tensor(world, dtype=torch.float32)
    rot6d, betas, error = _answers(network, windows, xy, seen, lifted)
    if mirror:
        flipped = (xy * xy.new_tensor([-1.0, 1.0]))[:, across]
        world_flipped = (lifted * lifted.new_tensor([-1.0, 1.0, 1.0]))[:, across]
        other, other_betas, other_error = _answers(network, windows, flipped, seen[:, across], world_flipped)
        back = rotmat_to_rot6d(mirror_rotations(rot6d_to_rotmat(other)))
        rot6d, betas = 0.5 * (rot6d + back), 0.5 * (betas + other_betas)
        error = 0.5 * (error + other_error[:, across])
    rotations = rot6d_to_rotmat(rot6d)
    shape = (betas * seen.sum(1, keepdim=True)).sum(0) / seen.sum()
    found = _with_camera(skeleton, rotations, shape, xy, seen, focal_px, image_size)
    return replace(found, error=error.numpy()) if network.config.certainty else found


def landmarks_of(keypoints: Keypoints) -> tuple[np.ndarray, np.ndarray]:
    """The 19 landmarks of one person (``Keypoints.select``), as ``regress`` wants them; confidence 0 for those that the detector lacks.

    Shapes (T, 19, 2) pixels, (T, 19). Raises SfvError where there are several people.
    """
    if keypoints.num_people != 1:
        raise SfvError(f"one person is regressed at a time, these keypoints hold {keypoints.num_people}; choose one")
    xy = np.full((keypoints.num_frames, len(LANDMARK_NAMES), 2), np.nan)
    confidence = np.zeros(xy.shape[:2])
    for row, name in enumerate(LANDMARK_NAMES):
        if name in keypoints.names:
            column = keypoints.names.index(name)
            xy[:, row] = keypoints.xy_px[0, :, column]
            confidence[:, row] = np.nan_to_num(keypoints.confidence[0, :, column])
    return xy, np.where(np.isfinite(xy).all(-1), confidence, 0.0)


def _check(xy_px: np.ndarray, confidence: np.ndarray, fps: float, focal_px: float) -> None:
    number = len(LANDMARK_NAMES)
    if xy_px.ndim != 3 or xy_px.shape[1:] != (number, 2) or confidence.shape != xy_px.shape[:2]:
        raise SfvError(
            f"landmarks must be (T, {number}, 2) with confidence (T, {number}), got {xy_px.shape} and {confidence.shape}"
        )
    if not (fps > 0 and focal_px > 0):
        raise SfvError(f"fps and focal length must be positive, got {fps} and {focal_px}")
    if not ((np.nan_to_num(confidence) > 0) & np.isfinite(xy_px).all(-1)).any():
        raise SfvError("no frame holds a landmark with confidence; nothing can be regressed")


@cache
def _shipped() -> Regressor:
    return load_weights().regressor


@cache
def _skeleton() -> SmplSkeleton:
    return SmplSkeleton(load_body())


def _answers(
    network: Regressor, windows: Windows, xy: Tensor, seen: Tensor, world: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Rotations as 6D, the pelvis's in the camera's axes, betas, and expected errors of each frame. Shapes (T, 24, 6), (T, 10), (T, 19)."""
    total, shapes, errors = xy.new_zeros(len(xy), 24, 6), xy.new_zeros(len(xy), BETAS), torch.zeros_like(seen)
    for first in range(0, len(windows.rows), _CHUNK):
        part = windows.take(first, first + _CHUNK)
        frames = torch.as_tensor(part.rows)
        shown, sure = xy[frames], seen[frames] * torch.as_tensor(part.inside)[..., None]
        looked_at, turn = look_at(shown, sure)
        inside = torch.as_tensor(part.inside)[..., None, None] > 0
        lifted = torch.where(inside, world[frames], torch.nan) if network.config.landmarks_3d else None
        window = prepare(looked_at, sure, world=lifted)
        said = unpack(network(window.features)[-1])
        pelvis = turn[:, None] @ window.camera_rotation() @ said.rotations[:, :, 0]
        rot6d = rotmat_to_rot6d(torch.cat((pelvis[:, :, None], said.rotations[:, :, 1:]), 2))
        weight = torch.as_tensor(part.weight)
        total.index_add_(0, frames.flatten(), (rot6d * weight[..., None, None]).flatten(0, 1))
        shapes.index_add_(0, frames.flatten(), (said.betas * weight[..., None]).flatten(0, 1))
        if said.error is not None:
            errors.index_add_(0, frames.flatten(), (said.error * weight[..., None]).flatten(0, 1))
    return total, shapes, errors


def look_at(xy: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
    """Each window as a camera would see it that looks straight at the person, and the rotation from its axes to the real one's.

    The network was trained on people near the optical axis; a person at the edge of a wide picture is seen from another side.
    """
    known = (seen > 0).to(xy.dtype)
    middle = (xy * known[..., None]).sum((1, 2)) / known.sum((1, 2)).clamp_min(1.0)[:, None]
    forward = torch.nn.functional.normalize(torch.cat((middle, torch.ones_like(middle[:, :1])), 1), dim=1)
    right = torch.nn.functional.normalize(torch.stack((forward[:, 2], 0 * forward[:, 1], -forward[:, 0]), 1), dim=1)
    axes = torch.stack((right, torch.linalg.cross(forward, right), forward), 2)
    rays = torch.cat((xy, torch.ones_like(xy[..., :1])), -1) @ axes[:, None]
    return rays[..., :2] / rays[..., 2:].clamp_min(_LITTLE), axes


def _with_camera(
    skeleton: SmplSkeleton,
    rotations: Tensor,
    betas: Tensor,
    xy: Tensor,
    seen: Tensor,
    focal_px: float,
    image_size: tuple[int, int],
) -> HmrEstimate:
    """Scale and place of each frame: the weak-perspective camera that fits the landmarks best, bridged over frames without any."""
    rest = skeleton.rest(betas)
    rest = torch.cat((rest[:24], rest[24:] + rest.new_tensor(USUAL_OFFSETS)))
    points = skeleton.pose(rotations, rest.expand(len(rotations), -1, -1))[1][..., :2]
    weight = seen[..., None] / seen.sum(1).clamp_min(_LITTLE)[:, None, None]
    centre_p, centre_i = (points * weight).sum(1, keepdim=True), (xy * weight).sum(1, keepdim=True)
    p, i = points - centre_p, xy - centre_i
    scale = (p * i * weight).sum((1, 2)) / (p * p * weight).sum((1, 2)).clamp_min(_LITTLE)
    place = centre_i[:, 0] - scale[:, None] * centre_p[:, 0]
    known = ((seen > 0).sum(1) >= 3) & (scale > 0)
    if not known.any():
        raise SfvError("no frame holds three landmarks that fit a body; nothing can be regressed")
    wrong = ((scale[:, None, None] * points + place[:, None] - xy).norm(dim=-1) * weight[..., 0]).sum(1)
    error = torch.where(known, wrong / (TORSO * scale), torch.nan)
    rows, good = np.arange(len(xy)), np.flatnonzero(known.numpy())
    filled = [np.interp(rows, good, values[good]) for values in (scale.log().numpy(), *place.T.numpy())]
    return HmrEstimate(
        rotations.numpy(),
        betas.numpy(),
        np.exp(filled[0]) * focal_px,
        np.stack(filled[1:], 1) * focal_px + np.array(image_size) / 2,
        error.numpy(),
    )
