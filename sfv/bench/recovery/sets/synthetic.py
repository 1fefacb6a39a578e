"""The synthetic set: motion-capture clips on the open body, filmed from three sides before two backgrounds, with exact truth."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from sfv.assets import fetch
from sfv.bench.recovery.figure import Figure, dress
from sfv.bench.recovery.sets.backdrop import NAMES as BACKGROUNDS
from sfv.bench.recovery.sets.backdrop import backdrop
from sfv.body import Body
from sfv.motion.body_motion import BodyMotion
from sfv.motion.camera import Camera
from sfv.motion.deepmimic import CYCLIC
from sfv.motion.ground import LIFT_QUANTILE, smooth_cover
from sfv.motion.mocap.deepmimic import read_deepmimic_body
from sfv.render.painter import paint_mesh, paint_shadow
from sfv.video import write_video

CLIPS = ("walk", "run", "dance_a", "cartwheel", "backflip", "spinkick", "roll", "crawl")
"""Clips of the set."""
LEAPS = frozenset({"run", "backflip", "spinkick"})
"""Those in which both feet leave the ground at once."""
VIEWS = {"front": 0.0, "side": 90.0, "oblique": 42.0}
"""Directions from which a clip is filmed: degrees to the left of where the person faces in the beginning."""
FPS = 30.0
IMAGE_SIZE = (960, 540)
_MIN_SECONDS, _MAX_SECONDS = 1.5, 3.0
_TALL = 0.62  # share of the picture's height that the standing person takes, unless they would leave the picture
_MARGIN = 0.04  # of the picture's sides that stays free
_DISTANCE, _HEIGHT = (3.5, 5.0), (1.0, 1.6)  # metres: nearest approach to the camera, height of the camera
_AIM = 0.9  # metres above the ground: where the camera looks
_BETAS_STD = 0.8
_SENSOR_NOISE = 2.5  # grey levels
_LIFT_FRAMES, _SETTLE_FRAMES = 4, 2.0


@dataclass(frozen=True)
class Scene:
    """One clip from one side: everything but the background."""

    clip: str
    view: str
    motion: BodyMotion
    """The truth, with its camera, on the ground z = 0, at FPS."""
    figure: Figure

    @property
    def camera(self) -> Camera:
        """The camera that films it."""
        assert self.motion.camera is not None
        return self.motion.camera


def make_scene(clip: str, view: str, body: Body, seed: int = 0) -> Scene:
    """A clip on a body of random shape in random clothes, before a camera of random height and distance; same seed, same scene."""
    rng = np.random.default_rng([seed, CLIPS.index(clip), list(VIEWS).index(view)])
    motion = at_rate(read_deepmimic_body(fetch(f"humanoid3d_{clip}")), FPS)
    if clip in CYCLIC:
        motion = repeated(motion, _MIN_SECONDS, _MAX_SECONDS)
    betas = np.clip(rng.normal(0, _BETAS_STD, body.num_betas), -2, 2)
    motion = reshaped(motion, betas, body, clip in LEAPS)
    figure = dress(body, rng)
    return Scene(clip, view, replace(motion, camera=film_from(motion, VIEWS[view], body, rng)), figure)


def at_rate(motion: BodyMotion, fps: float) -> BodyMotion:
    """Every second, third, ... frame, so that the rate is ``fps``."""
    every = max(1, round(motion.fps / fps))
    return replace(motion, poses=motion.poses[::every], trans=motion.trans[::every], fps=motion.fps / every)


def repeated(motion: BodyMotion, least: float, most: float) -> BodyMotion:
    """A cycle (last frame = first frame, moved on) until it lasts ``least`` seconds, cut at ``most``."""
    cycle = len(motion) - 1
    count = int(np.ceil(least * motion.fps / cycle))
    move = (motion.trans[-1] - motion.trans[0]) * [1, 1, 0]
    poses = np.concatenate([motion.poses[:-1]] * count + [motion.poses[-1:]])
    trans = np.concatenate(
        [motion.trans[:-1] + turn * move for turn in range(count)] + [motion.trans[-1:] + (count - 1) * move]
    )
    frames = min(len(poses), int(most * motion.fps) + 1)
    return replace(motion, poses=poses[:frames], trans=trans[:frames])


def reshaped(motion: BodyMotion, betas: np.ndarray, body: Body, leaps: bool) -> BodyMotion:
    """The same poses on a body of another shape: the path is scaled with the legs, and nothing is below the ground.

    Where nobody ``leaps`` something always touches it: capture skeletons have other hands and backs than the body, and would
    leave it hovering over a hand that reaches lower than the feet.
    """
    rest, new = body.rest_joints(motion.betas), body.rest_joints(betas)
    legs = [np.linalg.norm(joints[4] - joints[1]) + np.linalg.norm(joints[7] - joints[4]) for joints in (rest, new)]
    trans = (motion.trans + rest[0]) * (legs[1] / legs[0]) - new[0]
    lowest = body.vertices(motion.poses, betas, trans)[..., 2].min(1)
    rest_height = (
        np.quantile(lowest, LIFT_QUANTILE) if leaps else gaussian_filter1d(lowest, _SETTLE_FRAMES, mode="nearest")
    )
    trans[:, 2] -= rest_height
    lowest -= rest_height
    trans[:, 2] += smooth_cover(np.maximum(-lowest, 0.0), _LIFT_FRAMES, cyclic=False)
    return replace(motion, trans=trans, betas=betas)


def film_from(motion: BodyMotion, degrees: float, body: Body, rng: np.random.Generator) -> Camera:
    """A level camera at the given side of the path's middle whose focal length shows the whole motion."""
    joints = body.joints(motion.poses, motion.betas, motion.trans)
    middle = 0.5 * (joints[:, 0].min(0) + joints[:, 0].max(0)) * [1, 1, 0]
    angle = np.radians(degrees)
    towards = np.array([np.cos(angle), np.sin(angle), 0.0])  # from the path to the camera; the person faces +x
    nearest = float(((joints[:, 0] - middle) @ towards).max())
    height = rng.uniform(*_HEIGHT)
    eye = middle + towards * (rng.uniform(*_DISTANCE) + max(nearest, 0.0)) + [0.0, 0.0, height]
    forward = middle + np.array([0.0, 0.0, _AIM]) - eye
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    rotation = np.stack((right, np.cross(forward, right), forward))
    vertices = body.vertices(motion.poses, motion.betas, motion.trans).reshape(-1, 3)
    seen = vertices @ rotation.T - rotation @ eye
    spread = np.abs(seen[:, :2] / seen[:, 2:]).max(0)
    size = np.array(IMAGE_SIZE)
    tall = np.ptp(body.rest_vertices(motion.betas)[:, 1])
    distance = float(np.median((joints[:, 0] - eye) @ forward))
    focal = min(_TALL * size[1] * distance / tall, *(size * (0.5 - _MARGIN) / spread))
    return Camera(float(focal), size / 2, rotation, -rotation @ eye, IMAGE_SIZE)


def film(scene: Scene, background: str, path: Path, seed: int = 0) -> None:
    """Write the clip as a video before one of BACKGROUNDS."""
    rng = np.random.default_rng(
        [seed, CLIPS.index(scene.clip), list(VIEWS).index(scene.view), BACKGROUNDS.index(background)]
    )
    empty = backdrop(background, scene.camera, rng)
    motion, figure = scene.motion, scene.figure
    vertices = figure.refine(figure.body.vertices(motion.poses, motion.betas, motion.trans))

    noise = np.round(rng.normal(0, _SENSOR_NOISE, empty.shape)).astype(np.int16)

    def frames() -> Iterator[np.ndarray]:
        for posed in vertices:
            image = empty.copy()
            paint_shadow(image, posed, figure.faces, scene.camera)
            paint_mesh(image, posed, figure.faces, scene.camera, figure.rgb, 1.0, 2)
            grain = np.roll(noise, rng.integers(0, IMAGE_SIZE[0], 2), (0, 1))
            yield np.clip(image + grain, 0, 255).astype(np.uint8)

    write_video(path, frames(), FPS)
