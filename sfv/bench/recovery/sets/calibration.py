"""Calibrated cameras of the balance videos, from the Qualisys file that pose2sim ships."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sfv.errors import FileFormatError

_SUBPIXELS = 64.0  # Qualisys counts pixels in 64ths
_MILLIMETRES = 1000.0
_FLIP = np.diag([1.0, -1.0, -1.0])  # 180 degrees about x: Qualisys' cameras look along -z with y up


@dataclass(frozen=True)
class CalibratedCamera:
    """A camera with its lens. ``point_c = rotation @ point_w + translation``; axes x right, y down, z forward; world z up."""

    name: str
    matrix: np.ndarray
    """Intrinsic matrix. Shape (3, 3), pixels."""
    distortion: np.ndarray
    """k1, k2, p1, p2 of OpenCV's model. Shape (4,)."""
    rotation: np.ndarray
    """World to camera. Shape (3, 3)."""
    translation: np.ndarray
    """World to camera. Shape (3,), metres."""

    @property
    def focal_px(self) -> float:
        """Mean of both focal lengths, pixels."""
        return float(0.5 * (self.matrix[0, 0] + self.matrix[1, 1]))

    @property
    def up_c(self) -> np.ndarray:
        """The world's up in camera axes. Shape (3,)."""
        return self.rotation[:, 2]

    def to_camera(self, points_w: np.ndarray) -> np.ndarray:
        """World points in camera axes. Shape (..., 3), metres."""
        return points_w @ self.rotation.T + self.translation

    def rays(self, xy_px: np.ndarray) -> np.ndarray:
        """Pixels to points of the plane z = 1 with the lens's distortion taken out. Shape (..., 2) -> (..., 2)."""
        flat = np.ascontiguousarray(xy_px, dtype=float).reshape(-1, 1, 2)
        return cv2.undistortPoints(flat, self.matrix, self.distortion).reshape(xy_px.shape)

    def ideal_px(self, xy_px: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """Pixels as a camera without distortion and with its centre in the middle of the image would have them."""
        return self.rays(xy_px) * self.focal_px + np.array(size) / 2


def read_qualisys(path: Path | str) -> list[CalibratedCamera]:
    """Cameras of a Qualisys calibration (XML), in the order of the file. Raises FileFormatError."""
    try:
        root = ET.fromstring(Path(path).read_bytes())
        cameras = [_camera(node) for node in root.iter("camera")]
    except OSError as error:
        raise FileFormatError(f"calibration {path} cannot be read: {error.strerror}") from error
    except (ET.ParseError, TypeError, ValueError, KeyError) as error:
        raise FileFormatError(f"{path} is not a Qualisys calibration (XML with cameras): {error}") from error
    if not cameras:
        raise FileFormatError(f"{path} names no camera; a Qualisys calibration of two or more cameras is needed")
    return cameras


def _camera(node: ET.Element) -> CalibratedCamera:
    transform, lens = node.find("transform"), node.find("intrinsic")
    if transform is None or lens is None:
        raise ValueError(f"camera {node.get('serial')} has no transform or no intrinsic")
    turn, inner = transform.attrib, lens.attrib
    given = np.array([[float(turn[f"r{row}{column}"]) for column in (1, 2, 3)] for row in (1, 2, 3)])
    position = np.array([float(turn[axis]) for axis in "xyz"]) / _MILLIMETRES
    values = {
        key: float(inner[key]) / _SUBPIXELS for key in ("focalLengthU", "focalLengthV", "centerPointU", "centerPointV")
    }
    matrix = np.array(
        [[values["focalLengthU"], 0, values["centerPointU"]], [0, values["focalLengthV"], values["centerPointV"]], [0, 0, 1]]
    )  # fmt: skip
    lens_terms = ("radialDistortion1", "radialDistortion2", "tangentalDistortion1", "tangentalDistortion2")
    rotation = _FLIP @ given
    return CalibratedCamera(
        str(node.get("serial")),
        matrix,
        np.array([float(inner[key]) for key in lens_terms]),
        rotation,
        -rotation @ position,
    )
