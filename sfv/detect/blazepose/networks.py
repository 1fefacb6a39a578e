"""The two BlazePose networks (MediaPipe 0.10.21, "full"): where people are, and 33 landmarks of one of them.

Decoding follows the published graph of MediaPipe (pose_detection and pose_landmark modules, Apache-2.0): anchors of
strides 8, 16 and 32; the next region from two auxiliary landmarks; landmarks refined by their heatmaps.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import local
from typing import TypeVar

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from sfv.assets import fetch
from sfv.detect.blazepose.roi import Roi, towards
from sfv.detect.landmarks import MIRROR, NUM

T = TypeVar("T")

NUM_ALL = 39
"""Landmarks of the network: the 33, two that name the next region, four of the hands (unused)."""
DETECTOR_SIZE, LANDMARK_SIZE, HEATMAP_SIZE = 224, 256, 64
ROI_SCALE = 1.25
"""The region that is looked at, as a multiple of the one that the network names (pose_landmark graph)."""
REFINE_RADIUS, REFINE_PEAK = 3, 0.5
"""Heatmap refinement: half of the 7-cell window, and the least peak for which a landmark is refined (same graph)."""

PEAK_NONE, PEAK_FULL = 0.2, 0.6
"""Heatmap peaks up to the first mean a landmark that is not there, from the second on one that is: measured on four
synchronised views, where landmarks with peaks below .3 are wrong by 5 times the median error, above .6 by the median."""


@dataclass(frozen=True)
class Detection:
    """A person that the detector names."""

    roi: Roi
    score: float
    """Probability."""


@dataclass(frozen=True)
class Pose:
    """Landmarks of one person in one frame."""

    xy_px: np.ndarray
    """Shape (33, 2), image pixels."""
    visibility: np.ndarray
    """Shape (33,), in [0, 1]."""
    world_c: np.ndarray
    """Shape (33, 3), metres, mid-hips at the origin, camera axes (x right, y down, z away)."""
    flag: float
    """Probability that the region shows a person."""
    peaks: np.ndarray
    """Shape (33,), height of each heatmap's peak there, in [0, 1]: low where the network does not see what it says."""
    roi: Roi
    """Where to look in the next frame."""

    @property
    def peak(self) -> float:
        """Mean height of the peaks."""
        return float(self.peaks.mean())

    @property
    def confidence(self) -> np.ndarray:
        """Visibility, lowered where the heatmap has no clear peak (visibility alone stays near 1 on wrong landmarks).

        Shape (33,), in [0, 1].
        """
        return self.visibility * np.clip((self.peaks - PEAK_NONE) / (PEAK_FULL - PEAK_NONE), 0, 1)

    @property
    def quality(self) -> float:
        """In [0, 1]: flag x mean confidence."""
        return self.flag * float(self.confidence.mean())


def anchors() -> np.ndarray:
    """Centres that the detector's boxes are relative to, as shares of its input. Shape (2254, 2)."""
    grids = ((28, 2), (14, 2), (7, 6))  # cells along a side, anchors a cell
    cells = [
        np.stack(np.meshgrid(*[(np.arange(n) + 0.5) / n] * 2), -1).reshape(-1, 2).repeat(k, axis=0) for n, k in grids
    ]
    return np.concatenate(cells)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Logistic function that does not overflow."""
    return 0.5 * (1 + np.tanh(0.5 * x))


class _Net:
    """A tflite network with one input; outputs are told apart by their number of elements, only those asked for are copied."""

    def __init__(self, path: Path, wanted: tuple[int, ...]) -> None:
        self._net = Interpreter(model_path=str(path), num_threads=1)
        self._net.allocate_tensors()
        self._input = self._net.get_input_details()[0]["index"]
        outputs = {int(np.prod(o["shape"])): o["index"] for o in self._net.get_output_details()}
        self._outputs = {size: outputs[size] for size in wanted}

    def __call__(self, image: np.ndarray) -> dict[int, np.ndarray]:
        self._net.set_tensor(self._input, image[None])
        self._net.invoke()
        return {size: self._net.get_tensor(index)[0] for size, index in self._outputs.items()}


_BOXES, _SCORES = 2254 * 12, 2254
_ROWS, _WORLD, _FLAG, _HEATMAPS = NUM_ALL * 5, NUM_ALL * 3, 1, HEATMAP_SIZE**2 * NUM_ALL
"""Sizes of the outputs that are used."""


class BlazePose:
    """Both networks, ready to run; several regions of a frame are looked at side by side."""

    def __init__(self, threads: int = 1) -> None:
        self._files = fetch("pose_detection"), fetch("pose_landmark_full")
        self._anchors = anchors()
        self._own = local()  # an interpreter serves one thread
        self._pool = ThreadPoolExecutor(threads, "blazepose") if threads > 1 else None

    def _net(self, index: int) -> _Net:
        nets = getattr(self._own, "nets", None)
        if nets is None:
            wanted = (_BOXES, _SCORES), (_ROWS, _WORLD, _FLAG, _HEATMAPS)
            nets = self._own.nets = [_Net(file, sizes) for file, sizes in zip(self._files, wanted)]
        return nets[index]

    def run(self, jobs: Sequence[Callable[[], T]]) -> list[T]:
        """The jobs' results, done side by side where there are threads for it."""
        if self._pool is None or len(jobs) < 2:
            return [job() for job in jobs]
        return [future.result() for future in [self._pool.submit(job) for job in jobs]]

    def detect_in(self, rgb: np.ndarray, regions: Iterable[Roi], min_score: float) -> list[list[Detection]]:
        """``detect`` for several regions."""
        return self.run([partial(self.detect, rgb, region, min_score) for region in regions])

    def landmarks_in(self, rgb: np.ndarray, looks: Iterable[tuple[Roi, bool]]) -> list[Pose]:
        """``landmarks`` for several regions, mirrored or not."""
        return self.run([partial(self.landmarks, rgb, roi, mirrored) for roi, mirrored in looks])

    def detect(self, rgb: np.ndarray, region: Roi, min_score: float) -> list[Detection]:
        """People inside an upright square region, best first, without repeats. ``rgb`` of shape (H, W, 3), uint8."""
        out = self._net(0)(region.crop(rgb, DETECTOR_SIZE) * np.float32(1 / 127.5) - 1)
        scores = sigmoid(out[_SCORES][:, 0].astype(float))
        order = np.argsort(-scores)
        order = order[scores[order] >= min_score]
        # Outputs 4:6 and 6:8 are the mid-hip and a point on the circle around the whole body, in input pixels.
        points = out[_BOXES][order, 4:8].reshape(-1, 2, 2) + self._anchors[order, None] * DETECTOR_SIZE
        points = region.to_image(points, DETECTOR_SIZE)
        people = [Detection(towards(hip, rim, ROI_SCALE), float(scores[k])) for k, (hip, rim) in zip(order, points)]
        return suppress(people)

    def landmarks(self, rgb: np.ndarray, roi: Roi, mirrored: bool = False) -> Pose:
        """Landmarks of the person in the region. ``rgb`` of shape (H, W, 3), uint8.

        ``mirrored``: show the network the mirror image and turn its answer back, a second opinion at the same cost.
        """
        image = roi.crop(rgb, LANDMARK_SIZE) * np.float32(1 / 255)
        out = self._net(1)(np.ascontiguousarray(image[:, ::-1]) if mirrored else image)
        rows = out[_ROWS].reshape(NUM_ALL, 5).astype(float)
        crop_xy, peaks = refine(rows[:, :2], out[_HEATMAPS])
        world = out[_WORLD].reshape(NUM_ALL, 3).astype(float)
        visibility, order = sigmoid(rows[:, 3]), np.arange(NUM)
        if mirrored:
            crop_xy[:, 0] = LANDMARK_SIZE - crop_xy[:, 0]
            world[:, 0] = -world[:, 0]
            order = MIRROR
        xy = roi.to_image(crop_xy, LANDMARK_SIZE)
        cos, sin = np.cos(roi.angle), np.sin(roi.angle)
        # the crop was upright, the person need not be
        world[:, :2] = world[:, :2] @ np.array([[cos, sin], [-sin, cos]])
        return Pose(
            xy_px=xy[order],
            visibility=visibility[order],
            world_c=world[order],
            flag=float(out[_FLAG].reshape(())),
            peaks=peaks[order],
            roi=towards(xy[NUM], xy[NUM + 1], ROI_SCALE),
        )


def suppress(people: list[Detection], distance: float = 0.2, ratio: float = 1.6) -> list[Detection]:
    """Non-maximum suppression: of detections with near regions (see ``Roi.near``) only the best is kept, best first."""
    kept: list[Detection] = []
    for person in sorted(people, key=lambda person: -person.score):
        if not any(person.roi.near(other.roi, distance, ratio) for other in kept):
            kept.append(person)
    return kept


def refine(xy: np.ndarray, heatmaps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Landmarks in crop pixels moved to the heatmaps' centre of mass around them, and the peaks found there.

    Shapes (K, 2), logits of (64, 64, K) -> (K, 2), (K,).
    """
    size, radius = HEATMAP_SIZE, REFINE_RADIUS
    cell = np.floor(xy * (size / LANDMARK_SIZE)).astype(int)
    steps = np.arange(-radius, radius + 1)
    columns, rows = cell[:, :1] + steps, cell[:, 1:] + steps  # (K, 7)
    inside = ((rows >= 0) & (rows < size))[:, :, None] & ((columns >= 0) & (columns < size))[:, None, :]
    picked = heatmaps[
        rows.clip(0, size - 1)[:, :, None], columns.clip(0, size - 1)[:, None, :], np.arange(len(xy))[:, None, None]
    ]
    mass = np.where(inside, sigmoid(picked.astype(float)), 0)  # (K, 7, 7)
    total, peaks = mass.sum((1, 2)), mass.max((1, 2))
    total = np.maximum(total, np.finfo(float).tiny)
    centre = np.stack([(mass.sum(1) * columns).sum(1), (mass.sum(2) * rows).sum(1)], -1) / total[:, None]
    return np.where(peaks[:, None] >= REFINE_PEAK, centre * (LANDMARK_SIZE / size), xy), peaks
