"""The skeleton and the body over the frame, and the panel that holds them."""

from dataclasses import replace

import numpy as np

from sfv.render.recovery.input_panel import InputPanel
from sfv.render.recovery.overlay import BODY_RGB, LEFT_RGB, MIDDLE_RGB, paint_body, paint_keypoints
from sfv.render.recovery.people import people_of

IMAGE_SIZE = (320, 240)


def near(image, rgb):
    return (np.abs(image.astype(int) - rgb).max(-1) < 40).sum()


def with_sides_apart(seen):
    """Seen from the side, one half of the body hides the other: which one is on top is a matter of rounding."""
    xy = seen.xy_px.copy()
    xy[..., 1::2, 0] += 20
    return replace(seen, xy_px=xy)


def test_the_body_is_drawn_where_the_camera_saw_it(standing_motion, body):
    image = np.zeros((240, 320, 3), np.uint8)
    vertices = body.vertices(standing_motion.poses[:1], standing_motion.betas, standing_motion.trans[:1])[0]
    paint_body(image, vertices, body.faces, standing_motion.camera, 2)
    rows, columns = np.nonzero(image.any(-1))
    pixels = standing_motion.camera.project(vertices)
    np.testing.assert_allclose(
        [columns.min(), rows.min(), columns.max(), rows.max()], [*pixels.min(0), *pixels.max(0)], atol=2
    )


def test_the_skeleton_is_drawn_where_it_was_seen_and_coloured_by_side(seen):
    image = np.zeros((240, 320, 3), np.uint8)
    seen = with_sides_apart(seen)
    paint_keypoints(image, seen, 0, 0)
    assert near(image, LEFT_RGB) > 10
    assert near(image, MIDDLE_RGB) > 3
    rows, columns = np.nonzero(image.any(-1))
    xy = seen.xy_px[0, 0]
    assert abs(rows.min() - np.nanmin(xy[:, 1])) < 6
    assert abs(columns.max() - np.nanmax(xy[:, 0])) < 6


def test_unseen_landmarks_and_frames_are_not_drawn(seen):
    image = np.zeros((240, 320, 3), np.uint8)
    paint_keypoints(image, replace(seen, confidence=0.1 * seen.confidence), 0, 0)
    paint_keypoints(image, seen, 0, 99)
    paint_keypoints(image, seen, 0, -1)
    assert not image.any()


def test_the_panel_cuts_around_the_person(standing_motion, body, seen, small):
    motion = standing_motion
    panel = InputPanel(people_of([motion], [body], [0]), with_sides_apart(seen), IMAGE_SIZE, small)
    image = panel.draw(np.zeros((240, 320, 3), np.uint8), motion.first_frame, motion.first_frame)
    assert image.shape[0] == small.height
    assert image.shape[1] <= small.max_input_width
    rows = np.nonzero(image.any((1, 2)))[0]
    assert 0.6 < (rows.max() - rows.min()) / small.height < 1.0
    assert near(image, LEFT_RGB) > 5


def test_the_panel_follows_somebody_who_walks_across_a_wide_picture(standing_motion, body, small):
    trans = standing_motion.trans.copy()
    trans[:, 0] = np.linspace(-1.5, 1.5, len(trans))
    far = replace(standing_motion, trans=trans)
    panel = InputPanel(people_of([far], [body], [-1]), None, IMAGE_SIZE, small)
    frame = np.zeros((240, 320, 3), np.uint8)
    middles = []
    for index in (1, len(trans) - 2):
        image = panel.draw(frame, far.first_frame + index, 0)
        rows, columns = np.nonzero(image.any(-1))
        assert (rows.max() - rows.min()) / small.height > 0.5
        middles.append(columns.mean() / image.shape[1])
    assert all(0.15 < middle < 0.85 for middle in middles)


def test_without_a_camera_only_landmarks_are_drawn(standing_motion, body, seen, small):
    still = replace(standing_motion, camera=None)
    black = np.zeros((240, 320, 3), np.uint8)
    image = InputPanel(people_of([still], [body], [0]), with_sides_apart(seen), IMAGE_SIZE, small).draw(black, 3, 3)
    assert near(image, LEFT_RGB) > 5
    assert (np.abs(image.astype(int) - BODY_RGB).max(-1) < 30).sum() == 0
    empty = InputPanel(people_of([still], [body], [-1]), None, IMAGE_SIZE, small).draw(black, 3, 3)
    assert empty.shape[:2] == (small.height, round(small.height * 320 / 240))
    assert not empty.any()
