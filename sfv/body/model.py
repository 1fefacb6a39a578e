"""The body: SMPL's mesh and skeleton from the open file that sfv ships or from a user's own SMPL file, through smplx."""

import io
import os
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import smplx
import torch
from smplx.utils import Struct
from torch import Tensor

from sfv.body.landmarks import find_landmarks, smplx_vertex_ids
from sfv.body.layout import layout_of
from sfv.body.unpickle import load_smpl_pickle
from sfv.budget import reading
from sfv.errors import FileFormatError, SfvError
from sfv.files import read_npz
from sfv.motion.rotations import rotvec_to_rotmat
from sfv.recognise import is_npz

OPEN_BODY = Path(__file__).parent / "open_body.npz"
"""Made by scripts/build_open_body.py."""
USER_FILES = ("SMPL_NEUTRAL.npz", "SMPL_NEUTRAL.pkl")
"""Names under which a user's own file is looked for in the per-user data folder."""
_CHUNK = 64  # frames skinned at a time: SMPL's 6890 vertices take 28 MB then


@dataclass(frozen=True)
class Body:
    """A body model in SMPL's layout. Rest pose: T-pose, y up, facing +z, its left at +x. Metres.

    ``poses`` are axis-angle (T, 24, 3), relative to the parent joint, and place the body in the z-up world of ``BodyMotion``: the
    pelvis's rotation carries y-up to z-up. SMPL's own convention holds: vertices = LBS(betas, poses) + trans.
    """

    name: str
    """"open" for the body that sfv ships, "smpl" for a genuine SMPL file: the meaning of betas depends on it."""
    model: smplx.SMPL
    """The smplx module that poses the mesh."""

    @cached_property
    def faces(self) -> np.ndarray:
        """Triangles. Shape (F, 3), vertex indices."""
        return np.asarray(self.model.faces, dtype=np.int64)

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """Parent of each joint; -1 for the pelvis."""
        return tuple(int(parent) for parent in _array(self.model.parents))

    @property
    def num_betas(self) -> int:
        """Number of shape coefficients."""
        return self.model.num_betas

    @cached_property
    def skin_weights(self) -> np.ndarray:
        """How much each joint moves each vertex. Shape (V, 24)."""
        return _array(self.model.lbs_weights)

    @cached_property
    def v_template(self) -> np.ndarray:
        """Mesh of the mean body in rest pose. Shape (V, 3), metres."""
        return _array(self.model.v_template)

    @cached_property
    def shapedirs(self) -> np.ndarray:
        """Displacement of each vertex per unit of each beta. Shape (V, 3, B), metres."""
        return _array(self.model.shapedirs)

    @cached_property
    def joint_regressor(self) -> np.ndarray:
        """Joints from vertices of the rest pose. Shape (24, V)."""
        return _array(self.model.J_regressor)

    @cached_property
    def landmark_vertices(self) -> dict[str, int]:
        """Vertex of each named point of the skin (nose, ears, heels, toe tips, ...); see ``sfv.body.landmarks``."""
        return find_landmarks(self.v_template, self.skin_weights, self.joint_regressor @ self.v_template)

    def pad_betas(self, betas: np.ndarray) -> np.ndarray:
        """Shape coefficients cut or filled with zeros to ``num_betas``. Raises SfvError where a cut one is not zero."""
        given = np.asarray(betas, dtype=float).reshape(-1)
        if np.any(given[self.num_betas :]):
            raise SfvError(
                f"{len(given)} betas for a body with {self.num_betas}; give the body model they were made for"
            )
        padded = np.zeros(self.num_betas)
        padded[: len(given)] = given[: self.num_betas]
        return padded

    def rest_vertices(self, betas: np.ndarray) -> np.ndarray:
        """Mesh in rest pose. Shape (B,) -> (V, 3), metres."""
        return self.v_template + self.shapedirs @ self.pad_betas(betas)

    def rest_joints(self, betas: np.ndarray) -> np.ndarray:
        """Joints in rest pose. Shape (B,) -> (24, 3), metres."""
        return self.joint_regressor @ self.rest_vertices(betas)

    def joint_transforms(
        self, poses: np.ndarray, betas: np.ndarray, trans: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """World rotation and position of each joint. Shapes (T, 24, 3), (B,), (T, 3) -> (T, 24, 3, 3), (T, 24, 3).

        The mesh is not touched: about a hundred times faster than ``vertices``.
        """
        rest = self.rest_joints(betas)
        local = rotvec_to_rotmat(torch.as_tensor(np.asarray(poses), dtype=torch.float64)).numpy()
        rotations, positions = np.empty_like(local), np.empty((len(local), 24, 3))
        for joint, parent in enumerate(self.parents):
            if parent < 0:
                rotations[:, joint], positions[:, joint] = local[:, joint], rest[joint] + np.asarray(trans)
            else:
                rotations[:, joint] = rotations[:, parent] @ local[:, joint]
                positions[:, joint] = positions[:, parent] + rotations[:, parent] @ (rest[joint] - rest[parent])
        return rotations, positions

    def joints(self, poses: np.ndarray, betas: np.ndarray, trans: np.ndarray) -> np.ndarray:
        """Joint positions. Shapes (T, 24, 3), (B,), (T, 3) -> (T, 24, 3), metres, world."""
        return self.joint_transforms(poses, betas, trans)[1]

    def vertices(self, poses: np.ndarray, betas: np.ndarray, trans: np.ndarray) -> np.ndarray:
        """Posed mesh. Shapes (T, 24, 3), (B,), (T, 3) -> (T, V, 3), metres, world."""
        pose, move = _float32(poses).reshape(-1, 72), _float32(trans)
        shape = _float32(self.pad_betas(betas))[None]
        pieces = []
        with torch.no_grad():
            for start in range(0, len(pose), _CHUNK):
                part = pose[start : start + _CHUNK]
                out = self.model(
                    betas=shape.expand(len(part), -1),
                    global_orient=part[:, :3],
                    body_pose=part[:, 3:],
                    transl=move[start : start + _CHUNK],
                )
                pieces.append(out.vertices.numpy())
        return np.concatenate(pieces).astype(float)


def load_body(path: Path | str | None = None, name: str | None = None) -> Body:
    """Load a body model. Looked for in this order, first hit wins:

    1. ``path``, an npz or SMPL pickle; 2. the file that ``$SFV_BODY`` names; 3. SMPL_NEUTRAL.npz or SMPL_NEUTRAL.pkl in the
    per-user data folder (``platformdirs.user_data_dir("sfv")``); 4. the open body that sfv ships.

    With ``name`` ("open" or "smpl", as in ``BodyMotion.body``) files of another model are passed over, so that betas keep their
    meaning. Raises FileFormatError for a missing or damaged file, SfvError where no model of that name is found.
    """
    user = [Path(platformdirs.user_data_dir("sfv")) / file for file in USER_FILES]
    demanded = [Path(entry).expanduser() for entry in (path, os.environ.get("SFV_BODY")) if entry]
    if path is not None:
        demanded = demanded[:1]
    for candidate in [*demanded, *(file for file in user if file.is_file()), OPEN_BODY]:
        body = _read_body(candidate)
        if name in (None, body.name):
            return body
        if path is not None:
            raise SfvError(
                f"{path} holds body model '{body.name}', but the motion was made for '{name}'; give that one"
            )
    raise SfvError(
        f"no body model '{name}' was found; put {USER_FILES[0]} into {user[0].parent}, or name its file with $SFV_BODY"
    )


def _read_body(path: Path) -> Body:
    if not path.is_file():
        reason = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
        raise FileFormatError(
            f"body model {path} {reason}; give an npz or SMPL pickle, or leave it out for the open body"
        )
    raw: dict[str, Any] = read_npz(path, objects="leave out") if is_npz(path) else load_smpl_pickle(path)
    arrays = layout_of(raw, path)
    name = raw.get("body_name", "smpl")
    with reading(path, "body model"):
        return Body("open" if str(name) == "open" else "smpl", _model(arrays))


def _model(arrays: dict[str, np.ndarray]) -> smplx.SMPL:
    template, weights = arrays["v_template"].astype(float), arrays["weights"].astype(float)
    vertices = find_landmarks(template, weights, arrays["J_regressor"] @ template)
    arrays["shapedirs"] = arrays["shapedirs"][:, :, :10]
    with redirect_stdout(io.StringIO()):  # smplx prints a warning for every file with ten shape directions
        model = smplx.SMPL(
            model_path="",
            data_struct=Struct(**arrays),
            num_betas=arrays["shapedirs"].shape[2],
            vertex_ids=smplx_vertex_ids(vertices),
            create_global_orient=False, create_body_pose=False, create_betas=False, create_transl=False,
        )  # fmt: skip
    return model.eval()


def _float32(values: np.ndarray) -> Tensor:
    return torch.as_tensor(np.asarray(values), dtype=torch.float32)


def _array(values: object) -> np.ndarray:
    return np.asarray(values, dtype=float)
