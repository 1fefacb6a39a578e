"""Arrows as geoms of a scene; no OpenGL."""

import mujoco
import numpy as np
import pytest

from sfv.draw.arrows import ArrowScale, add_acting, draw_over
from sfv.draw.view import look_at
from sfv.physics.contacts import Acting, PointForces

SCALE = ArrowScale(tall=1.6, weight=440.0)
NONE = PointForces(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, int))


@pytest.fixture
def scene(flat_model):
    return mujoco.MjvScene(flat_model, 50)


def arrows(scene):
    """Start and end of every arrow; it is drawn over half of its size (test_render_character.py measures that)."""
    found = [geom for geom in scene.geoms[: scene.ngeom] if geom.type == mujoco.mjtGeom.mjGEOM_ARROW]
    return [(geom.pos.copy(), geom.pos + 0.5 * geom.mat[:, 2] * geom.size[2]) for geom in found]


def two_feet(left=220.0):
    """The left foot presses with two points, three quarters on the first; the right one with one."""
    points = np.array([[0.0, 0.1, 0.0], [0.2, 0.1, 0.0], [0.0, -0.1, 0.0]])
    up = np.array([[0, 0, 0.75 * left], [0, 0, 0.25 * left], [0, 0, 110.0]])
    return PointForces(points, up, np.array([5, 5, 8]))


def test_one_arrow_for_each_foot_and_a_dot_for_each_contact(scene):
    add_acting(scene, Acting(two_feet(), NONE), SCALE)
    assert scene.ngeom == 3 + 2
    (start, end), (other_start, other_end) = arrows(scene)
    np.testing.assert_allclose(start, [0.05, 0.1, 0.0], atol=1e-6)  # the centre of pressure
    np.testing.assert_allclose((end - start)[:2], 0, atol=1e-6)
    assert end[2] == pytest.approx(2 * other_end[2], rel=1e-5)  # twice the force, twice the length
    np.testing.assert_allclose(other_start, [0.0, -0.1, 0.0], atol=1e-6)


def test_a_landing_stays_in_the_picture():
    assert SCALE.length(10 * SCALE.weight) == SCALE.length(20 * SCALE.weight) < 1.5 * SCALE.tall
    assert SCALE.length(0.5 * SCALE.weight) == pytest.approx(0.5 * SCALE.length(SCALE.weight))


@pytest.mark.parametrize("newtons", [5.0, 300.0])
def test_the_arrow_of_a_push_ends_where_it_acts(scene, newtons):
    at = np.array([[0.3, 0.2, 1.1]])
    push = PointForces(at, np.array([[0.0, -newtons, 0.0]]), np.array([1]))
    add_acting(scene, Acting(NONE, push), SCALE)
    ((start, end),) = arrows(scene)
    np.testing.assert_allclose(end, at[0], atol=1e-6)
    assert start[1] > at[0, 1] + 0.3


def test_drawn_over_the_picture_they_look_the_same(scene):
    add_acting(scene, Acting(two_feet(), NONE), SCALE)
    camera = look_at(np.array([0.0, 0.0, 0.8]), 120.0, 12.0, 4.0, (200, 200))
    before = arrows(scene)
    draw_over(scene, 0, camera.position_w)
    for (start, end), (near_start, near_end) in zip(before, arrows(scene), strict=True):
        np.testing.assert_allclose(camera.project(near_start), camera.project(start), atol=1e-2)
        np.testing.assert_allclose(camera.project(near_end), camera.project(end), atol=1e-2)
        assert camera.to_camera(near_end)[2] < 0.6 * camera.to_camera(end)[2]
