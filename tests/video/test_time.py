"""Time: uneven films, holes, repeated pictures, wrong headers, slow motion, edit lists, nonsense."""

from pathlib import Path

import numpy as np
import pytest
from numbered_films import numbers_in, write_film, write_images

from sfv.errors import VideoError
from sfv.video import open_video, reopen
from sfv.video.grid import grid_of
from sfv.video.repeats import Pattern, repeated_pictures
from sfv.video.video import cut


def test_holes_hold_nobody(tmp_path):
    times = [40 * k + (200 if k > 8 else 0) for k in range(20)]
    video = open_video(write_film(tmp_path / "a.mkv", range(20), fps=1000, times_ms=times))
    assert video.fps == pytest.approx(25)
    assert np.flatnonzero(video.held).tolist() == [9, 10, 11, 12, 13]
    numbers = np.array(numbers_in(video))
    assert numbers[~video.held].tolist() == list(range(20))
    assert any("no picture at 5 of 25 moments" in word for word in video.words)


def test_a_rate_that_varies_is_told(tmp_path):
    times = np.cumsum(np.random.default_rng(1).choice([17, 33, 50], 40))
    video = open_video(write_film(tmp_path / "a.mkv", range(40), fps=1000, times_ms=times))
    assert any("rate varies" in word for word in video.words)
    shown = np.array(numbers_in(video))
    own = ~video.held
    assert (np.diff(shown[own]) > 0).all()
    apart = np.abs(times[shown] - times[0] - 1000 / video.fps * np.arange(len(video)))
    assert apart[own].max() <= 0.75 * 1000 / video.fps  # each shows what was nearest in time


def test_time_stamps_without_sense_are_refused():
    with pytest.raises(VideoError, match="say with --fps"):
        grid_of(np.array([0.0, 0.04, 0.08, 1e6]), 25.0)


@pytest.mark.parametrize(("kept", "period", "fps"), [(1, 2, 50), (2, 5, 60), (5, 6, 30), (4, 5, 30), (1, 3, 60)])
def test_films_of_a_lower_rate_than_their_file(tmp_path, kept, period, fps):
    count = 96
    numbers = [k * kept // period for k in range(count)]
    path = write_film(tmp_path / "a.mp4", numbers, fps=fps, options={"crf": "23"})
    video = open_video(path, drop_repeats=True)
    assert video.fps == pytest.approx(fps * kept / period)
    assert numbers_in(video) == sorted(set(numbers))
    assert any("repeat the one before, in a regular pattern" in word for word in video.words)
    whole = open_video(path)
    assert numbers_in(whole) == numbers
    assert (~whole.held).sum() == len(set(numbers))
    half = open_video(path, start=count / fps / 2, drop_repeats=True)
    assert abs(half.first_frame - len(set(numbers)) / 2) <= 1
    assert numbers_in(half)[0] == pytest.approx(half.first_frame, abs=1)


def test_a_film_that_stutters(tmp_path):
    numbers = [*range(20), *[19] * 7, *range(27, 33), 32, *range(34, 60)]
    video = open_video(write_film(tmp_path / "a.mp4", numbers), drop_repeats=True)
    assert len(video) == len(numbers)
    assert np.flatnonzero(video.held).tolist() == [*range(20, 27), 33]
    assert any("8 of 60 frames repeat" in word for word in video.words)


def test_somebody_who_stands_still_is_no_frozen_film():
    random = np.random.default_rng(0)
    moving = random.uniform(8, 30, 60)
    changes = np.concatenate([[np.inf], moving, np.full(50, 0.05), np.linspace(1, 10, 10), moving])
    assert not repeated_pictures(changes, 30.0)[0].any()
    changes[111] = 90.0  # now the picture jumps after the standstill: the film froze
    assert repeated_pictures(changes, 30.0)[0].sum() == 50


def test_ordinary_motion_has_no_repetitions():
    for seed in range(20):
        changes = np.random.default_rng(seed).gamma(3.0, 8.0, 200) + 0.6
        flags, pattern = repeated_pictures(changes, 30.0)
        assert pattern is None
        assert flags.sum() <= 6
    assert repeated_pictures(np.array([np.inf, *[9.0, 0.1] * 20]), 50.0)[1] == Pattern(1, 2)


def test_a_still_film_is_read_as_it_is(tmp_path):
    video = open_video(write_film(tmp_path / "a.mp4", [3] * 40), drop_repeats=True)
    assert len(video) == 40
    assert not video.held.any()


def test_a_wrong_header_and_slow_motion(tmp_path):
    path = write_film(tmp_path / "a.mp4", range(40), fps=10)
    video = open_video(path, start=0.4, stop=1.2, fps=25)
    assert (video.fps, video.first_frame, len(video)) == (25, 10, 20)
    assert numbers_in(video) == list(range(10, 30))
    assert any("header says 10" in word for word in video.words)
    slow = open_video(path, start=1.0, slow_motion=4)
    assert (slow.fps, slow.first_frame) == (40, 10)  # seconds of the film as it plays
    assert numbers_in(slow) == list(range(10, 40))
    both = open_video(path, fps=25, slow_motion=4)
    assert both.fps == 100


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf"), 1e9])
def test_rates_without_sense(tmp_path, fps):
    path = write_film(tmp_path / "a.mp4", range(3))
    with pytest.raises(VideoError, match=r"--fps gives .* frames a second"):
        open_video(path, fps=fps)
    with pytest.raises(VideoError, match=r"slower than life|frames a second"):
        open_video(path, slow_motion=fps)


def test_a_film_of_hours_is_cut_first():
    with pytest.raises(
        VideoError, match=r"lasts 2:03:00 h and has 221,400 frames; up to 100,000 .* --start and --stop"
    ):
        cut(Path("opera.mp4"), 221_400, 30.0, None, None)
    assert cut(Path("opera.mp4"), 221_400, 30.0, 3600.0, 3610.0) == range(108_000, 108_300)


def test_times_without_sense(tmp_path):
    path = write_film(tmp_path / "a.mp4", range(3))
    for start, stop in ((float("nan"), None), (None, float("inf")), (1.0, 0.5), (5.0, None), (0.0, -1.0)):
        with pytest.raises(VideoError):
            open_video(path, start, stop)


def test_what_an_edit_list_leaves_out(tmp_path):
    """As ``ffmpeg -ss .. -c copy`` cuts: pictures before the cut stay in the file for decoding and are not shown."""
    path = write_film(tmp_path / "a.mp4", range(30), fps=30, options={"bf": "0"})
    content = bytearray(path.read_bytes())
    at = content.index(b"elst") + 4 + 4 + 4  # version and flags, number of edits; then duration, media time
    scale = int.from_bytes(content[content.index(b"mdhd") + 16 : content.index(b"mdhd") + 20], "big")
    content[at + 4 : at + 8] = (10 * scale // 30).to_bytes(4, "big")
    content[at : at + 4] = (667).to_bytes(4, "big")  # milliseconds: 20 pictures
    path.write_bytes(content)
    video = open_video(path)
    assert numbers_in(video) == list(range(10, 30))
    assert video.words == ()


def test_images_by_their_numbers(tmp_path):
    folder = write_images(tmp_path / "a", [1, 2, 3, 4, 7, 8, 9, 10, 11, 12])
    video = open_video(folder, fps=25)
    assert numbers_in(video) == [1, 2, 3, 4, 4, 4, 7, 8, 9, 10, 11, 12]
    assert np.flatnonzero(video.held).tolist() == [4, 5]
    assert any("2 images are missing by their numbers" in word for word in video.words)
    every_fifth = write_images(tmp_path / "b", range(0, 60, 5), "x{:04d}.png")
    assert len(open_video(every_fifth, fps=25)) == 12
    without_sense = write_images(tmp_path / "c", [1, 2, 3, 90, 200], "x{}.png")
    assert len(open_video(without_sense, fps=25)) == 5


@pytest.mark.parametrize(
    "how", ["wrong header", "slow motion", "start", "variable rate", "repeats", "folder", "damaged"]
)
def test_a_film_is_opened_again_as_it_was(tmp_path, how):
    path, settings = tmp_path / "a.mkv", {}
    if how == "folder":
        path, settings = write_images(tmp_path / "a", [0, 1, 2, 3, 6, 7, 8, 9, 10]), {"fps": 25.0, "start": 0.08}
    elif how == "variable rate":
        times = np.cumsum(np.random.default_rng(1).choice([17, 33, 50], 40))
        write_film(path, range(40), fps=1000, times_ms=times)
        settings = {"start": 0.2}
    else:
        write_film(path, [k // 2 if how == "repeats" else k for k in range(60)], fps=30)
        settings = {
            "wrong header": {"fps": 25.0},
            "slow motion": {"slow_motion": 4.0, "stop": 1.0},
            "start": {"start": 0.7, "stop": 1.3},
            "repeats": {"start": 0.5},
            "damaged": {},
        }[how]
    video = open_video(path, drop_repeats=True, **settings)
    again = reopen(path, video.film)
    assert (again.fps, again.size, again.first_frame, len(again)) == (
        video.fps, video.size, video.first_frame, len(video),
    )  # fmt: skip
    assert numbers_in(again) == numbers_in(video)
    assert numbers_in(again.at([3, 5, 5])) == [numbers_in(video)[k] for k in (3, 5, 5)]


def test_another_film_is_refused(tmp_path):
    film = open_video(write_film(tmp_path / "a.mp4", range(40))).film
    with pytest.raises(VideoError, match="give the video it was made from"):
        reopen(write_film(tmp_path / "b.mp4", range(20)), film)
