"""What the detector saw of one person, made ready for the fit: 19 landmarks, sides put right, gaps bridged with weight 0."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.ndimage import median_filter
from scipy.signal import savgol_filter
from torch import Tensor

from sfv.detect.config import SwapConfig
from sfv.detect.keypoints import Keypoints
from sfv.detect.sides import Sides, find_swaps
from sfv.errors import NoPersonError, SfvError
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.model.skeleton import LANDMARK_NAMES, MIRROR
from sfv.reconstruct.observe.admission import check_camera, longest_shot, with_landmarks

TORSO = 0.53
"""Shoulder line to hip line of an average adult, metres: the scale of the image."""
_SMOOTH_SECONDS = 0.2  # window over which accelerations and the legs' visibility are judged
_ENOUGH = 6
"""Landmarks with evidence that make a frame count."""
_LITTLE = 1e-6  # weight of what was not seen, against 0 / 0
_SIDES = Sides.of(LANDMARK_NAMES)
_FACE, _FEET = ("nose", "ear"), ("heel", "foot_index")


@dataclass(frozen=True)
class Observations:
    """T frames of one person."""

    xy: Tensor
    """Landmarks about the principal point. Shape (T, 19, 2), pixels; bridged where not seen."""
    weight: Tensor
    """Weight of each in the image term, 0 where not seen. Shape (T, 19)."""
    world: Tensor
    """The detector's metric landmarks about mid-hips, camera axes. Shape (T, 19, 3), metres."""
    world_weight: Tensor
    """1 where it may be used, 0 elsewhere. Shape (T, 19)."""
    confidence: np.ndarray
    """Evidence for each landmark in [0, 1], for the user. Shape (T, 19)."""
    fps: float
    focal_px: float
    image_size: tuple[int, int]
    torso_px: float
    """Median length of the torso in the image, corrected for foreshortening by the upper quartile."""
    acceleration: float
    """Mean acceleration of the landmarks in the image at the person's depth, m/s^2."""
    first_frame: int
    camera_moves: bool
    """Whether the background moves."""
    swapped: np.ndarray
    """Whether most landmarks had to change sides. Shape (T,), bool."""

    def double(self) -> "Observations":
        """In double precision."""
        return self._as(torch.float64)

    def float(self) -> "Observations":
        """In single precision."""
        return self._as(torch.float32)

    def _as(self, dtype: torch.dtype) -> "Observations":
        fields = ("xy", "weight", "world", "world_weight")
        return replace(self, **{name: getattr(self, name).to(dtype) for name in fields})

    def thinned(self, stride: int) -> "Observations":
        """Groups of ``stride`` neighbouring frames as one, their landmarks averaged by weight."""
        if stride == 1:
            return self

        def mean(values: Tensor, weight: Tensor) -> Tensor:
            weight = weight[..., None] + _LITTLE
            return _groups(values * weight, stride).sum(1) / _groups(weight, stride).sum(1)

        return replace(
            self,
            xy=mean(self.xy, self.weight),
            weight=_groups(self.weight, stride).mean(1),
            world=mean(self.world, self.world_weight),
            world_weight=_groups(self.world_weight, stride).mean(1),
            confidence=_groups(torch.as_tensor(self.confidence), stride).mean(1).numpy(),
            swapped=_groups(torch.as_tensor(self.swapped), stride).any(1).numpy(),
            fps=self.fps / stride,
        )

    def frames(self, span: slice) -> "Observations":
        """Some of the frames."""
        fields = ("xy", "weight", "world", "world_weight", "confidence", "swapped")
        return replace(self, **{name: getattr(self, name)[span] for name in fields})

    @property
    def seen(self) -> Tensor:
        """Frames with any evidence. Shape (T,), bool."""
        return self.weight.sum(1) > 0


def observe(keypoints: Keypoints, config: ReconstructConfig) -> Observations:
    """Prepare the landmarks of one person (``Keypoints.select``).

    Raises SfvError where the keypoints hold several people or lack landmarks or the camera is impossible, NoPersonError where the
    person is seen for less than ``config.min_seconds``.
    """
    if keypoints.num_people != 1:
        raise SfvError(
            f"one person is reconstructed at a time, these keypoints hold {keypoints.num_people}; choose one"
        )
    check_camera(config, max(keypoints.image_size))
    keypoints = longest_shot(with_landmarks(keypoints))
    rows = [keypoints.names.index(name) for name in LANDMARK_NAMES]
    keypoints = keypoints.select(0, *_well_seen(keypoints, rows, config))
    xy, world = keypoints.xy_px[0][:, rows].astype(float), keypoints.world_c[0][:, rows].astype(float)
    width, height = keypoints.image_size
    confidence = _evidence(keypoints, rows)
    seen = (confidence > 0).sum(1) >= _ENOUGH
    if not seen.any() or (len(seen) > 1 and seen.sum() / keypoints.fps < config.min_seconds):
        raise NoPersonError(
            f"the person is seen for {seen.sum() / keypoints.fps:.1f} s; at least {config.min_seconds:g} s are needed: "
            "choose another person or a longer video"
        )
    confidence[~seen] = 0.0
    torso_px = _torso(xy[seen])
    swapped = np.zeros(confidence.shape, dtype=bool)
    if config.unswap and not keypoints.sides_checked:
        frames = np.flatnonzero(seen)
        states = find_swaps(xy[frames], frames, _SIDES, SwapConfig(), confidence[frames])
        swapped[frames] = _SIDES.source[states] != np.arange(len(LANDMARK_NAMES))
    across = list(MIRROR)
    xy = np.where(swapped[..., None], xy[:, across], xy)
    confidence = np.where(swapped, confidence[:, across], confidence)
    world_ok = np.isfinite(world).all(-1) & seen[:, None] & ~swapped.any(1, keepdims=True)
    motion = np.nan_to_num(keypoints.background_px) if keypoints.background_px is not None else np.zeros(len(seen))
    xy = _bridge(xy, seen)
    share = np.array([
        config.face_weight if any(part in name for part in _FACE) else config.foot_weight if any(part in name for part in _FEET) else 1.0
        for name in LANDMARK_NAMES
    ])  # fmt: skip
    focal = config.focal_px or config.focal_ratio * max(width, height)
    return Observations(
        xy=_tensor(xy - np.array([width, height]) / 2),
        weight=_tensor(share * confidence**2),
        world=_tensor(np.nan_to_num(world)),
        world_weight=_tensor(world_ok),
        confidence=confidence,
        fps=keypoints.fps,
        focal_px=focal,
        image_size=keypoints.image_size,
        torso_px=torso_px,
        acceleration=_acceleration(xy, seen, keypoints.fps) * TORSO / torso_px,
        first_frame=keypoints.first_frame,
        camera_moves=0 < config.camera_moves * max(width, height) < float(np.median(motion)),
        swapped=swapped.mean(1) > 0.5,
    )


def _groups(values: Tensor, stride: int) -> Tensor:
    """Shape (T, ...) -> (T / stride, stride, ...); the last group repeats the last frame where it is short."""
    short = -len(values) % stride
    return torch.cat([values, values[-1:].expand(short, *values.shape[1:])]).unflatten(0, (-1, stride))


def group_means(values: Tensor, stride: int) -> Tensor:
    """Means of the groups that ``Observations.thinned`` makes. Shape (T, ...) -> (T / stride, ...)."""
    return _groups(values, stride).mean(1)


def _evidence(keypoints: Keypoints, rows: list[int]) -> np.ndarray:
    """Confidence of the landmarks, 0 outside the image, where the detector guesses. Shape (T, 19)."""
    xy = keypoints.xy_px[0][:, rows]
    with np.errstate(invalid="ignore"):
        inside = ((xy >= 0) & (xy < list(keypoints.image_size))).all(-1)
    return np.where(inside, np.nan_to_num(keypoints.confidence[0][:, rows]), 0.0)


def _well_seen(keypoints: Keypoints, rows: list[int], config: ReconstructConfig) -> tuple[int, int]:
    """First frame and one past the last frame that show both legs; everything where that would leave too little."""
    evidence = _evidence(keypoints, rows)
    known = np.asarray((evidence > 0).any(axis=0))  # layouts without feet have no evidence for them in any frame
    legs = [
        [
            column
            for part in ("knee", "ankle", "heel", "foot_index")
            if known[column := LANDMARK_NAMES.index(f"{side}_{part}")]
        ]
        for side in ("left", "right")
    ]
    if not all(legs):
        return 0, len(evidence)
    weaker = np.minimum(*(evidence[:, leg].mean(1) for leg in legs))
    window = int(_SMOOTH_SECONDS * keypoints.fps) // 2 * 2 + 1
    good = np.flatnonzero(median_filter(weaker, window, mode="nearest") >= config.trim_confidence)
    if len(good) == 0 or (good[-1] + 1 - good[0]) / keypoints.fps < config.min_seconds:
        return 0, len(evidence)
    return int(good[0]), int(good[-1]) + 1


def _tensor(values: np.ndarray) -> Tensor:
    return torch.as_tensor(values, dtype=torch.float32)


def _torso(xy: np.ndarray) -> float:
    """Upper quartile of the shoulder-to-hip distance in the image: the torso is foreshortened in the other frames."""
    middle = [
        0.5 * (xy[:, LANDMARK_NAMES.index(f"left_{part}")] + xy[:, LANDMARK_NAMES.index(f"right_{part}")])
        for part in ("shoulder", "hip")
    ]
    return float(np.nanpercentile(np.hypot(*(middle[0] - middle[1]).T), 75))


def _bridge(xy: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Linear interpolation over frames that show nothing, held at the ends. Shape (T, 19, 2)."""
    frames, known = np.arange(len(xy)), np.flatnonzero(seen)
    flat = xy.reshape(len(xy), -1)
    columns = []
    for column in flat.T:
        good = known[np.isfinite(column[known])]
        columns.append(np.interp(frames, good, column[good]) if len(good) else np.zeros(len(frames)))
    return np.stack(columns, 1).reshape(xy.shape)


def _acceleration(xy: np.ndarray, seen: np.ndarray, fps: float) -> float:
    """Mean acceleration of the landmarks in the image, pixels/s^2, over frames with evidence."""
    if len(xy) < 5:
        return 0.0
    window = max(5, int(_SMOOTH_SECONDS * fps) // 2 * 2 + 1)
    window = min(window, (len(xy) - 1) // 2 * 2 + 1)
    second = np.asarray(savgol_filter(xy, window, 3, deriv=2, delta=1 / fps, axis=0))
    return float(np.linalg.norm(second[seen], axis=-1).mean())
