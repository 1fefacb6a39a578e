"""People of the pictures: colours of what was and was not seen, frames, and motions that do not belong together."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.errors import SfvError
from sfv.motion.camera import Camera
from sfv.motion.smpl import SMPL_JOINTS
from sfv.render.recovery.people import COLOURS, UNSEEN_RGB, held_boxes, in_frame, people_of, span


def test_unseen_limbs_are_grey_and_the_rest_is_not(standing_motion, body):
    confidence = np.ones((len(standing_motion), 24))
    confidence[2, [SMPL_JOINTS.index(f"left_{joint}") for joint in ("elbow", "wrist", "hand")]] = 0.1
    (person,) = people_of([replace(standing_motion, confidence=confidence)], [body], [-1])
    assert person.face_colours(1, fine=False).shape == (3,)
    for fine, faces in ((False, body.faces), (True, person.mesh.faces)):
        vertices = person.mesh.refine(body.v_template) if fine else body.v_template
        colours = person.face_colours(2, fine)
        assert colours.shape == (len(faces), 3)
        middle = vertices[faces].mean(1)
        grey = np.ptp(colours, axis=1) < 10
        forearm = middle[:, 0] > 0.5  # T-pose, left at +x
        assert grey[forearm].all()
        assert not grey[middle[:, 0] < 0.1].any()
        shades = np.unique(colours[forearm & (middle[:, 0] < 0.6)].round(), axis=0)
        assert len(shades) == len(UNSEEN_RGB)


def test_people_have_their_own_colours_and_frames(standing_motion, body):
    later = replace(standing_motion, first_frame=9)
    people = people_of([standing_motion, later], [body, body], [0, -1])
    assert not np.array_equal(people[0].colour, people[1].colour)
    assert len(np.unique(COLOURS, axis=0)) == len(COLOURS)
    assert span(people) == (3, 16)
    assert [in_frame(people[1], frame) for frame in (8, 9, 16, 17)] == [None, 0, 7, None]


def test_points_stand_where_contact_is_likely(standing_motion, body):
    contacts = np.full((len(standing_motion), 4), 0.4)
    contacts[3, 1] = 0.6
    known, unknown = people_of([replace(standing_motion, contacts=contacts), standing_motion], [body] * 2, [-1, -1])
    assert np.argwhere(known.standing).tolist() == [[3, 1]]
    assert not unknown.standing.any()


def test_motions_that_do_not_belong_together_are_refused(standing_motion, body):
    with pytest.raises(SfvError, match="at least one"):
        people_of([], [], [])
    with pytest.raises(SfvError, match="30 and 60"):
        people_of([standing_motion, replace(standing_motion, fps=60.0)], [body] * 2, [-1, -1])
    camera = standing_motion.camera
    other = Camera(camera.focal_px, camera.centre_px, camera.rotation, camera.translation, (64, 48))
    with pytest.raises(SfvError, match="different sizes"):
        people_of([standing_motion, replace(standing_motion, camera=other)], [body] * 2, [-1, -1])


def test_boxes_are_held_while_nobody_is_there():
    low = np.array([[np.inf], [1.0], [np.inf], [3.0]])
    high = np.where(np.isfinite(low), low + 1, -np.inf)
    held = held_boxes(low, high)
    np.testing.assert_array_equal(held[0][:, 0], [1, 1, 1, 3])
    np.testing.assert_array_equal(held[1][:, 0], [2, 2, 2, 4])
