"""How well clips are retargeted to other characters: one row a clip, character and method."""

from collections.abc import Sequence

import numpy as np

from sfv.bench.results import Row
from sfv.character import Character
from sfv.motion.clip import Clip
from sfv.retarget.report import RetargetReport

KEYS = ("clip", "character", "method")
"""What makes a row one and the same."""
METHODS = ("as read", "by frame", "whole clip")


def quality_row(clip: Clip, character: Character, method: str, report: RetargetReport) -> Row:
    """Figures of one clip as it was made by ``method``."""
    worst = max(report.limit_hits, key=lambda joint: report.limit_hits[joint], default="")
    return {
        "clip": clip.name,
        "character": character.name,
        "method": method,
        "penetration_mm": round(report.penetration_mm, 2),
        "penetration_share": round(report.penetration_share, 3),
        "off_ground_share": round(report.airborne_share, 3),
        "free_fall_error": "" if report.free_fall_error is None else round(report.free_fall_error, 2),
        "foot_slide_mm": round(report.foot_slide_mm, 2),
        "foot_slide_max_mm": round(report.foot_slide_max_mm, 2),
        "stance_gap_mm": round(report.stance_gap_mm, 2),
        "stance_share": round(report.stance_share, 3),
        "limit_share": round(report.limit_hits.get(worst, 0.0), 3),
        "limit_joint": worst,
        "speed_spikes": report.speed_spikes,
        "max_joint_speed": round(report.max_joint_speed, 1),
        "self_collision_share": round(report.self_collision_share, 3),
    }


def mean_rows(rows: Sequence[Row]) -> list[Row]:
    """Means over the clips (for maxima the greatest), by character and method."""
    out = []
    for character in dict.fromkeys(row["character"] for row in rows):
        for method in METHODS:
            own = [row for row in rows if row["character"] == character and row["method"] == method]
            if not own:
                continue
            mean: Row = {"character": character, "method": method, "clips": len(own)}
            for key in own[0]:
                values = [row[key] for row in own if isinstance(row.get(key), int | float)]
                if values:
                    worst = key in ("penetration_mm", "foot_slide_max_mm", "max_joint_speed")
                    pick = np.max if worst else np.sum if key == "speed_spikes" else np.mean
                    mean[key] = round(float(pick(values)), 3)
            out.append(mean)
    return out
