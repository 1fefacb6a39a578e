"""Quality of the motion-capture clips, as read and on other characters."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sfv.assets import ASSETS
from sfv.bench.results import all_commands, merge_rows, read_rows, write_results
from sfv.bench.retarget.config import RetargetBenchConfig
from sfv.names import check_names, find_clip_file, read_clip
from sfv.system.progress import console

if TYPE_CHECKING:
    from sfv.character import Character
    from sfv.motion.clip import Clip

_PREFIX = "humanoid3d_"
_SHOWN = ("walk", "run", "cartwheel", "backflip", "spinkick", "roll")
"""Clips of the contact sheets."""
_POSES, _TILE = 8, 120
"""Poses of each clip on a sheet, and their height, pixels."""
TEXT = """\
The clips of DeepMimic's humanoid, as read, and carried over to other characters: "by frame" takes the orientations of the bodies frame by
frame (chains of hinges within their limits), "whole clip" goes on with the optimisation of the whole clip. Penetration: deepest point
below the ground, share of frames more than 1 mm below. off_ground: frames whose lowest point is more than 30 mm up (flights among them);
free_fall_error: how far the centre of mass is from free fall there, root mean square in g. Foot slide: way of a standing sole point from
one frame to the next, mean and greatest; stance_gap: height of the lowest point of a standing foot. limit: greatest share of frames that a
joint spends at its limit. Spikes: frames with a joint above 25 rad/s. Self-collision: frames with links that overlap by more than 10 mm.
Means over clips; penetration_mm, foot_slide_max_mm and max_joint_speed: the greatest; speed_spikes: the sum. Pictures:
`sheets/retarget_<character>.png`.
"""


def bench_retarget(config: RetargetBenchConfig) -> Path:
    """Measure, write retarget.json, .md and the sheets; returns the page. Raises SfvError."""
    names = config.clips or tuple(name.removeprefix(_PREFIX) for name in ASSETS if name.startswith(_PREFIX))
    words = ["sfv", "bench", "retarget", *config.clips, "--characters", *config.characters]
    for name in config.characters:
        check_names(name)
    for clip in names:
        find_clip_file(_PREFIX + clip)
    from sfv.bench.retarget.quality import KEYS, mean_rows
    from sfv.character import load_character

    for name in config.characters:
        character = load_character(name)
        shown: list[Clip] = []
        for clip in names:
            rows, made = _measure(clip, character)
            shown += [made] if made.name in _SHOWN else []
            rows = merge_rows(read_rows("retarget", config.out), rows, KEYS)
            tables = [("Means", mean_rows(rows)), ("Clips", rows)]
            write_results(
                "retarget", all_commands("retarget", shlex.join(words), config.out), rows, config.out, TEXT, tables
            )
        sheet = config.out / "sheets" / f"retarget_{character.name}.png"
        # a run of a few clips must not put its few lines in the place of the whole sheet
        if config.sheets and shown and (len(shown) == len(_SHOWN) or not sheet.is_file()):
            _write_sheet(shown, character, sheet)
    return config.out / "retarget.md"


def _measure(name: str, character: "Character") -> "tuple[list[dict[str, object]], Clip]":
    """Rows of one clip, and the clip that is shown."""
    from sfv.bench.retarget.quality import quality_row
    from sfv.character import load_character
    from sfv.retarget.cached import retarget_cached
    from sfv.retarget.clip_to_clip import report_clip, retarget_by_frame

    path = find_clip_file(_PREFIX + name)
    clip = read_clip(path, character)
    if clip.character == character.name:
        return [quality_row(clip, character, "as read", report_clip(clip, character))], clip
    guess, guessed = retarget_by_frame(clip, load_character(clip.character), character)
    made, report = retarget_cached(clip, path, character, None, console.print)
    rows = [quality_row(guess, character, "by frame", guessed), quality_row(made, character, "whole clip", report)]
    return rows, made


def _write_sheet(clips: "Sequence[Clip]", character: "Character", out: Path) -> None:
    """One line of poses for each clip."""
    from sfv.render.config import RenderConfig
    from sfv.render.policy.character import character_frames
    from sfv.render.sheet import contact_sheet, write_png

    config = RenderConfig(height=_TILE, world_width=round(1.2 * _TILE), shadows=True)
    tiles, captions = [], []
    for clip in clips:
        poses = np.linspace(0, len(clip) - 1, _POSES).round().astype(int)
        tiles += list(character_frames(clip.qpos[poses], character, config))
        captions += [f"{clip.name} {pose / clip.fps:.2f} s" for pose in poses]
    write_png(out, contact_sheet(tiles, captions, _POSES, _TILE))
