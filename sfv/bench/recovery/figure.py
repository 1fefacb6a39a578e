"""The open body as a person that a detector recognises: skin, hair, a simple face, shirt, trousers and shoes by part of the body."""

from dataclasses import dataclass

import numpy as np

from sfv.body import Body
from sfv.motion.smpl import SMPL_JOINTS
from sfv.render.painter import Subdivision

_SKINS = ((224, 172, 140), (198, 140, 105), (141, 92, 66), (240, 196, 168))
_HAIRS = ((52, 36, 28), (25, 22, 22), (120, 84, 48), (90, 88, 86))
_SHIRTS = ((176, 44, 48), (40, 92, 160), (230, 228, 220), (58, 120, 72), (214, 160, 44))
_TROUSERS = ((42, 48, 72), (70, 70, 74), (120, 104, 82), (30, 32, 34))
_SHOES = ((235, 235, 235), (40, 36, 36), (150, 60, 40))
"""RGB colours to choose from."""
_LIPS, _EYE, _BROW_SHADE = np.array([168.0, 78.0, 74.0]), np.array([34.0, 28.0, 26.0]), 0.6
_HAIR_LINE = 0.30  # of the head's height above the nose: where the hair begins in front
_SLEEVE = 0.55  # of the upper arm
_REFINEMENTS = 2  # to triangles of about five millimetres in the face
_EYE_RADIUS, _MOUTH_HALF, _MOUTH_HIGH = 0.055, 0.12, 0.03  # of the head's height


@dataclass(frozen=True)
class Figure:
    """A body with a refined mesh and one colour for each triangle."""

    faces: np.ndarray
    """Triangles of the refined mesh. Shape (F, 3)."""
    rgb: np.ndarray
    """Colour of each. Shape (F, 3), 0..255."""
    body: Body
    meshes: tuple[Subdivision, ...]
    """What makes the refined mesh of the body's, one after the other."""

    def refine(self, vertices: np.ndarray) -> np.ndarray:
        """Vertices of the refined mesh. Shape (..., V, 3) -> (..., V', 3)."""
        return _refined(vertices, self.meshes)


def dress(body: Body, rng: np.random.Generator) -> Figure:
    """Clothes and a face for the body, chosen by ``rng``."""
    rest = body.v_template
    meshes = []
    faces = body.faces
    for _ in range(_REFINEMENTS):
        meshes.append(Subdivision(faces, len(rest)))
        faces, rest = meshes[-1].faces, meshes[-1].refine(rest)
    weights = _refined(body.skin_weights, tuple(meshes))
    skin, hair, shirt, trousers, shoes = (
        np.array(palette[rng.integers(len(palette))], dtype=float)
        for palette in (_SKINS, _HAIRS, _SHIRTS, _TROUSERS, _SHOES)
    )
    place = rest[faces].mean(1)
    owner = np.array(SMPL_JOINTS)[weights[faces].mean(1).argmax(1)]
    part = np.array([name.replace("left_", "").replace("right_", "") for name in owner])
    joints = dict(zip(SMPL_JOINTS, body.joint_regressor @ body.v_template))
    rgb = np.tile(skin, (len(faces), 1))
    rgb[np.isin(part, ("spine1", "spine2", "spine3", "collar"))] = shirt
    along = (np.abs(place[:, 0]) - joints["left_shoulder"][0]) / (joints["left_elbow"][0] - joints["left_shoulder"][0])
    rgb[(part == "shoulder") & (along < _SLEEVE)] = shirt
    rgb[np.isin(part, ("pelvis", "hip", "knee"))] = trousers
    rgb[np.isin(part, ("ankle", "foot"))] = shoes
    head = part == "head"
    rgb[head] = _face(place[head], rest[body.landmark_vertices["nose"]], rest, body, skin, hair)
    # a little unevenness, as cloth and skin have
    return Figure(faces, np.clip(rgb * rng.normal(1.0, 0.02, (len(rgb), 1)), 0, 255), body, tuple(meshes))


def _face(
    place: np.ndarray, nose: np.ndarray, rest: np.ndarray, body: Body, skin: np.ndarray, hair: np.ndarray
) -> np.ndarray:
    """Colours of the head's triangles with centres ``place`` (N, 3) in rest pose."""
    tall = np.ptp(place[:, 1])
    rgb = np.tile(skin, (len(place), 1))
    forward, above = (place[:, 2] - nose[2]) / tall, (place[:, 1] - nose[1]) / tall
    rgb[(above > _HAIR_LINE) | ((forward < -0.42) & (above > -0.2))] = hair
    face = forward > -0.35
    for side in ("left", "right"):
        eye = rest[body.landmark_vertices[f"{side}_eye"]]
        away = np.linalg.norm((place - eye)[:, :2], axis=1) / tall
        rgb[face & (away < _EYE_RADIUS)] = _EYE
        brow = (np.abs(above - (eye[1] - nose[1]) / tall - 0.09) < 0.022) & (np.abs(place[:, 0] - eye[0]) / tall < 0.09)
        rgb[face & brow] = skin * _BROW_SHADE
    mouth = rest[[body.landmark_vertices["left_mouth"], body.landmark_vertices["right_mouth"]]].mean(0)
    lips = (np.abs(place[:, 0]) / tall < _MOUTH_HALF) & (np.abs(place[:, 1] - mouth[1]) / tall < _MOUTH_HIGH)
    rgb[face & lips] = _LIPS
    return rgb


def _refined(values: np.ndarray, meshes: tuple[Subdivision, ...]) -> np.ndarray:
    for mesh in meshes:
        values = mesh.refine(values)
    return values
