"""Meshes without OpenGL."""

import numpy as np
import pytest

from sfv.draw.view import look_at
from sfv.render.painter import Subdivision, TiledGround, paint_mesh, paint_shadow, vertex_normals

CUBE = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0.0, 1.0)])
FACES = np.array([
    [0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3],
])  # fmt: skip
RED = np.array([220.0, 40.0, 40.0])


@pytest.fixture
def camera():
    return look_at(np.array([0.0, 0.0, 0.5]), 40.0, 20.0, 4.0, (160, 120))


def reddish(image):
    return (image[..., 0] > 1.5 * image[..., 2].astype(float)).sum()


def test_normals_point_outwards():
    normals = vertex_normals(CUBE, FACES)
    assert ((CUBE - [0, 0, 0.5]) * normals).sum(1).min() > 0.5


def test_a_mesh_covers_what_it_should(camera):
    image = np.full((120, 160, 3), 200, np.uint8)
    paint_mesh(image, CUBE, FACES, camera, RED, 1.0, 2)
    pixels = camera.project(CUBE)
    low, high = pixels.min(0), pixels.max(0)
    covered = reddish(image) / ((high[0] - low[0]) * (high[1] - low[1]))
    assert 0.6 < covered < 1.0
    np.testing.assert_array_equal(image[5, 5], 200)
    assert len(np.unique(image[reddish_rows(image)].reshape(-1, 3), axis=0)) > 2  # sides are shaded differently


def reddish_rows(image):
    return image[..., 0] > 1.5 * image[..., 2].astype(float)


def test_near_hides_far(camera):
    image = np.full((120, 160, 3), 255, np.uint8)
    behind = CUBE * 0.4 + [0.0, 0.0, 0.3] + 1.5 * camera.rotation[2]
    both = np.concatenate([CUBE, behind])
    colours = np.repeat([RED, [40.0, 40.0, 220.0]], len(FACES), axis=0)
    paint_mesh(image, both, np.concatenate([FACES, FACES + len(CUBE)]), camera, colours, 1.0, 2)
    np.testing.assert_array_less(image[60, 80, 2], image[60, 80, 0])


def test_opacity_lets_the_picture_through(camera):
    pictures = []
    for opacity in (1.0, 0.3):
        image = np.full((120, 160, 3), 255, np.uint8)
        paint_mesh(image, CUBE, FACES, camera, RED, opacity, 1)
        pictures.append(image[60, 80].astype(int))
    np.testing.assert_allclose(pictures[1], 0.3 * pictures[0] + 0.7 * 255, atol=2)


def test_a_mesh_outside_or_behind_leaves_the_picture_alone(camera):
    for place in (
        camera.position_w - 3 * camera.rotation[2],
        40 * camera.rotation[0] + camera.position_w + 2 * camera.rotation[2],
    ):
        image = np.full((120, 160, 3), 9, np.uint8)
        paint_mesh(image, CUBE + place, FACES, camera, RED, 1.0, 1)
        assert (image == 9).all()


def test_subdivision_keeps_the_surface():
    mesh = Subdivision(FACES, len(CUBE))
    finer, faces = mesh.refine(np.stack([CUBE, CUBE + 1])), mesh.faces
    assert faces.shape == (4 * len(FACES), 3)

    def area(points, triangles):
        a, b, c = (points[triangles[:, corner]] for corner in range(3))
        return 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()

    assert area(finer[0], faces) == pytest.approx(6.0)
    np.testing.assert_allclose(finer[1] - finer[0], 1)


def test_the_ground_has_a_horizon_and_moves_with_the_camera(camera):
    ground = TiledGround(camera)
    first = ground.picture(camera)
    assert first.shape == (120, 160, 3)
    assert first[:5].std() < first[60:].std() + 30
    moved = look_at(np.array([0.37, 0.2, 0.5]), 40.0, 20.0, 4.0, (160, 120))
    second = ground.picture(moved)
    np.testing.assert_array_equal(first[0], second[0])
    assert (first[60:] != second[60:]).any()
    one_metre = look_at(np.array([2.0, 0.0, 0.5]), 40.0, 20.0, 4.0, (160, 120))
    assert np.abs(first.astype(int) - ground.picture(one_metre)).max() <= 2  # two tiles on: the same pattern


def test_a_shadow_falls_on_the_ground_only_near_the_mesh(camera):
    image = np.full((120, 160, 3), 200, np.uint8)
    paint_shadow(image, CUBE, FACES, camera)
    assert image.min() < 150
    assert (image[:3] == 200).all()
