"""Contact sheet of a trained policy: what it does above, what it was asked to do beneath, at the same times and from the same place."""

from pathlib import Path

import cv2
import numpy as np

from sfv.character import load_character
from sfv.draw.scene import Stage
from sfv.draw.view import distance_for, front_azimuth, look_at, smooth_path
from sfv.errors import SfvError
from sfv.evaluate.nr import Rollout, record_rollout
from sfv.files import atomic_path
from sfv.learn.run.folder import read_run
from sfv.render.config import RenderConfig
from sfv.render.policy.beside import ground_under
from sfv.render.policy.character import qpos_heading
from sfv.render.sheet import contact_sheet

_TILES, _COLUMNS = 16, 8
_LOOK = RenderConfig(height=200, world_width=190)
_ROOM = 1.35
"""Height of what is seen, times the standing character's."""
_FOLLOW_SECONDS = 0.4
"""Over which the camera's path is smoothed."""
_CYCLES = 2
"""Periods of a cyclic clip that are shown."""
_JPG_QUALITY = 82


def save_sheet(folder: Path, out: Path, env: str | None = None) -> None:
    """16 moments of the whole clip (two periods of a cyclic one), undisturbed start, as JPG; reference rows lie beneath the policy's.

    ``env`` replaces the environment that it was trained on. After a fall the policy has no more pictures. Raises RenderError
    without OpenGL.
    """
    run, clip = read_run(folder)
    rollout = record_rollout(folder, _CYCLES * clip.seconds, env=env)
    write_jpg(out, contact_sheet(*sheet_tiles(rollout, run.character), _COLUMNS, _LOOK.height))


def sheet_tiles(rollout: Rollout, character: str) -> tuple[list[np.ndarray], list[str]]:
    """Tiles and captions in reading order: a row of the policy, then the same row of the reference."""
    body = load_character(character)
    picked = np.linspace(0, len(rollout.qpos) - 1, _TILES).round().astype(int)
    path = smooth_path(rollout.reference[:, :3], round(_FOLLOW_SECONDS * rollout.fps))
    policy, reference = [], []
    with Stage(body, _LOOK, rollout.environment) as stage:
        tall = stage.standing_height()
        azimuth = front_azimuth(qpos_heading(rollout.reference), None, _LOOK.turn_deg)
        distance = distance_for(_ROOM * tall, tall, (_LOOK.world_width, _LOOK.height))
        path[:, 2] = np.maximum(ground_under(stage.model, rollout.reference) + 0.5 * tall, path[:, 2])
        for frame in picked:
            camera = look_at(path[frame], azimuth, _LOOK.elevation_deg, distance, (_LOOK.world_width, _LOOK.height))
            policy.append(stage.draw(rollout.qpos[frame], camera, acting=rollout.acting[frame]))
            reference.append(stage.draw(rollout.reference[frame], camera))
    times = [f"{frame / rollout.fps:.2f} s" for frame in picked]
    if rollout.failed:
        times[-1] += " falls"
    tiles: list[np.ndarray] = []
    captions: list[str] = []
    for first in range(0, _TILES, _COLUMNS):
        block = slice(first, first + _COLUMNS)
        tiles += [*policy[block], *reference[block]]
        captions += [*times[block], *["reference"] * _COLUMNS]
    return tiles, captions


def write_jpg(path: Path, image: np.ndarray) -> None:
    """Write an RGB picture (H, W, 3) in one piece."""
    with atomic_path(path) as temporary:
        done, data = cv2.imencode(
            ".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, _JPG_QUALITY]
        )
        if not done:
            raise SfvError(f"a picture of shape {image.shape} could not be written to {path}")
        temporary.write_bytes(data.tobytes())
