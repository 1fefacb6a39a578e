"""The real set: one man before four calibrated cameras; each camera is judged by a reference made without it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from sfv.bench.recovery.landmarks import REAL_NAMES, columns
from sfv.bench.recovery.sets.calibration import CalibratedCamera
from sfv.bench.recovery.sets.triangulate import (
    Reference,
    clock_offsets,
    reprojection_loss,
    residual_px,
    triangulate,
    view_of,
)
from sfv.detect.keypoints import Keypoints
from sfv.errors import SfvError

_FEET = ("left_heel", "left_foot_index", "right_heel", "right_foot_index")


@dataclass(frozen=True)
class RealView:
    """One camera, what the detector saw in it, and the reference in its axes at its own frames."""

    camera: CalibratedCamera
    keypoints: Keypoints
    """The man who balances. One person."""
    truth_c: np.ndarray
    """REAL_NAMES. Shape (T, 14, 3), metres, camera axes; made without this camera."""
    everybody_c: np.ndarray
    """The same of all cameras, this one included. What they differ by is how well the truth is known."""
    feet_c: np.ndarray
    """Heels and toes of the reference, in the order of CONTACT_POINTS. Shape (T, 4, 3), metres, camera axes."""
    reference: Reference
    """How the others agree."""
    residual_px: float
    """Median distance of this camera's landmarks from the reference it had no part in, pixels."""
    offset: float
    """Frames by which this camera's clock is late against the first one's."""

    def in_words(self) -> str:
        """How well the other cameras agree, and this one with them."""
        residuals = ", ".join(f"{name} {value:.1f}" for name, value in self.reference.residual_px.items())
        return (
            f"the others agree to {residuals} px (median), limbs keep their length to {1000 * self.reference.bone_deviation:.0f} mm; "
            f"this one is {self.residual_px:.1f} px from them, its clock {self.offset:+.2f} frames"
        )

    def ideal_keypoints(self) -> Keypoints:
        """As seen by a camera of the same focal length without distortion whose centre is the image's: what ``focal_px`` alone
        can describe."""
        xy = self.camera.ideal_px(self.keypoints.xy_px, self.keypoints.image_size)
        return replace(self.keypoints, xy_px=xy)


def real_views(cameras: Sequence[CalibratedCamera], keypoints: Sequence[Keypoints]) -> list[RealView]:
    """Every camera with its reference. All videos must have one rate; the people are matched by triangulation residual.

    The clocks are aligned once, by all cameras together; the judged camera has no other part in its reference.

    Raises SfvError for fewer than three cameras: a camera is judged by at least two others.
    """
    if len(cameras) < 3:
        raise SfvError(f"{len(cameras)} cameras; to judge each by the others three or more are needed")
    frames = min(item.num_frames for item in keypoints)
    keypoints = [
        replace(item, **{key: getattr(item, key)[:, :frames] for key in ("xy_px", "confidence", "world_c")})
        for item in keypoints
    ]
    choice = choose_people(cameras, keypoints)
    views = [view_of(item, person, camera) for item, person, camera in zip(keypoints, choice, cameras)]
    offsets = clock_offsets(views)
    views = [view.delayed(offset) for view, offset in zip(views, offsets)]
    everybody = triangulate(views, keypoints[0].fps)
    out = []
    for index, view in enumerate(views):
        reference = triangulate([other for other in views if other is not view], keypoints[index].fps)
        own_clock = np.arange(frames) - offsets[index]
        seen, with_it = (
            view.camera.to_camera(_sample(points, own_clock))
            for points in (reference.landmarks_w, everybody.landmarks_w)
        )
        out.append(
            RealView(
                camera=view.camera,
                keypoints=keypoints[index].select(choice[index], 0, frames),
                truth_c=seen[:, columns(REAL_NAMES)],
                everybody_c=with_it[:, columns(REAL_NAMES)],
                feet_c=seen[:, columns(_FEET)],
                reference=reference,
                residual_px=residual_px(reference.landmarks_w, view),
                offset=float(offsets[index]),
            )
        )
    return out


def choose_people(cameras: Sequence[CalibratedCamera], keypoints: Sequence[Keypoints]) -> tuple[int, ...]:
    """The person of each view that together are one person in space."""
    views = [
        [view_of(item, person, camera) for person in range(item.num_people)] for item, camera in zip(keypoints, cameras)
    ]
    losses = {
        choice: reprojection_loss([people[person] for people, person in zip(views, choice)])
        for choice in product(*(range(len(people)) for people in views))
    }
    return min(losses, key=losses.__getitem__)


def _sample(values: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Values at fractional frames, held at the ends. Shapes (T, ...), (N,) -> (N, ...)."""
    where = np.clip(where, 0, len(values) - 1)
    low = np.minimum(where.astype(int), len(values) - 2)
    share = (where - low).reshape(-1, *[1] * (values.ndim - 1))
    return (1 - share) * values[low] + share * values[low + 1]
