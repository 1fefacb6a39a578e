"""Following scripted people: who comes, goes, is found late, and meets another."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sfv.detect.blazepose.search import find_people, tiles
from sfv.detect.config import DetectConfig
from sfv.detect.landmarks import MIRROR
from sfv.detect.pipeline import assemble
from sfv.detect.tracking.people import people
from sfv.detect.tracking.track import Track, follow_everybody
from sfv.motion.film import Film
from sfv.video import Video

SIZE = (1000, 500)


def numbered_video(frames):
    def read(pictures):
        for index in pictures:
            yield np.full((SIZE[1], SIZE[0], 3), index, np.uint8)

    return made_video(frames, read)


def made_video(frames, read):
    film = Film(np.arange(frames), np.zeros(frames, bool), 30.0)
    return Video(Path("made.mp4"), SIZE, film, frames, SIZE, _read=read)


def painted_video(frames, people):
    """The number of the frame in the first pixel; ``people``: (function of the frame to mid-hips or None, colour)."""

    def read(pictures):
        for index in pictures:
            frame = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
            for place, colour in people:
                if place(index) is not None:
                    x, y = place(index)
                    frame[y - 90 : y + 110, x - 40 : x + 40] = colour
            frame[0, 0] = index
            yield frame

    return made_video(frames, read)


def paths_of(net, frames, video=None):
    video, config = video or numbered_video(frames), DetectConfig()
    tracks, _ = follow_everybody(net, video, config)
    return people(tracks, frames, video.fps, SIZE, config.track, config.choice)


def test_tiles_cover_the_picture_at_every_scale():
    search = DetectConfig().search
    whole, *rest = tiles(*SIZE, search)
    assert whole.side == 1000
    for share in search.tiles:
        covered = np.zeros(SIZE, bool)
        for tile in rest:
            if tile.side == pytest.approx(share * 500):
                low = np.maximum((tile.centre - tile.side / 2).round().astype(int), 0)
                high = (tile.centre + tile.side / 2).round().astype(int)
                covered[low[0] : high[0], low[1] : high[1]] = True
        assert covered.all()


def test_everybody_in_a_frame_is_found_once(scripted_net):
    net, config = scripted_net([lambda t: (200, 250), lambda t: (700, 250)]), DetectConfig()
    found = find_people(net, next(iter(numbered_video(1))), config.search, config.track)
    assert sorted(pose.roi.centre[0] for pose in found) == [200, 700]


def test_found_late_and_followed_back(scripted_net):
    """The search looks at frames 0, 15, 30 ...; who appears at frame 5 is known from frame 5 on."""
    (path,) = paths_of(scripted_net([lambda t: (200 + 2 * t, 250) if t >= 5 else None]), 60)
    assert sorted(path) == list(range(5, 60))


def test_who_leaves_ends(scripted_net):
    (path,) = paths_of(scripted_net([lambda t: (200 + 2 * t, 250) if t < 40 else None]), 80)
    assert max(path) == 39


def test_out_of_sight_for_a_moment_is_one_person(scripted_net):
    (path,) = paths_of(scripted_net([lambda t: (200 + 2 * t, 250) if not 30 <= t < 50 else None]), 80)
    assert sorted(path) == [*range(30), *range(50, 80)]


def test_nobody_is_looked_for_where_the_film_has_no_picture(scripted_net):
    """Frames that show another moment's picture: also the ones in which the search would look, and a long hole."""
    video = numbered_video(90)
    held = np.isin(np.arange(90), [0, 15, 20, *range(40, 60)])
    video = replace(video, film=replace(video.film, held=held))
    (path,) = paths_of(scripted_net([lambda t: (200 + 2 * t, 250)]), 90, video)
    assert sorted(path) == np.flatnonzero(~held).tolist()


def test_two_who_pass_stay_two(scripted_net):
    paths = paths_of(scripted_net([lambda t: (200 + 6 * t, 240), lambda t: (800 - 6 * t, 260)]), 100)
    assert len(paths) == 2
    for path in paths:
        places = np.array([path[t].roi.centre[0] for t in sorted(path)])
        assert len(path) > 90
        assert (np.diff(places) > 0).all() or (np.diff(places) < 0).all()


def test_a_lost_person_does_not_turn_into_another(scripted_net):
    """Who vanishes right beside somebody else ends there."""
    paths = paths_of(scripted_net([lambda t: (500, 250), lambda t: (300 + 4 * t, 250) if t < 35 else None]), 90)
    assert sorted(len(path) for path in paths) == [35, 90]


def test_seen_for_a_moment_is_nobody(scripted_net):
    assert paths_of(scripted_net([lambda t: (300, 250) if 20 <= t < 32 else None]), 60) == []


def test_two_tracks_of_one_person_are_pooled(pose):
    first = Track(pose((0, 0)), {t: [pose((200 + t, 200))] for t in range(40)})
    second = Track(pose((0, 0)), {t: [pose((201 + t, 200))] for t in range(20, 60)})
    (path,) = people([first, second], 60, 30.0, SIZE, DetectConfig().track, DetectConfig().choice)
    assert sorted(path) == list(range(60))


def test_arrays_of_people(pose):
    """Landmarks outside the picture have no confidence; absent frames are NaN; exchanged ones are mended, without 3D."""
    config, video = DetectConfig(), numbered_video(50)
    path = {t: pose((300 + t, 407)) for t in range(10, 50)}  # the feet are below the lower edge
    path[30] = replace(path[30], xy_px=path[30].xy_px[MIRROR])
    keypoints = assemble([path], video, config)
    assert keypoints.span(0) == (10, 50)
    assert np.isnan(keypoints.xy_px[0, :10]).all()
    assert (keypoints.confidence[0, 20, [29, 30, 31, 32]] == 0).all()
    assert (keypoints.confidence[0, 20, :29] > 0.9).all()
    np.testing.assert_allclose(keypoints.xy_px[0, 30], path[29].xy_px + np.array([1, 0]))
    assert np.flatnonzero(np.isfinite(keypoints.world_c[0]).all((1, 2))).tolist() == [*range(10, 30), *range(31, 50)]


def test_who_walks_out_over_the_edge_is_cut_there(pose):
    """The last 20 frames touch the left edge."""
    track = Track(pose((0, 0)), {t: [pose((400 - 5 * t, 200))] for t in range(75)})
    (path,) = people([track], 75, 30.0, SIZE, DetectConfig().track, DetectConfig().choice)
    leftmost = 400 - 5 * max(path) - 35
    assert 5 <= leftmost < 12


@pytest.mark.parametrize(("later", "count"), [((200, 40, 40), 1), ((40, 60, 200), 2)])
def test_who_comes_back_elsewhere_is_known_by_her_clothes(scripted_net, later, count):
    """Out on the left at frame 50, in on the right two seconds later: the same person in the same clothes, else another."""

    def before(t):
        return (300 - 2 * t, 250) if t < 50 else None

    def after(t):
        return (800, 250) if t >= 110 else None

    video = painted_video(180, [(before, (200, 40, 40)), (after, later)])
    paths = paths_of(scripted_net([before, after]), 180, video)
    assert len(paths) == count
    assert sorted(frame for path in paths for frame in path) == [*range(50), *range(110, 180)]


def test_who_is_who_after_they_met(scripted_net):
    """Both are hidden behind a pillar for half a second in which they pass each other; their clothes tell them apart."""

    def left(t):
        return (300 + 4 * t, 250) if not 35 <= t < 60 else None

    def right(t):
        return (680 - 4 * t, 250) if not 35 <= t < 60 else None

    video = painted_video(110, [(left, (200, 40, 40)), (right, (40, 60, 200))])
    paths = paths_of(scripted_net([left, right]), 110, video)
    assert len(paths) == 2
    for path in paths:
        places = np.array([path[t].roi.centre[0] for t in sorted(path)])
        assert (np.diff(places) > 0).all() or (np.diff(places) < 0).all()


def test_a_cut_is_not_followed_across(scripted_net):
    """The second shot shows somebody else in the same place."""

    def first(t):
        return (500, 250) if t < 60 else None

    def second(t):
        return (500, 250) if t >= 60 else None

    made = painted_video(120, [(first, (200, 40, 40)), (second, (40, 60, 200))])

    def read(pictures):
        for index, frame in enumerate(made):
            if index >= 60:
                frame[frame == 90] = 190
                frame[0, 0] = index
            yield frame

    video, net, config = replace(made, _read=read), scripted_net([first, second]), DetectConfig()
    tracks, background = follow_everybody(net, video, config)
    paths = people(tracks, 120, 30.0, SIZE, config.track, config.choice)
    assert background.cuts == [60]
    assert sorted(sorted(path) for path in paths) == [list(range(60)), list(range(60, 120))]
