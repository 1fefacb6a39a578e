"""The pictures of one chain: the side-by-side video and a contact sheet of it."""

from pathlib import Path

import numpy as np

from sfv.body.model import load_body
from sfv.character import load_character
from sfv.detect.keypoints import Keypoints
from sfv.evaluate.nr import record_rollout
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.pipeline.config import ChainConfig
from sfv.render.config import RenderConfig
from sfv.render.policy.side_by_side import side_by_side
from sfv.render.sheet import sheet_of_video
from sfv.system.progress import stage_progress
from sfv.video import open_video

_SHEET_TILES = 8
_SHEET_COLUMNS = 2
_SHEET_HEIGHT = 160


def draw_chain(video: Path, folder: Path, config: ChainConfig, person: int) -> None:
    """Write side_by_side.mp4 and sheet.png into a chain's folder. Raises RenderError without OpenGL."""
    motion = BodyMotion.load(folder / "motion.npz")
    clip = Clip.load(folder / "clip.npz")
    look = RenderConfig()
    # a looping character starts up to one period before the video and goes on after its end
    seconds = motion.seconds + look.tail_seconds + (clip.seconds if clip.cyclic else 0.0)
    rollout = record_rollout(folder / "train", seconds)
    out = folder / "side_by_side.mp4"
    with stage_progress("render") as progress:
        side_by_side(
            video,
            Keypoints.load(folder / "keypoints.npz"),
            motion,
            clip,
            rollout.qpos,
            out,
            character=load_character(config.character),
            rollout_fps=rollout.fps,
            reference=rollout.reference,
            acting=rollout.acting,
            environment=rollout.environment,
            person=person,
            body=load_body(config.body, name=motion.body),
            config=look,
            progress=progress,
        )
    film = open_video(out)
    # while the input runs, and one glance at what the policy does after its end
    times = np.append(np.linspace(0.0, motion.seconds, _SHEET_TILES - 1), (len(film) - 1) / film.fps)
    sheet_of_video(out, folder / "sheet.png", times.tolist(), _SHEET_COLUMNS, _SHEET_HEIGHT)
