"""Pictures of a result show the frames they say: films whose pictures carry their number are drawn and read again."""

from dataclasses import replace

import numpy as np
import pytest
from numbered_films import number_in, numbers_in, write_film, write_images

from sfv.body.model import load_body
from sfv.detect.config import DetectConfig
from sfv.detect.film import open_film
from sfv.detect.keypoints import Keypoints
from sfv.detect.pipeline import assemble
from sfv.motion.body_motion import BodyMotion
from sfv.render.config import RenderConfig
from sfv.render.policy.side_by_side import _input_frames
from sfv.render.recovery.recovery import render_recovery
from sfv.render.source import video_frames, video_of
from sfv.video import open_video

SIZE = (160, 120)
LOOK = RenderConfig(
    height=120, world_width=60, above_width=60, max_input_width=200, samples=0, supersample=1, fps=1000.0
)


def uneven(count):
    return np.cumsum(np.random.default_rng(1).choice([17, 33, 50], count))


CASES = {
    "as it is": (lambda path: write_film(path, range(60), size=SIZE), {}),
    "wrong header": (lambda path: write_film(path, range(60), fps=10, size=SIZE), {"fps": 25.0, "start": 0.4}),
    "slow motion": (
        lambda path: write_film(path, range(60), size=SIZE),
        {"slow_motion": 4.0, "start": 0.5, "stop": 1.5},
    ),
    "start": (lambda path: write_film(path, range(60), size=SIZE), {"start": 0.7, "stop": 1.6}),
    "variable rate": (
        lambda path: write_film(path, range(60), fps=1000, size=SIZE, times_ms=uneven(60)),
        {"start": 0.3},
    ),
    "repeats": (lambda path: write_film(path, [k // 2 for k in range(80)], fps=50, size=SIZE), {"start": 0.4}),
    "folder": (
        lambda path: write_images(path.with_suffix(""), range(60), size=SIZE),
        {"fps": 25.0, "start": 0.6},
    ),
    "folder without its first images": (
        lambda path: write_images(path.with_suffix(""), [*range(30, 50), *range(53, 70)], size=SIZE),
        {"fps": 50.0},
    ),
}


@pytest.fixture(params=CASES)
def result(request, tmp_path):
    """A film, the numbers that the detector saw in its frames, and the files that the stages made of it, read again."""
    write, settings = CASES[request.param]
    path = write(tmp_path / "film.mkv")
    config = DetectConfig(**settings)
    video = open_film(path, config)
    seen = numbers_in(video)
    found = assemble([], video, config)
    found.save(tmp_path / "keypoints.npz")
    keypoints = Keypoints.load(tmp_path / "keypoints.npz")
    first, count = 5, 16  # the person is recovered in a part of what was read
    poses = np.zeros((count, 24, 3))
    poses[:, 0] = [2 * np.pi / 3 / np.sqrt(3)] * 3
    motion = BodyMotion(
        poses,
        np.zeros((count, 3)),
        np.zeros(10),
        keypoints.fps,
        first_frame=keypoints.first_frame + first,
        film=keypoints.film,
    )
    motion.save(tmp_path / "motion.npz")
    return path, BodyMotion.load(tmp_path / "motion.npz"), keypoints, seen[first : first + count]


def test_the_film_of_a_recovery_shows_the_frames_it_says(result, tmp_path):
    path, motion, _, seen = result
    render_recovery(tmp_path / "out.mp4", [motion], video=path, bodies=[load_body(name="open")], config=LOOK)
    drawn = [number_in(frame[: LOOK.height, : SIZE[0]]) for frame in open_video(tmp_path / "out.mp4")]
    assert drawn == seen


def test_the_side_by_side_film_shows_the_frames_it_says(result):
    path, motion, keypoints, seen = result
    people = [_nobody(motion)]
    times = np.arange(len(motion)) / motion.fps
    drawn = [number_in(frame) for frame in _input_frames(path, people, keypoints, motion, times, LOOK)]
    assert drawn == seen


def test_single_frames_are_the_ones_asked_for(result):
    path, motion, keypoints, seen = result
    wanted = [0, 7, 7, 15]
    for known in (motion, replace(motion, film=None)):  # results of old say it in their keypoints
        video = video_of(path, known, keypoints)
        found = list(video_frames(video, known, [motion.first_frame + frame for frame in wanted]))
        assert [number_in(picture) for _, picture in found] == [seen[frame] for frame in wanted]
        assert [number for number, _ in found] == [motion.first_frame + frame for frame in wanted]


def test_a_folder_of_images_is_read_at_the_rate_of_a_motion_that_knows_no_film(tmp_path):
    """A motion of another program over a folder of images."""
    folder = write_images(tmp_path / "a", range(40), size=SIZE)
    motion = BodyMotion(np.zeros((10, 24, 3)), np.zeros((10, 3)), np.zeros(10), 25.0, first_frame=20)
    found = list(video_frames(video_of(folder, motion), motion, [20, 29]))
    assert [number_in(picture) for _, picture in found] == [20, 29]


def _nobody(motion):
    from sfv.render.recovery.people import people_of

    return people_of([motion], [load_body(name="open")], [-1])[0]
