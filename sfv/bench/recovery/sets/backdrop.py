"""Backgrounds for rendered clips: a plain one, and a room full of things, both made from a seed."""

from collections.abc import Callable

import cv2
import numpy as np

from sfv.motion.camera import Camera
from sfv.render.painter import TiledGround

NAMES = ("plain", "cluttered")
_WALL_BEHIND = 3.0  # metres from the middle of the scene to the wall
_ENDLESS = 30.0  # metres: out of the picture
_ROOM = (7.0, 3.2)  # metres of the wall that is furnished, to each side and up


def backdrop(name: str, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """Picture of the empty scene. Returns (H, W, 3) uint8 RGB. ``name``: one of NAMES."""
    picture = TiledGround(camera).picture(camera)
    return picture if name == "plain" else _furnished(picture, camera, rng)


def _furnished(picture: np.ndarray, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """A textured floor, a wall with posters, shelves and boxes, cables and stains."""
    image = picture.copy()
    texture = _texture(image.shape[:2], rng)
    forward = camera.rotation[2] * [1, 1, 0]
    forward /= np.linalg.norm(forward)
    side = np.array([forward[1], -forward[0], 0.0])
    middle = camera.position_w * [1, 1, 0]
    middle += forward * (np.linalg.norm(middle) + _WALL_BEHIND)

    def point(across: float, up: float, nearer: float = 0.0) -> np.ndarray:
        return middle + side * across + np.array([0.0, 0.0, up]) - forward * nearer

    image[:] = _colour(rng, 90, 180)  # the floor; the wall is put over it
    _fill(
        image,
        camera,
        [point(-_ENDLESS, 0), point(_ENDLESS, 0), point(_ENDLESS, _ENDLESS), point(-_ENDLESS, _ENDLESS)],
        _colour(rng, 110, 210),
    )
    for _ in range(26):
        left, bottom = rng.uniform(-_ROOM[0], _ROOM[0]), rng.uniform(0.0, _ROOM[1])
        width, height = rng.uniform(0.2, 1.4), rng.uniform(0.2, 1.2)
        corners = [
            point(left, bottom),
            point(left + width, bottom),
            point(left + width, bottom + height),
            point(left, bottom + height),
        ]
        _poster(image, camera, corners, rng)
    for _ in range(9):
        left, nearer = rng.uniform(-_ROOM[0], _ROOM[0] - 1), rng.uniform(0.1, 1.0)
        _box(image, camera, point, left, nearer, rng.uniform(0.3, 1.0), rng.uniform(0.2, 1.1), rng)
    for _ in range(6):  # cables and poles
        a, b = point(rng.uniform(-6, 6), rng.uniform(0, 3)), point(rng.uniform(-6, 6), rng.uniform(0, 3))
        ends = np.round(camera.project(np.stack([a, b]))).astype(int)
        cv2.line(
            image,
            ends[0].tolist(),
            ends[1].tolist(),
            rng.uniform(20, 120, 3).tolist(),
            int(rng.integers(1, 5)),
            cv2.LINE_AA,
        )
    return np.clip(image * texture[..., None], 0, 255).astype(np.uint8)


def _colour(rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    """A muted RGB colour: most things in rooms are nearly grey."""
    return np.clip(rng.uniform(low, high) + rng.normal(0, 18, 3), 0, 255)


def _texture(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Brightness about 1 with stains of many sizes. Shape (H, W)."""
    out = np.zeros(shape)
    for cell, strength in ((4, 0.05), (16, 0.07), (64, 0.10)):
        small = rng.normal(0, strength, (shape[0] // cell + 2, shape[1] // cell + 2))
        out += cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return 1.0 + out


def _poster(image: np.ndarray, camera: Camera, corners: list[np.ndarray], rng: np.random.Generator) -> None:
    """A picture on the wall: a frame and a few blots and stripes."""
    _fill(image, camera, corners, _colour(rng, 30, 240))
    a, b, _, d = (np.asarray(corner) for corner in corners)
    for _ in range(int(rng.integers(1, 6))):
        u, v = rng.uniform(0.05, 0.6, 2)
        w, h = rng.uniform(0.08, 0.35, 2)
        piece = [a + (b - a) * x + (d - a) * y for x, y in ((u, v), (u + w, v), (u + w, v + h), (u, v + h))]
        _fill(image, camera, piece, rng.uniform(20, 250, 3))


def _box(
    image: np.ndarray,
    camera: Camera,
    point: Callable[[float, float, float], np.ndarray],
    left: float,
    nearer: float,
    width: float,
    height: float,
    rng: np.random.Generator,
) -> None:
    colour, deep = _colour(rng, 40, 220), min(0.5, nearer)
    top = [
        point(left, height, nearer),
        point(left + width, height, nearer),
        point(left + width, height, nearer - deep),
        point(left, height, nearer - deep),
    ]
    front = [
        point(left, 0, nearer),
        point(left + width, 0, nearer),
        point(left + width, height, nearer),
        point(left, height, nearer),
    ]
    _fill(image, camera, top, np.minimum(colour * 1.2, 255))
    _fill(image, camera, front, colour)


def _fill(image: np.ndarray, camera: Camera, corners: list[np.ndarray], rgb: np.ndarray) -> None:
    """A flat polygon in space; nothing where it reaches behind the camera."""
    pixels = camera.project(np.stack(corners))
    if np.isfinite(pixels).all():
        cv2.fillConvexPoly(
            image, np.round(np.clip(pixels, -30000, 30000)).astype(np.int32), np.asarray(rgb).tolist(), cv2.LINE_AA
        )
