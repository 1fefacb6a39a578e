"""Meshes, ground and shadows without OpenGL: triangles filled from far to near with OpenCV."""

import cv2
import numpy as np

from sfv.draw.look import LINE, SKY_HORIZON, SKY_TOP, TILE_A, TILE_B
from sfv.motion.camera import Camera

LIGHT_W = np.array([0.35, 0.25, 0.90]) / np.linalg.norm([0.35, 0.25, 0.90])
"""Direction towards the light, world."""
_SHIFT = 4  # sub-pixel bits of cv2.fillConvexPoly
_AMBIENT, _DIFFUSE, _RIM = 0.42, 0.62, 0.16
_SHADOW = 0.38
_HALF_LINE = np.float32(0.01)  # metres
FOG = 14.0
"""Metres in which the ground's pattern fades to a third."""


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit normals, averaged over the faces around each vertex. Shapes (V, 3), (F, 3) -> (V, 3)."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    face = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], face)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


class Subdivision:
    """Every triangle in four, by its edges' middles: finer shading of a coarse mesh."""

    def __init__(self, faces: np.ndarray, num_vertices: int) -> None:
        """``faces``: triangles as indices of ``num_vertices`` vertices. Shape (F, 3)."""
        edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]], axis=-1).reshape(-1, 2)
        self._edges, inverse = np.unique(edges, axis=0, return_inverse=True)
        ab, bc, ca = (num_vertices + inverse.reshape(-1, 3)).T
        a, b, c = faces.T
        self.faces = np.stack([[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]).transpose(0, 2, 1).reshape(-1, 3)

    def refine(self, vertices: np.ndarray) -> np.ndarray:
        """Vertices, or anything that belongs to them, with the edges' middles appended. Shape (..., V, C) of any batch."""
        middle = 0.5 * (vertices[..., self._edges[:, 0], :] + vertices[..., self._edges[:, 1], :])
        return np.concatenate([vertices, middle], axis=-2)


def paint_mesh(
    image: np.ndarray,
    vertices: np.ndarray,
    faces: np.ndarray,
    camera: Camera,
    rgb: np.ndarray,
    opacity: float,
    supersample: int,
) -> None:
    """Draw a closed mesh into ``image`` (H, W, 3, uint8 RGB), in place.

    ``vertices`` (V, 3) are in the world; ``rgb`` is one colour (3,) or one for each face (F, 3). Triangles are shaded by their
    vertex normals and filled from far to near, which is right wherever no large triangles cross.
    """
    points_c = camera.to_camera(vertices)
    if (points_c[:, 2] < 0.05).any():
        return  # partly behind the camera: nothing sensible can be drawn
    pixels = points_c[:, :2] / points_c[:, 2:] * camera.focal_px + camera.centre_px
    corner, size = _window(pixels, image.shape)
    if min(size) <= 0:
        return
    corners = (pixels[faces] - corner) * supersample
    edge_a, edge_b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    front = edge_a[:, 0] * edge_b[:, 1] - edge_a[:, 1] * edge_b[:, 0] < 0
    order = np.argsort(-points_c[faces, 2].mean(1))
    order = order[front[order]]
    normals = vertex_normals(vertices, faces)[faces].mean(1)
    colours = np.clip(_shade(normals, vertices[faces].mean(1), camera)[:, None] * rgb, 0, 255)
    layer = np.zeros((size[1] * supersample, size[0] * supersample, 4), np.float32)
    fixed = np.round((corners - 0.5) * (1 << _SHIFT)).astype(np.int32)
    for face in order.tolist():
        r, g, b = colours[face].tolist()
        cv2.fillConvexPoly(layer, fixed[face], (r, g, b, 255.0), cv2.LINE_8, _SHIFT)
    small = cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
    cover = small[..., 3:] / 255.0 * opacity  # the colours are premultiplied by the cover already
    left, top = corner
    region = image[top : top + size[1], left : left + size[0]]
    region[:] = np.clip(region * (1 - cover) + small[..., :3] * opacity + 0.5, 0, 255).astype(np.uint8)


def _window(pixels: np.ndarray, shape: tuple[int, ...]) -> tuple[np.ndarray, tuple[int, int]]:
    """Left top corner and size of the part of the image that the points lie in."""
    low = np.clip(np.floor(pixels.min(0)) - 2, 0, [shape[1], shape[0]]).astype(int)
    high = np.clip(np.ceil(pixels.max(0)) + 2, 0, [shape[1], shape[0]]).astype(int)
    return low, (int(high[0] - low[0]), int(high[1] - low[1]))


def _shade(normals: np.ndarray, places: np.ndarray, camera: Camera) -> np.ndarray:
    """Brightness of faces: ambient, light from above, and a rim where the surface turns away. Shape (F,)."""
    sight = camera.position_w - places
    sight /= np.linalg.norm(sight, axis=1, keepdims=True)
    lit = np.clip(normals @ LIGHT_W, 0, None)
    facing = np.clip((normals * sight).sum(1), 0, 1)
    return _AMBIENT + _DIFFUSE * (0.7 * lit + 0.3 * facing) + _RIM * (1 - facing) ** 3


class TiledGround:
    """Sky and a tiled ground z = 0 that fades with distance, for a camera that keeps its rotation and height."""

    def __init__(self, camera: Camera, fog: float = FOG) -> None:
        """``fog``: metres in which the ground's pattern fades to a third."""
        width, height = camera.image_size
        u, v = np.meshgrid(np.arange(width, dtype=np.float32) + 0.5, np.arange(height, dtype=np.float32) + 0.5)
        across = (u - camera.centre_px[0]) / camera.focal_px
        below = (v - camera.centre_px[1]) / camera.focal_px
        rays = (np.stack([across, below, np.ones_like(u)], -1) @ camera.rotation).astype(np.float32)
        up = np.clip(rays[..., 2:] * 2.5, 0, 1)
        self._sky = (SKY_HORIZON + (SKY_TOP - SKY_HORIZON) * up).astype(np.uint8)
        self._below = rays[..., 2] < 0
        rays = rays[self._below]
        down = np.clip(-rays[:, 2], 1e-4, None)
        depth = np.float32(camera.position_w[2]) / down
        self._offset = depth * rays[:, 0], depth * rays[:, 1]
        footprint = depth / np.float32(camera.focal_px) / np.clip(down, 0.05, None)
        self._blur = 1 / np.maximum(np.pi * footprint, 1e-3)
        widest = np.maximum(footprint, 2 * _HALF_LINE)
        self._share = 2 * _HALF_LINE / widest / footprint
        self._reach = _HALF_LINE + 0.5 * footprint
        self._full = 2 * _HALF_LINE / widest
        fade = np.exp(-depth / np.float32(fog))[:, None]
        self._haze = SKY_HORIZON * (1 - fade)
        self._tile, self._odd, self._line = TILE_A * fade, (TILE_B - TILE_A) * fade, LINE * fade

    def picture(self, camera: Camera) -> np.ndarray:
        """What ``camera`` sees. Returns (H, W, 3) uint8 RGB."""
        x, y = (offset + np.float32(place) for offset, place in zip(self._offset, camera.position_w[:2]))
        odd, grid = self._checker(x, y)[:, None], self._lines(x, y)[:, None]
        ground = self._tile + self._odd * odd
        ground += (self._line - ground) * grid
        ground += self._haze
        image = self._sky.copy()
        image[self._below] = ground.astype(np.uint8)
        return image

    def _checker(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """0 and 1 on alternate tiles, blurred over a pixel's footprint in metres."""
        waves = [np.clip(np.sin(np.float32(np.pi) * value) * self._blur, -1, 1) for value in (x, y)]
        return 0.5 + 0.5 * waves[0] * waves[1]

    def _lines(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Share of a line between tiles in a pixel."""
        apart = np.minimum(np.abs(x - np.round(x)), np.abs(y - np.round(y)))
        return np.minimum(np.clip(self._reach - apart, 0, None) * self._share, self._full)


def paint_shadow(image: np.ndarray, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> None:
    """Darken the ground where the mesh takes the light away; soft edges. In place."""
    height = vertices[:, 2:]
    flat = vertices - height * LIGHT_W / LIGHT_W[2]
    points_c = camera.to_camera(flat)
    if (points_c[:, 2] < 0.05).any():
        return
    pixels = points_c[:, :2] / points_c[:, 2:] * camera.focal_px + camera.centre_px
    mask = np.zeros(image.shape[:2], np.uint8)
    triangles = np.round((pixels[faces] - 0.5) * (1 << _SHIFT)).astype(np.int32)
    for triangle in triangles:
        cv2.fillConvexPoly(mask, triangle, 255, cv2.LINE_8, _SHIFT)
    sigma = 0.02 * camera.focal_px / float(points_c[:, 2].mean())  # two centimetres on the ground
    soft = cv2.GaussianBlur(mask, (0, 0), max(sigma, 0.8)).astype(np.float32)[..., None] / 255.0
    image[:] = (image * (1 - _SHADOW * soft)).astype(np.uint8)
