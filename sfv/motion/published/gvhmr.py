"""GVHMR: ``hmr4d_results.pt``; GENMO and GEM write the same under other names. One person, tensors.

Keys after zju3dv/GVHMR ``tools/demo/demo.py`` and ``hmr4d/model/gvhmr/gvhmr_pl_demo.py``: SMPL-X parameters, once in a y-up world
and once in the camera. Its demo copies the video frame by frame to 30 frames a second, so that the rate of the file is lost and
the user has to give the video's.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.published.motion import Y_UP, CameraTrack, PublishedMotion
from sfv.motion.published.tables import body_poses, has, take, take_size
from sfv.motion.rest import REST_JOINTS
from sfv.motion.rotations import rotvec_to_rotmat

NAME = "GVHMR (hmr4d_results.pt), GENMO or GEM (smpl_params.pt)"
_NAMES = (("smpl_params_global", "smpl_params_incam"), ("body_params_global", "body_params_incam"))


def matches(content: Any) -> bool:
    """Whether a file's content is of this system."""
    return any(has(content, world) for world, _ in _NAMES)


def read(content: Any, path: Path) -> list[PublishedMotion]:
    """The person in the file."""
    world, incam = next(names for names in _NAMES if has(content, names[0]))
    if not has(content[world], "global_orient", "body_pose", "transl", "betas"):
        raise FileFormatError(
            f"{path}: {world} lacks one of global_orient, body_pose, transl, betas; run the system again"
        )
    root = take(content[world], "global_orient", (-1, 3), path)
    n = len(root)
    place = take(content[world], "transl", (n, 3), path)
    camera, seen = None, None
    if has(content.get(incam), "global_orient", "transl"):
        seen = take(content[incam], "transl", (n, 3), path)
        if "K_fullimg" in content:
            inside = take(content[incam], "global_orient", (n, 3), path)
            turn = _matrices(inside) @ np.swapaxes(_matrices(root), 1, 2)
            pelvis = REST_JOINTS["smplx"][0]
            move = seen + pelvis - (turn @ (place + pelvis)[..., None])[..., 0]
            intrinsics = take(content, "K_fullimg", (-1, 3, 3), path)[0]
            # the principal point is the image's middle: hmr4d/utils/geo/hmr_cam.py, estimate_K
            size = take_size(2 * intrinsics[:2, 2], path)
            camera = CameraTrack(turn, move, float(intrinsics[0, 0]), size)
    return [PublishedMotion(
        "GVHMR", "0", np.arange(n), body_poses(root, take(content[world], "body_pose", (n, -1), path)), place,
        take(content[world], "betas", (n, -1), path).mean(0), Y_UP, np.zeros(3), body="smplx", camera=camera,
        seen_at=None if seen is None else seen.mean(0),
    )]  # fmt: skip


def _matrices(rotvec: np.ndarray) -> np.ndarray:
    return rotvec_to_rotmat(torch.as_tensor(rotvec)).numpy()
