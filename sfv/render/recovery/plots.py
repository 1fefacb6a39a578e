"""Curves of a recovery in one picture: speeds of joints, contacts, height of the feet, evidence of each limb."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sfv.body.model import Body, load_body
from sfv.files import atomic_path
from sfv.metrics import on_ground
from sfv.metrics.runs import runs
from sfv.motion.body_motion import CONTACT_POINTS, BodyMotion
from sfv.motion.contact import in_stance
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.report.evidence import UNSEEN

JOINTS = ("pelvis", "head", "left_wrist", "right_wrist", "left_ankle", "right_ankle")
"""Joints whose speed is drawn."""
LIMBS: dict[str, tuple[str, ...]] = {
    "head": ("head",),
    "left arm": ("left_elbow", "left_wrist"),
    "right arm": ("right_elbow", "right_wrist"),
    "left leg": ("left_knee", "left_ankle", "left_foot"),
    "right leg": ("right_knee", "right_ankle", "right_foot"),
}
"""Rows of the strip of evidence; each shows the mean over its joints."""
_LEFT, _RIGHT, _MIDDLE, _DARK = "#f0883a", "#2fb57c", "#5c9cd6", "#404550"
_STYLES = {
    "pelvis": (_MIDDLE, "-"), "head": (_DARK, ":"), "left_wrist": (_LEFT, "--"), "right_wrist": (_RIGHT, "--"),
    "left_ankle": (_LEFT, "-"), "right_ankle": (_RIGHT, "-"),
}  # fmt: skip
_INCHES, _DPI = (11.0, 8.2), 110
_HEIGHTS = (2.4, 1.0, 1.5, 1.2)
_TOP_SHARE = 99.5
"""Percentile of speeds that the axis holds: one jump shall not flatten the rest."""


def plot_recovery(out: Path | str, motion: BodyMotion, body: Body | None = None) -> None:
    """Write the picture (png, svg or pdf, by the name's ending); time is that of the source video."""
    skin = body or load_body(name=motion.body)
    joints = skin.joints(motion.poses, motion.betas, motion.trans)
    with matplotlib.rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(_INCHES, _DPI, layout="constrained")
        speed, contact, feet, evidence = figure.subplots(4, 1, sharex=True, height_ratios=_HEIGHTS)
        times = (motion.first_frame + np.arange(len(motion))) / motion.fps
        _speeds(speed, times, joints, motion.fps)
        _contacts(contact, motion)
        _feet(feet, times, on_ground(motion, skin).feet, motion.grounded)
        _evidence(evidence, motion)
        half = 0.5 / motion.fps
        evidence.set(xlim=(times[0] - half, times[-1] + half), xlabel="time in the video, s")
        with atomic_path(out) as temporary:
            figure.savefig(temporary)


def _speeds(axes: Axes, times: np.ndarray, joints: np.ndarray, fps: float) -> None:
    highest = 0.5
    for name in JOINTS:
        path = joints[:, SMPL_JOINTS.index(name)]
        speed = np.linalg.norm(np.diff(path, axis=0), axis=-1) * fps
        colour, line = _STYLES[name]
        axes.plot(0.5 * (times[1:] + times[:-1]), speed, line, color=colour, lw=1.3, label=name.replace("_", " "))
        if len(speed):
            highest = max(highest, 1.1 * float(np.percentile(speed, _TOP_SHARE)))
    axes.set(ylabel="speed, m/s", ylim=(0, highest))
    axes.legend(ncols=len(JOINTS), loc="upper center", bbox_to_anchor=(0.5, 1.16), frameon=False)
    axes.grid(alpha=0.25)


def _contacts(axes: Axes, motion: BodyMotion) -> None:
    axes.set(yticks=range(len(CONTACT_POINTS)), yticklabels=[name.replace("_", " ") for name in CONTACT_POINTS])
    axes.set(ylim=(len(CONTACT_POINTS) - 0.4, -0.6))
    axes.set_ylabel("contact")
    if motion.contacts is None:
        _say(axes, "contacts are not known")
        return
    for row, name in enumerate(CONTACT_POINTS):
        bars = [
            ((motion.first_frame + a - 0.5) / motion.fps, (b - a + 1) / motion.fps)
            for a, b in runs(in_stance(motion.contacts[:, row]))
        ]
        axes.broken_barh(bars, (row - 0.36, 0.72), facecolors=_LEFT if name.startswith("left") else _RIGHT)


def _feet(axes: Axes, times: np.ndarray, feet: np.ndarray, grounded: bool) -> None:
    for row, name in enumerate(CONTACT_POINTS):
        side, end = name.split("_")
        style = "-" if end == "heel" else "--"
        axes.plot(times, 100 * feet[:, row, 2], style, color=_LEFT if side == "left" else _RIGHT, lw=1.2)
    axes.axhline(0, color=_DARK, lw=0.8)
    axes.set_ylabel("height of the soles, cm" if grounded else "height (no ground), cm")
    axes.grid(alpha=0.25)
    axes.text(
        0.995, 1.0, "heel solid, toe dashed", ha="right", va="bottom", transform=axes.transAxes, color=_DARK, fontsize=8
    )


def _evidence(axes: Axes, motion: BodyMotion) -> None:
    axes.set(yticks=range(len(LIMBS)), yticklabels=list(LIMBS))
    axes.set_ylabel("evidence\n(hatched: unseen)")
    if motion.confidence is None:
        axes.set_ylim(len(LIMBS) - 0.5, -0.5)
        _say(axes, "the evidence is not known")
        return
    rows = [motion.confidence[:, [SMPL_JOINTS.index(joint) for joint in limb]].mean(1) for limb in LIMBS.values()]
    start = (motion.first_frame - 0.5) / motion.fps
    image = axes.imshow(
        np.stack(rows), aspect="auto", cmap="viridis", vmin=0, vmax=1, interpolation="nearest",
        extent=(start, start + len(motion) / motion.fps, len(rows) - 0.5, -0.5),
    )  # fmt: skip
    axes.figure.colorbar(image, ax=axes, pad=0.01, label="confidence")
    for row, values in enumerate(rows):
        for a, b in runs(values < UNSEEN):
            left = (motion.first_frame + a - 0.5) / motion.fps
            size = (b - a + 1) / motion.fps, 0.9
            axes.add_patch(Rectangle((left, row - 0.45), *size, fill=False, hatch="/////", edgecolor="white", lw=0.0))


def _say(axes: Axes, words: str) -> None:
    axes.text(0.5, 0.5, words, ha="center", va="center", transform=axes.transAxes, color=_DARK)
