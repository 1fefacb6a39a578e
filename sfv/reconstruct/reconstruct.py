"""Keypoints of one person to a BodyMotion: observe, fit, carry into the world, say what could not be known."""

from dataclasses import replace

import numpy as np

from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.motion.body_motion import CONTACT_POINTS, BodyMotion
from sfv.motion.contact import in_stance
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.fit import Fit, Progress, fit
from sfv.reconstruct.hmr.network import Regressor
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, Skeleton
from sfv.reconstruct.observe.observations import Observations, observe
from sfv.reconstruct.world import WorldFrame, camera_in_world, in_place, smpl_parameters, world_frame
from sfv.system.threads import one_torch_thread

_EVIDENCE = {
    "pelvis": ("left_hip", "right_hip"), "spine1": ("left_hip", "right_hip"),
    "spine2": ("left_shoulder", "right_shoulder"), "spine3": ("left_shoulder", "right_shoulder"),
    "neck": ("left_shoulder", "right_shoulder"), "head": ("nose", "left_ear", "right_ear"),
    **{f"{side}_{joint}": tuple(f"{side}_{name}" for name in names) for side in ("left", "right") for joint, names in (
        ("hip", ("hip",)), ("knee", ("knee",)), ("ankle", ("ankle", "heel")), ("foot", ("foot_index",)),
        ("collar", ("shoulder",)), ("shoulder", ("shoulder",)), ("elbow", ("elbow",)), ("wrist", ("wrist",)),
        ("hand", ("wrist",)))},
}  # fmt: skip
"""Landmarks that testify for each SMPL joint."""


@one_torch_thread()
def reconstruct(
    keypoints: Keypoints,
    config: ReconstructConfig,
    body: Body,
    progress: Progress | None = None,
    network: Regressor | None = None,
) -> BodyMotion:
    """Recover the motion of one person from the landmarks of one static camera.

    Args:
        keypoints: one person, from ``Keypoints.select``. Without 3D landmarks (OpenPose) the 2D ones suffice; a single frame gives
            the pose in a single image (SMPLify).
        config: settings.
        body: body model whose shape and joints the motion is given in.
        progress: called with the share done and the name of the stage.
        network: regressor in place of the one that ships, as from ``sfv.reconstruct.hmr.training.spin``.

    Returns a motion of the frames that show both legs, of the longest shot between cuts (``first_frame`` says where it begins), in
    a z-up world whose ground is z = 0, whose x axis points the way the person goes, and whose origin is under the pelvis in the
    first frame; with the camera, contacts and confidence. Where the camera moves the body stays in place, and has no camera.

    Raises NoPersonError (seen too briefly), SfvError (several people, landmarks missing), DivergedError.
    """
    seen = observe(keypoints, config)
    skeleton = Skeleton(body)
    result = fit(seen, skeleton, config, progress, network)
    return replace(to_motion(result, seen, skeleton, body, config), film=keypoints.film)


def to_motion(
    result: Fit,
    seen: Observations,
    skeleton: Skeleton,
    body: Body,
    config: ReconstructConfig,
    frame: WorldFrame | None = None,
) -> BodyMotion:
    """A fit as a BodyMotion, in a world of its own or in ``frame``."""
    standing = bool(in_stance(result.contact[:, : len(CONTACT_POINTS)].numpy()).any())
    frame = world_frame(result) if frame is None else frame
    poses, trans = smpl_parameters(result, skeleton, frame)
    if seen.camera_moves:
        trans = in_place(trans, result, skeleton, frame)
    return BodyMotion(
        poses=poses,
        trans=trans,
        betas=result.betas.double().numpy(),
        fps=seen.fps,
        body=body.name,
        contacts=result.contact[:, : len(CONTACT_POINTS)].numpy(),
        confidence=joint_confidence(seen.confidence),
        camera=None if seen.camera_moves else camera_in_world(seen, result.focal_px, frame),
        first_frame=seen.first_frame,
        grounded=standing,
        notes=_notes(result, seen, standing, config),
    )


def joint_confidence(landmarks: np.ndarray) -> np.ndarray:
    """Evidence for each SMPL joint: the mean of its landmarks' confidence. Shape (T, 19) -> (T, 24)."""
    columns = [[LANDMARK_NAMES.index(name) for name in _EVIDENCE[joint]] for joint in SMPL_JOINTS]
    return np.stack([landmarks[:, column].mean(1) for column in columns], 1)


def _notes(result: Fit, seen: Observations, standing: bool, config: ReconstructConfig) -> tuple[str, ...]:
    notes = []
    if config.focal_px is None:
        notes.append(
            f"focal length assumed: {seen.focal_px:.0f} px, estimated: {result.focal_px:.0f} px; distances from the camera scale with it"
        )
    unseen = int((~seen.seen).sum())
    if unseen:
        notes.append(f"{unseen} frames without evidence were bridged")
    if seen.swapped.any():
        notes.append(f"left and right were exchanged in {int(seen.swapped.sum())} frames")
    if seen.camera_moves:
        notes.append("the camera moves: contacts and ground are left out, and the body stays in place")
    elif not standing:
        notes.append("no foot was seen to stand: the height of the motion is a guess")
    return tuple(notes)
