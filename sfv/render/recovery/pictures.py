"""The pictures and the report of a recovery in one folder."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sfv.detect.keypoints import Keypoints
from sfv.files import write_text
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.report.report import recovery_report
from sfv.reconstruct.report.reprojection import frame_errors, reprojection_px, seen_landmarks
from sfv.render.config import RenderConfig
from sfv.render.recovery.extremes import extremes_sheet
from sfv.render.recovery.plots import plot_recovery
from sfv.render.recovery.recovery import load_bodies, matching_rows, render_recovery
from sfv.render.sheet import sheet_of_video
from sfv.video import open_video

VIDEO, SHEET, REPORT = "recovery.mp4", "recovery.png", "recovery.json"
"""Names of what is written for everybody together; curves*.png and extremes*.png are written for each person."""
_TILES, _COLUMNS, _TILE_HEIGHT = 8, 2, 200


@dataclass(frozen=True)
class RecoveryPictures:
    """What was written, and what was found."""

    files: list[Path]
    reports: list[dict[str, Any]]
    """``RecoveryReport.as_dict`` of each person."""

    @property
    def words(self) -> list[list[str]]:
        """Sentences about each person."""
        return [report["words"] for report in self.reports]


def draw_recovery(
    folder: Path,
    motions: Sequence[BodyMotion],
    video: Path | None = None,
    keypoints: Keypoints | None = None,
    config: RenderConfig | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RecoveryPictures:
    """Write recovery.mp4, recovery.png (contact sheet), recovery.json (report), and for each person curves.png and extremes.png.

    Several people get curves_0.png, curves_1.png, ... ; extremes.png needs video and keypoints. Raises SfvError (motions or video
    that do not belong together), VideoError.
    """
    bodies = load_bodies(motions)
    rows = matching_rows(motions, keypoints, bodies)
    film, sheet = folder / VIDEO, folder / SHEET
    render_recovery(
        film, motions, video=video, keypoints=keypoints, rows=rows, bodies=bodies, config=config, progress=progress
    )
    made = open_video(film)
    times = (np.linspace(0, len(made) - 1, min(_TILES, len(made))) / made.fps).tolist()
    sheet_of_video(film, sheet, times, _COLUMNS, _TILE_HEIGHT)
    files, reports = [film, sheet], []
    for index, (motion, body, row) in enumerate(zip(motions, bodies, rows)):
        ending = f"_{index}.png" if len(motions) > 1 else ".png"
        files.append(folder / f"curves{ending}")
        plot_recovery(files[-1], motion, body)
        reports.append(recovery_report(motion, keypoints, body, None if row < 0 else row).as_dict())
        if video is not None and keypoints is not None and row >= 0:
            files.append(folder / f"extremes{ending}")
            confidence = seen_landmarks(motion, keypoints, row)[1]
            errors = frame_errors(reprojection_px(motion, keypoints, body, row), confidence)
            extremes_sheet(video, keypoints, motion, errors, files[-1], person=row, body=body)
    files.append(folder / REPORT)
    write_text(files[-1], json.dumps({"people": reports}, indent=1))
    return RecoveryPictures(files, reports)
