"""Learn sfv/reconstruct/fit/starts/limb_prior.npz from a folder of motion capture: python scripts/build_limb_prior.py FOLDER.

A codebook of usual limb poses: k-means (seeded) over the directions of the upper and the lower bone in the axes of the trunk, both
sides mirrored onto the left. Clips that the benchmark scores are left out, and so are copies of them.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from scipy.cluster.vq import kmeans2

from sfv.body import load_body
from sfv.files import save_npz
from sfv.motion.mocap.folder import read_mocap
from sfv.reconstruct.fit.starts.limb_prior import LIMBS, PARAMETERS, SCHEMA, VERSION, limb_directions
from sfv.reconstruct.fit.starts.plausibility import body_axes
from sfv.reconstruct.hmr.config import MotionConfig
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, LANDMARKS, SMPL_JOINTS, USUAL_OFFSETS, Skeleton

CODES, ROUNDS, SEED = 128, 40, 0
FPS, PER_CLIP = 10.0, 1000  # frames, so that long walks do not fill the codebook


def main(folder: Path) -> None:
    left_out = {*MotionConfig().held_out, *MotionConfig().duplicates}
    clips = {name: motion for name, motion in read_mocap(folder, print).items() if name not in left_out}
    body = load_body(name="open")
    offsets = torch.tensor(USUAL_OFFSETS).double().numpy()
    rest = Skeleton(body).rest(torch.zeros(body.num_betas))[1].double().numpy() + offsets
    carriers = [SMPL_JOINTS.index(joint) for joint, _ in LANDMARKS.values()]
    arms = rest - body.rest_joints(np.zeros(body.num_betas))[carriers]
    found: dict[str, list[np.ndarray]] = {limb: [] for limb in LIMBS}
    for motion in clips.values():
        poses = motion.poses[:: max(1, round(motion.fps / FPS))][:PER_CLIP]
        rotations, joints = body.joint_transforms(poses, np.zeros(body.num_betas), np.zeros((len(poses), 3)))
        places = joints[:, carriers] + np.einsum("tkij,kj->tki", rotations[:, carriers], arms)
        points = {name: places[:, row] for row, name in enumerate(LANDMARK_NAMES)}
        axes = body_axes(points)
        for limb, names in LIMBS.items():
            for side, out in (("left", 1.0), ("right", -1.0)):
                start, middle, end = (points[f"{side}_{name}"] for name in names)
                found[limb].append(limb_directions(axes, start, middle, end, out))
    arrays = {}
    for limb, parts in found.items():
        data = np.concatenate(parts)
        codes = kmeans2(data, CODES, ROUNDS, minit="++", rng=np.random.default_rng(SEED))[0]
        nearest = np.linalg.norm(data[:, None] - codes, axis=-1).min(1)
        print(f"{limb}: {len(data)} poses of {len(clips)} clips, {np.median(nearest):.2f} from their code (median)")
        arrays[limb] = codes.astype(np.float32)
    save_npz(PARAMETERS, SCHEMA, VERSION, arrays)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
