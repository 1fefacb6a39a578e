"""Where the camera of a picture stands."""

import numpy as np

from sfv.motion.camera import Camera

_FIELD_OF_VIEW_DEG = 32.0
"""Vertical field of view: narrow enough that limbs keep their proportions."""
_WALKS = 0.7
"""Metres of way from which its direction counts rather than where the body faces."""
_MARGIN = 1.15
"""Space around a person: the picture is this much higher than they are."""


def look_at(
    target: np.ndarray, azimuth_deg: float, elevation_deg: float, distance: float, size: tuple[int, int]
) -> Camera:
    """A camera ``distance`` metres from ``target`` (3,) that looks at it.

    ``azimuth_deg`` is the direction of sight about z, from x to y (MuJoCo's convention); a positive ``elevation_deg`` sees it from
    above.
    """
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    forward = np.array([np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), -np.sin(elevation)])
    right = np.array([np.sin(azimuth), -np.cos(azimuth), 0.0])
    rotation = np.stack([right, np.cross(forward, right), forward])
    width, height = size
    focal = 0.5 * height / np.tan(np.radians(_FIELD_OF_VIEW_DEG) / 2)
    position = np.asarray(target) - distance * forward
    return Camera(float(focal), np.array([width / 2, height / 2]), rotation, -rotation @ position, size)


def distance_for(tall: float, wide: float, size: tuple[int, int]) -> float:
    """Metres from which something ``tall`` and ``wide`` metres large fills a picture of ``size``."""
    half = np.tan(np.radians(_FIELD_OF_VIEW_DEG) / 2)
    return float(_MARGIN * max(tall, wide * size[1] / size[0]) / (2 * half))


def azimuth_of(camera: Camera) -> float:
    """Direction of sight about z, degrees."""
    forward = camera.rotation[2]
    return float(np.degrees(np.arctan2(forward[1], forward[0])))


def way_heading(path: np.ndarray, forward: np.ndarray) -> float:
    """Direction of a walk about z, degrees: of its way (T, 3), or where there is hardly any of where the body faces (3,)."""
    way = path[-1] - path[0]
    x, y = (way if np.linalg.norm(way[:2]) > _WALKS else forward)[:2]
    return float(np.degrees(np.arctan2(y, x)))


def front_azimuth(heading_deg: float, camera: Camera | None, turn_deg: float) -> float:
    """Direction of sight, degrees, from where ``camera`` stood, turned by ``turn_deg`` to the side that shows more of the front.

    Without a camera somebody with that heading is seen from their left.
    """
    sight = heading_deg - 90.0 if camera is None else azimuth_of(camera)
    options = (sight + turn_deg, sight - turn_deg)
    # somebody shows their front to whoever looks against their way
    return min(options, key=lambda option: np.cos(np.radians(option - heading_deg)))


def scaled(camera: Camera, factor: float, corner: tuple[float, float] = (0.0, 0.0)) -> Camera:
    """The camera of the picture that is cut off at ``corner`` (pixels, left and top), then enlarged by ``factor``."""
    size = (round(camera.image_size[0] * factor), round(camera.image_size[1] * factor))
    centre = (np.asarray(camera.centre_px) - corner) * factor
    return Camera(camera.focal_px * factor, centre, camera.rotation, camera.translation, size)


def smooth_path(points: np.ndarray, window: int) -> np.ndarray:
    """A path for the camera: running mean with a cosine window, ends held. Shape (T, 3) -> (T, 3)."""
    reach = min(window, len(points) - 1)
    if reach < 1:
        return points.copy()
    kernel = np.hanning(2 * reach + 3)[1:-1]
    long = np.concatenate([
        2 * points[:1] - points[reach:0:-1], points, 2 * points[-1:] - points[-2 : -reach - 2 : -1]
    ])  # fmt: skip
    return np.stack([np.convolve(long[:, axis], kernel / kernel.sum(), mode="valid") for axis in range(3)], axis=1)
