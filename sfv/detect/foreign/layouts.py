"""Layouts of other systems' keypoints: the order of their points, under BlazePose's names.

"hip" and "shoulder" are the person's own left and right; the big toe is called foot_index. Points that nothing here uses (faces,
hands) have no name and are left out. Sources: OpenPose's documentation of its output (BODY_25, COCO) and its poseParameters.cpp
(BODY_25B, BODY_19, BODY_135, MPI); the data set pages of COCO, COCO-WholeBody, Halpe, MPII and Human3.6M (the 17 joints that the
literature uses); MediaPipe's documentation.
"""

from collections.abc import Mapping

from sfv.detect.keypoints import BLAZEPOSE_NAMES

Layout = tuple[str | None, ...]
"""Name of each point, None where it is left out."""

_COCO_17 = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
_COCO_18 = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye", "left_eye",
    "right_ear", "left_ear",
)  # fmt: skip
_FEET = (
    "left_foot_index", "left_small_toe", "left_heel", "right_foot_index", "right_small_toe", "right_heel",
)  # fmt: skip
_BODY_19 = (*_COCO_18[:8], "mid_hip", *_COCO_18[8:])
_BODY_25B = (*_COCO_17, "neck", "head_top", *_FEET)
_HALPE_26 = (
    *_COCO_17, "head_top", "neck", "mid_hip", "left_foot_index", "right_foot_index", "left_small_toe", "right_small_toe",
    "left_heel", "right_heel",
)  # fmt: skip
_H36M_17 = (
    "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "spine", "neck",
    "neck_base", "head_top", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
)  # fmt: skip
_MPII_16 = (
    "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle", "mid_hip", "thorax", "neck",
    "head_top", "right_wrist", "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist",
)  # fmt: skip
_MPI_15 = (
    "head_top", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "thorax",
)  # fmt: skip


def _and(body: Layout, others: int) -> Layout:
    return (*body, *((None,) * others))


LAYOUTS: Mapping[str, Layout] = {
    "body_25": (*_BODY_19, *_FEET),
    "body_25b": _BODY_25B,
    "body_19": _BODY_19,
    "body_135": _and(_BODY_25B, 110),
    "coco_17": _COCO_17,
    "coco_18": _COCO_18,
    "coco_wholebody_133": _and((*_COCO_17, *_FEET), 110),
    "halpe_26": _HALPE_26,
    "halpe_136": _and(_HALPE_26, 110),
    "h36m_17": _H36M_17,
    "mpii_16": _MPII_16,
    "mpi_15": _MPI_15,
    "mediapipe_33": BLAZEPOSE_NAMES,
}
"""Every layout that is known, by name. The number at the end is that of its points (25 for body_25b)."""

COUNTS = frozenset(len(layout) for layout in LAYOUTS.values())
"""How many points a person of any known layout has."""


def layouts_of(count: int) -> list[str]:
    """Names of the layouts that have so many points."""
    return [name for name, layout in LAYOUTS.items() if len(layout) == count]


def known_layouts() -> str:
    """All layouts, for a message."""
    return ", ".join(f"{name} ({len(layout)} points)" for name, layout in LAYOUTS.items())
