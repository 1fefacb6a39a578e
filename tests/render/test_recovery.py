"""The video of a recovery: panels, people who come and go, cameras that show everybody."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.render.recovery.camera import above_camera, side_camera
from sfv.render.recovery.marks import foot_prints, paint_contacts
from sfv.render.recovery.overlay import LEFT_RGB, RIGHT_RGB
from sfv.render.recovery.people import people_of
from sfv.render.recovery.recovery import recovery_frames, render_recovery
from sfv.render.recovery.timeline import Timeline
from sfv.render.recovery.view import WorldPanel
from sfv.video import open_video, write_video


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "source.mp4"
    write_video(path, (np.full((240, 320, 3), 10 * frame, np.uint8) for frame in range(20)), 30.0)
    return path


@pytest.fixture(scope="module")
def standing(standing_motion) -> BodyMotion:
    contacts = np.zeros((len(standing_motion), 4))
    contacts[:5, :2] = 1.0  # the left foot
    contacts[3:, 2:] = 1.0
    return replace(standing_motion, contacts=contacts, confidence=np.ones((len(standing_motion), 24)))


@pytest.fixture(scope="module")
def neighbour(standing) -> BodyMotion:
    """Somebody else, two metres behind, who comes two frames later."""
    return replace(standing, trans=standing.trans + np.array([0.5, 2.0, 0.0]), first_frame=standing.first_frame + 2)


def near(image, rgb, margin=25):
    return int((np.abs(image.astype(int) - rgb).max(-1) < margin).sum())


def test_panels_and_strip_share_one_picture(standing, seen, source, body, small, tmp_path):
    done = []
    out = tmp_path / "out.mp4"
    render_recovery(
        out, [standing], video=source, keypoints=seen, bodies=[body], config=small, progress=lambda *at: done.append(at)
    )
    video = open_video(out)
    assert len(video) == len(standing)
    assert done[-1] == (len(standing), len(standing))
    assert video.size[0] > small.world_width + small.above_width
    assert video.size[1] > small.height + 40
    first, *_, last = list(video)
    background = [frame[small.height - 40, 4].astype(float).mean() for frame in (first, last)]
    assert background[1] - background[0] > 50  # the input's grey level rises by 10 a frame


def test_without_a_video_only_the_world_is_shown(standing, body, small):
    frames = list(recovery_frames([replace(standing, camera=None)], None, None, None, [body], small))
    assert len(frames) == len(standing)
    assert frames[0].shape[1] == small.world_width + small.above_width + 4


def test_a_fast_camera_is_thinned(standing, body, small):
    frames = list(recovery_frames([replace(standing, fps=60.0, first_frame=6)], None, None, None, [body], small))
    assert len(frames) == len(standing) // 2


def test_people_come_and_go(standing, neighbour, body, small):
    people = people_of([standing, neighbour], [body, body], [-1, -1])
    view = WorldPanel(people, side_camera(people, small), 1)
    before, both, after = (view.draw(frame) for frame in (3, 7, 12))
    blue, orange = (lambda image, k=k: near(image, 0.8 * people[k].colour, 40) for k in (0, 1))
    assert blue(before) > 50
    assert orange(before) < 0.2 * orange(both)
    assert blue(after) < 0.2 * blue(both)
    assert orange(after) > 0.5 * orange(both)


@pytest.mark.parametrize("make", [side_camera, above_camera])
def test_cameras_show_everybody(standing, neighbour, body, small, make):
    people = people_of([standing, neighbour], [body, body], [-1, -1])
    camera = make(people, small)
    for person in people:
        for index in (0, len(person.motion) - 1):
            pixels = camera(person.motion.first_frame + index).project(person.vertices[index])
            assert (pixels >= 0).all()
            assert (pixels <= camera(0).image_size).all()


def test_the_side_camera_follows_a_long_way(standing, body, small):
    trans = standing.trans.copy()
    trans[:, 1] = np.linspace(-20, 20, len(trans))
    (person,) = people_of([replace(standing, trans=trans)], [body], [-1])
    camera = side_camera([person], small)
    places = [camera(3 + index).position_w for index in (0, len(trans) - 1)]
    assert np.linalg.norm(places[1] - places[0]) > 10
    still = side_camera(people_of([standing], [body], [-1]), small)
    np.testing.assert_array_equal(still(3).position_w, still(9).position_w)


def test_feet_in_contact_are_marked(standing, body, small):
    (person,) = people_of([standing], [body], [-1])
    camera = above_camera([person], small)(3)
    for frame, left, right in ((0, True, False), (4, True, True), (7, False, True)):
        image = np.zeros((small.height, small.above_width, 3), np.uint8)
        paint_contacts(image, person, frame, camera, 3.0)
        assert (near(image, LEFT_RGB) > 5) == left
        assert (near(image, RIGHT_RGB) > 5) == right


def test_prints_stay_where_feet_stood(standing, body):
    (person,) = people_of([standing], [body], [-1])
    prints = foot_prints(person)
    assert [mark.first for mark in prints] == [0, 0, 3, 3]
    np.testing.assert_allclose(prints[0].place[:2], person.feet[:5, 0, :2].mean(0))
    assert all(mark.place[2] == 0 for mark in prints)


def test_the_strip_shows_contacts_and_moves_its_hand(standing, body):
    confidence = np.ones((len(standing), 24))
    confidence[4:, 18::2] = 0.0  # the left arm
    (person,) = people_of([replace(standing, confidence=confidence)], [body], [-1])
    strip = Timeline([person], 400)
    first, last = strip.draw(3), strip.draw(10)
    assert first.shape[1] == 400
    assert near(first, LEFT_RGB) > 500
    assert near(first, RIGHT_RGB) > 500
    hands = [np.argmax(near_columns(image)) for image in (first, last)]
    assert hands[1] - hands[0] == pytest.approx(320 * 7 / 8, abs=6)
    grey = (np.ptp(first.astype(int), axis=-1) < 6) & (first.max(-1) < 215)
    assert grey[6:15, 240:390].mean() > 0.4
    assert grey[6:15, 80:220].mean() < 0.1


def near_columns(image):
    return (image.astype(int).max(-1) < 70).sum(0)


def test_an_ungrounded_motion_has_no_floor(standing, body, small):
    people = people_of([replace(standing, grounded=False)], [body], [-1])
    image = WorldPanel(people, side_camera(people, small), 1).draw(4)
    assert len(np.unique(image[-3:].reshape(-1, 3), axis=0)) == 1


def test_a_video_of_another_size_is_refused(standing, body, small, tmp_path):
    other = tmp_path / "other.mp4"
    write_video(other, (np.zeros((96, 64, 3), np.uint8) for _ in range(20)), 30.0)
    with pytest.raises(SfvError, match="not the video of the motion"):
        render_recovery(tmp_path / "out.mp4", [standing], video=other, bodies=[body], config=small)
    assert not (tmp_path / "out.mp4").exists()
