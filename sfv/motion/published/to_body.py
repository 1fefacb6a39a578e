"""A published motion in our world: z up, x along the way the person goes, the origin under the pelvis of the first frame."""

import numpy as np
import torch

from sfv.errors import FileFormatError, SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.camera import Camera
from sfv.motion.fields import frame_rate
from sfv.motion.published.motion import MAX_FRAMES, CameraTrack, PublishedMotion
from sfv.motion.published.span import MAX_GAP, fill_rotvecs, fill_vectors, longest_span
from sfv.motion.rest import REST_JOINTS, align_bones
from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat

RATE_TOLERANCE = 0.01
"""Largest relative difference between the rate in a file and the one that is given."""
_MOST_BETAS = 16  # that BodyMotion keeps
_WALKS = 0.5  # metres of path beyond which the way, not the facing, sets the world's x axis
_STILL_TURN, _STILL_MOVE = np.radians(2.0), 0.05
"""A camera that turns and moves less than this (root mean square; radians, metres) stands still: the rest is the system's noise."""


def to_body_motion(motion: PublishedMotion, fps: float | None = None, rest: np.ndarray | None = None) -> BodyMotion:
    """One person's motion in our world, on SMPL (motions of SMPL-X are carried over to the mean SMPL body).

    Args:
        motion: what a reader gave.
        fps: frames a second of the video, where the file does not hold it.
        rest: joints in rest pose of the body with these betas; by default those of the mean body. Shape (24, 3), metres.

    The longest piece in which they are seen is taken, gaps of up to MAX_GAP seconds are interpolated, and the height is the file's:
    ``grounded`` is true where the file knows its ground, which is then at 0. Raises SfvError: no rate, or another one than the file's.
    """
    rate = _rate(motion, fps)
    rest = REST_JOINTS[motion.body] if rest is None else rest
    rows = longest_span(motion.frames, rate)
    frames = motion.frames[rows]
    if frames[-1] - frames[0] >= MAX_FRAMES:
        raise FileFormatError(
            f"{motion.system}'s person {motion.name} is in frames {frames[0]} to {frames[-1]}; up to {MAX_FRAMES} are read: cut the "
            "file into shorter pieces"
        )
    turn = np.broadcast_to(motion.to_world, (len(motion), 3, 3))[rows]
    root = _matrices(motion.poses[rows, 0])
    pelvis = motion.place[rows] + rest[0]
    if motion.place_is_hips:
        pelvis = motion.place[rows] - root @ ((rest[1] + rest[2]) / 2 - rest[0])
    pelvis = np.einsum("nij,nj->ni", turn, pelvis) + np.broadcast_to(motion.origin, (len(motion), 3))[rows]
    poses = motion.poses[rows].copy()
    poses[:, 0] = _rotvecs(turn @ root)
    poses, pelvis = fill_rotvecs(poses, frames), fill_vectors(pelvis, frames)

    axes = _heading(_matrices(poses[:, 0]), pelvis)
    origin = np.array([*pelvis[0, :2], motion.ground or 0.0])
    poses[:, 0] = _rotvecs(axes @ _matrices(poses[:, 0]))
    notes = list(motion.notes)
    camera = None
    if motion.camera is not None:
        camera = _still_camera(motion.camera, rows, turn, np.broadcast_to(motion.origin, (len(motion), 3))[rows])
        if camera is None:
            notes.append("the camera moves, so it was left out")
        else:
            back = camera.rotation @ axes.T
            camera = Camera(
                camera.focal_px,
                camera.centre_px,
                back,
                camera.translation + camera.rotation @ origin,
                camera.image_size,
            )
    bridged = len(poses) - len(frames)
    if bridged:
        notes.append(f"{bridged} frames without the person were interpolated (gaps of up to {MAX_GAP:g} s)")
    if len(frames) < len(motion):
        notes.append(
            f"the longest piece was taken: frames {frames[0]} to {frames[-1]}; {len(motion) - len(frames)} other frames show the person"
        )
    betas = motion.betas[:_MOST_BETAS]
    if motion.body == "smplx":
        notes.append("the body is SMPL-X: its shape was left out")
        poses, rest, betas = align_bones(poses, rest, REST_JOINTS["smpl"]), REST_JOINTS["smpl"], np.zeros(10)
    return BodyMotion(
        poses=poses,
        trans=(pelvis - origin) @ axes.T - rest[0],
        betas=betas,
        fps=rate,
        gender=motion.gender,
        body="smpl",
        camera=camera,
        first_frame=int(frames[0]),
        grounded=motion.ground is not None,
        notes=tuple(notes),
    )


def _rate(motion: PublishedMotion, fps: float | None) -> float:
    if fps is None and motion.fps is None:
        raise SfvError(f"{motion.system}'s file does not hold the frame rate; give that of the video with --fps")
    rate = fps if motion.fps is None else motion.fps
    assert rate is not None
    rate = frame_rate(rate, "give that of the video with --fps")
    if fps is not None and not abs(fps / rate - 1) <= RATE_TOLERANCE:
        raise SfvError(f"{motion.system}'s file has {rate:g} frames a second, not {fps:g}; leave --fps out")
    return rate


def _heading(root: np.ndarray, pelvis: np.ndarray) -> np.ndarray:
    """Rotation about z that brings the path, or where it is short the facing of the first frames, to x. Shape (3, 3)."""
    way = (pelvis[-1] - pelvis[0])[:2]
    if np.linalg.norm(way) < _WALKS:
        way = root[: max(1, len(root) // 10), :2, 2].mean(0)
    if np.linalg.norm(way) < 1e-6:  # faces straight up or down: any heading will do
        way = np.array([1.0, 0.0])
    x, y = way / np.linalg.norm(way)
    return np.array([[x, y, 0.0], [-y, x, 0.0], [0.0, 0.0, 1.0]])


def _still_camera(track: CameraTrack, rows: slice, turn: np.ndarray, origin: np.ndarray) -> Camera | None:
    """The camera in the z-up world, where it stands still."""
    rotation = track.rotation[rows] @ np.swapaxes(turn, 1, 2)
    position = -np.einsum("nji,nj->ni", rotation, track.translation[rows]) + origin
    left, _, right = np.linalg.svd(rotation.mean(0))
    mean = left @ np.diag([1.0, 1.0, np.linalg.det(left @ right)]) @ right
    turns = np.linalg.norm(_rotvecs(rotation @ mean.T), axis=-1)
    moves = np.linalg.norm(position - position.mean(0), axis=-1)
    if np.sqrt((turns**2).mean()) > _STILL_TURN or np.sqrt((moves**2).mean()) > _STILL_MOVE:
        return None
    centre = np.array(track.image_size) / 2
    return Camera(track.focal_px, centre, mean, -mean @ position.mean(0), track.image_size)


def _matrices(rotvec: np.ndarray) -> np.ndarray:
    return rotvec_to_rotmat(torch.as_tensor(rotvec)).numpy()


def _rotvecs(rotmat: np.ndarray) -> np.ndarray:
    return rotmat_to_rotvec(torch.as_tensor(rotmat)).numpy()
