"""PublishedMotion: one person of a result file, as the file has them, with what it takes to bring them into our world."""

from dataclasses import dataclass

import numpy as np

from sfv.errors import FileFormatError
from sfv.files import names_of

Y_UP = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""Axes with y up to ours with z up: z (where SMPL's rest pose faces) becomes x."""
MAX_FRAMES, MAX_FRAME = 200_000, 10_000_000
"""Most frames of a motion (an hour at 50 frames a second), and the largest number of one."""
LEVEL_CAMERA = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
"""Axes of a camera that is held level (x right, y down, z away) to ours with z up; x points where the camera looks."""


@dataclass(frozen=True)
class CameraTrack:
    """A camera, frame by frame: ``point_c = rotation @ point + translation`` (x right, y down, z away)."""

    rotation: np.ndarray
    """From the motion's axes to the camera's. Shape (N, 3, 3)."""
    translation: np.ndarray
    """Shape (N, 3), metres."""
    focal_px: float
    """Focal length, pixels."""
    image_size: tuple[int, int]
    """Width and height, pixels; the principal point is the middle of it."""


@dataclass(frozen=True)
class PublishedMotion:
    """N frames of one person. Rotations and places are in the file's own axes; ``to_world`` leads to a z-up world."""

    system: str
    """Who wrote the file."""
    name: str
    """Name or number of the person in the file."""
    frames: np.ndarray
    """Frame of the video that each row belongs to, rising. Shape (N,), int."""
    poses: np.ndarray
    """Axis-angle of SMPL's joints relative to their parents, the pelvis relative to the file's axes. Shape (N, 24, 3), radians."""
    place: np.ndarray
    """SMPL's translation, or the middle of the hips where ``place_is_hips``. Shape (N, 3), metres."""
    betas: np.ndarray
    """Shape coefficients. Shape (B,)."""
    to_world: np.ndarray
    """Rotation from the file's axes to axes with z up, for each row where the axes are a moving camera's. Shape (3, 3) or (N, 3, 3)."""
    origin: np.ndarray
    """Where the origin of the file's axes is in that world. Shape (3,) or (N, 3), metres."""
    body: str = "smpl"
    """Body model of the poses and betas: "smpl" (SMPL-H has the same betas) or "smplx"."""
    place_is_hips: bool = False
    """Whether ``place`` is the middle of the hip joints rather than SMPL's translation."""
    fps: float | None = None
    """Frames a second, where the file says so."""
    gender: str = "neutral"
    """Of the body model."""
    ground: float | None = None
    """Height of the ground in the z-up world, where the file knows it. Metres."""
    camera: CameraTrack | None = None
    """The camera, in the file's axes."""
    seen_at: np.ndarray | None = None
    """Their mean place in camera axes, for choosing among several people. Shape (3,), metres."""
    notes: tuple[str, ...] = ()
    """What the file leaves open and was assumed, in words."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", names_of([self.name]))
        n = len(self.frames)
        if self.poses.shape != (n, 24, 3) or self.place.shape != (n, 3) or n == 0:
            raise FileFormatError(
                f"person {self.name} of {self.system} has {n} frames, poses {self.poses.shape} and places {self.place.shape}; "
                "these do not fit: the file is incomplete or of another version"
            )
        if n > MAX_FRAMES or self.frames.min() < 0 or self.frames.max() > MAX_FRAME:
            raise FileFormatError(
                f"person {self.name} of {self.system} has {n} frames, {self.frames.min()} to {self.frames.max()}; up to {MAX_FRAMES} "
                "are read: cut the file into shorter pieces"
            )
        if self.camera is not None and not self.camera.focal_px > 0:
            raise FileFormatError(
                f"the focal length of {self.system}'s camera is {self.camera.focal_px:g}; the file is damaged"
            )
        if np.any(np.diff(self.frames) <= 0):
            raise FileFormatError(f"the frames of person {self.name} of {self.system} do not rise; the file is damaged")

    def __len__(self) -> int:
        return len(self.frames)

    def describe(self) -> str:
        """One line for people."""
        return f"{self.system}, person {self.name}: {len(self)} frames, {self.frames[0]} to {self.frames[-1]}"
