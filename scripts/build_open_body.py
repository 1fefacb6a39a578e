"""Build the open body: SMPL's layout (24 joints, 10 shape directions) from Anny's anatomy, written to sfv/body/open_body.npz.

Anny 0.6.2 (Apache-2.0; its MPFB2 data is CC0) is needed in the Python that runs this, with torch and scipy; the rest of sfv
does not need it. Its first construction takes about a minute and writes a cache of 790 MB (ANNY_CACHE_DIR says where):

    pip install anny==0.6.2 && python scripts/build_open_body.py

Adults are drawn from Anny's phenotype space with freely varied proportions, posed into the T-pose, and reduced to a mean and
ten principal shape directions in units of one standard deviation. Anny's bones are merged into SMPL's joints, whose places are
regressed from nearby vertices. Pose-dependent corrections are zero and the shape coefficients are not those of SMPL. Mesh,
skinning and joints are made exactly mirror symmetric.
"""

from pathlib import Path

import anny  # pyright: ignore[reportMissingImports] -- only this script needs it
import numpy as np
import torch
from scipy.spatial import KDTree
from scipy.spatial.transform import Rotation

OUT = Path(__file__).resolve().parents[1] / "sfv" / "body" / "open_body.npz"
SEED, SAMPLES, SHAPES = 0, 500, 10
TOPOLOGY = "notoes_collapse10pc"  # 1229 vertices: small, fast, and without single toes that nothing here can see
STATURE = (
    1.69  # metres; women and men of the world's adult population average about 1.59 and 1.71, of Europe 1.66 and 1.79
)
HEIGHT_SPREAD = 0.25  # of Anny's phenotype "height", which runs from 0 to 1: gives the adult spread of stature, 0.09 m
AGE = (0.55, 0.90)  # Anny's scale from infant (0) to old (1); 2/3 is a young adult
PROPORTIONS = {
    "measure-upperleg-height-incr": 0.13, "measure-lowerleg-height-incr": 0.17, "measure-upperarm-length-incr": 0.14,
    "measure-lowerarm-length-incr": 0.13, "torso-scale-vert-incr": 0.22, "measure-shoulder-dist-incr": 0.4,
    "hip-scale-horiz-incr": 0.23,
}  # fmt: skip
"""Standard deviation of Anny's local changes that sets limb and trunk lengths free by 3 %, widths by 5 % at equal stature, the
spread that anthropometric surveys find in adults."""
NEAREST = 120  # vertices that may support one joint
RIDGE = 3e-3  # metres: vertex noise that the joint regression tolerates

BONES = (
    "root", "upperleg01.L", "upperleg01.R", "spine04", "lowerleg01.L", "lowerleg01.R", "spine03", "foot.L", "foot.R",
    "spine01", "toe2-1.L", "toe2-1.R", "neck01", "clavicle.L", "clavicle.R", "head", "upperarm01.L", "upperarm01.R",
    "lowerarm01.L", "lowerarm01.R", "wrist.L", "wrist.R", "finger3-1.L", "finger3-1.R",
)  # fmt: skip
"""Anny's bone at each of SMPL's 24 joints, in SMPL's order."""
PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)
MIRROR = (0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22)
ARMS = ((16, 18, 20, 22), (17, 19, 21, 23))
TO_Y_UP = np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])  # Anny: z up, facing -y; SMPL: y up, facing +z, its left at +x


def joint_of_bone(model: "anny.Anny", bone: int) -> int:
    """SMPL joint that carries an Anny bone: its nearest ancestor in BONES, else the pelvis."""
    while bone >= 0 and model.bone_labels[bone] not in BONES:
        bone = int(model.bone_parents[bone])
    return BONES.index(model.bone_labels[bone]) if bone >= 0 else 0


def skin_weights(model: "anny.Anny") -> np.ndarray:
    """Skinning weights of SMPL's joints. Shape (V, 24)."""
    bones, weights = model.vertex_bone_indices.numpy(), model.vertex_bone_weights.numpy()
    joints = np.array([joint_of_bone(model, bone) for bone in range(model.bone_count)])[bones]
    merged = np.zeros((len(bones), 24))
    np.add.at(merged, (np.arange(len(bones))[:, None], joints), weights)
    return merged / merged.sum(1, keepdims=True)


def sample_bodies(model: "anny.Anny", height: float) -> tuple[np.ndarray, np.ndarray]:
    """Rest vertices (N, V, 3) and joints (N, 24, 3), y up, of adults whose phenotype height lies around ``height``."""
    torch.manual_seed(SEED)
    phenotype = {name: torch.rand(SAMPLES) for name in model.phenotype_labels}
    phenotype["age"] = AGE[0] + (AGE[1] - AGE[0]) * phenotype["age"]
    phenotype["height"] = height + HEIGHT_SPREAD * (phenotype["height"] - 0.5)
    changes = {name: (sigma * torch.randn(SAMPLES)).clamp(-1, 1) for name, sigma in PROPORTIONS.items()}
    identity = torch.eye(4)[None, None].repeat(SAMPLES, model.bone_count, 1, 1)
    with torch.no_grad():
        rest = model(pose_parameters=identity, phenotype_kwargs=phenotype, local_changes_kwargs=changes)
    bones = [model.bone_labels.index(name) for name in BONES]
    return rest["rest_vertices"].numpy() @ TO_Y_UP.T, rest["rest_bone_heads"].numpy()[:, bones] @ TO_Y_UP.T


def height_of_mean(model: "anny.Anny") -> float:
    """Phenotype height at which the mean body is STATURE tall (bisection)."""
    low, high = 0.3, 0.8
    for _ in range(12):
        middle = 0.5 * (low + high)
        tall = np.ptp(sample_bodies(model, middle)[0].mean(0)[:, 1])
        low, high = (low, middle) if tall > STATURE else (middle, high)
    return 0.5 * (low + high)


def shortest_turn(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Rotation matrix of the shortest way from one direction to another. Shapes (3,), (3,)."""
    axis = np.cross(start, end)
    angle = np.arctan2(np.linalg.norm(axis), start @ end)
    return Rotation.from_rotvec(angle * axis / max(np.linalg.norm(axis), 1e-12)).as_matrix()


def to_t_pose(vertices: np.ndarray, joints: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Straighten the arms along x by skinning: upper arm, forearm, hand in turn. Shapes (V, 3), (24, 3), (V, 24)."""
    rotations, offsets, joints = np.tile(np.eye(3), (24, 1, 1)), np.zeros((24, 3)), joints.copy()
    for arm in ARMS:
        for index in range(len(arm) - 1):
            moved, pivot = list(arm[index:]), joints[arm[index]].copy()
            sideways = np.array([np.sign(pivot[0]), 0, 0])
            turn = shortest_turn(joints[arm[index + 1]] - pivot, sideways)
            joints[moved] = (joints[moved] - pivot) @ turn.T + pivot
            rotations[moved] = turn @ rotations[moved]
            offsets[moved] = (offsets[moved] - pivot) @ turn.T + pivot
    return np.einsum("vj,jab,vb->va", weights, rotations, vertices) + weights @ offsets, joints


def mirror_vertices(mean: np.ndarray) -> np.ndarray:
    """Index of the vertex across the sagittal plane for every vertex. Shape (V,)."""
    distance, partner = (np.asarray(found) for found in KDTree(mean * [-1, 1, 1]).query(mean))
    if distance.max() > 5e-3 or (partner[partner] != np.arange(len(mean))).any():
        raise SystemExit(f"Anny's mesh is not mirror symmetric (worst {distance.max():.4f} m): choose another topology")
    return partner


def regress_joints(vertices: np.ndarray, joints: np.ndarray) -> np.ndarray:
    """Ridge regression of each joint on its nearest vertices, rows summing to one. Shape (24, V)."""
    mean, samples = vertices.mean(0), len(vertices)
    regressor, ridge = np.zeros((24, len(mean))), RIDGE * samples**0.5
    for joint in range(24):
        near = np.linalg.norm(mean - joints[:, joint].mean(0), axis=1).argsort(kind="stable")[:NEAREST]
        data = vertices[:, near].transpose(0, 2, 1).reshape(-1, NEAREST)
        system = np.vstack([data, np.full((1, NEAREST), 1e3), ridge * np.eye(NEAREST)])
        target = np.concatenate([joints[:, joint].ravel(), [1e3], np.full(NEAREST, ridge / NEAREST)])
        regressor[joint, near] = np.linalg.lstsq(system, target, rcond=None)[0]
    return regressor


def main() -> None:
    """Sample, reduce, check and write."""
    model = anny.Anny(topology=TOPOLOGY, local_changes=list(PROPORTIONS))
    weights = skin_weights(model)
    height = height_of_mean(model)
    posed = [to_t_pose(v, j, weights) for v, j in zip(*sample_bodies(model, height))]
    vertices, joints = np.stack([v for v, _ in posed]), np.stack([j for _, j in posed])

    across, flip, side = mirror_vertices(vertices.mean(0)), list(MIRROR), np.array([-1.0, 1, 1])
    vertices = 0.5 * (vertices + vertices[:, across] * side)
    joints = 0.5 * (joints + joints[:, flip] * side)
    weights = 0.5 * (weights + weights[across][:, flip])
    regressor = regress_joints(vertices, joints)
    regressor = 0.5 * (regressor + regressor[flip][:, across])

    mean = vertices.mean(0)
    _, scale, directions = np.linalg.svd((vertices - mean).reshape(len(vertices), -1), full_matrices=False)
    signs = np.where(directions.sum(1) < 0, -1.0, 1.0)[:, None]  # the sign of a singular vector is arbitrary: fix it
    shapes = (signs * directions * scale[:, None] / SAMPLES**0.5)[:SHAPES].reshape(SHAPES, -1, 3).transpose(1, 2, 0)
    error = np.linalg.norm(np.einsum("jv,nvc->njc", regressor, vertices) - joints, axis=-1)
    spread = np.ptp(vertices[..., 1], axis=1).std()
    print(f"phenotype height {height:.3f}, stature {np.ptp(mean[:, 1]):.3f} m +- {spread:.3f}, {len(mean)} vertices, "
          f"joint regression {1e3 * error.mean():.1f} mm mean, {1e3 * error.max():.1f} worst")  # fmt: skip
    np.savez_compressed(
        OUT,
        v_template=mean.astype(np.float32),
        shapedirs=shapes.astype(np.float32),
        posedirs=np.zeros((len(mean), 3, 207), np.float16),
        J_regressor=regressor.astype(np.float32),
        weights=weights.astype(np.float32),
        kintree_table=np.array([PARENTS, range(24)], np.int64),
        f=np.asarray(model.faces, np.int32),
        body_name=np.asarray("open"),
        source=np.asarray("Made by scripts/build_open_body.py from Anny 0.6.2 (Apache-2.0; MPFB2 data CC0)"),
    )
    print(f"{OUT}: {OUT.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
