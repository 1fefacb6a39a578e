"""Named points of the skin are where anatomy puts them, on the open body and on a deformed one."""

from itertools import pairwise

import numpy as np
import pytest

from sfv.body import load_body
from sfv.body.landmarks import find_landmarks, smplx_vertex_ids, sole_outline, sole_vertices
from sfv.body.model import OPEN_BODY
from sfv.errors import FileFormatError


@pytest.fixture(scope="module")
def body():
    return load_body(OPEN_BODY)


@pytest.fixture(scope="module", params=[(1.0, 1.0, 1.0), (1.1, 0.8, 1.2)], ids=["average", "stretched"])
def points(request, body):
    mesh = body.v_template * request.param
    found = find_landmarks(mesh, body.skin_weights, body.joint_regressor @ mesh)
    return {name: mesh[index] for name, index in found.items()}, mesh


def test_the_face(points):
    at, _ = points
    assert at["nose"][0] == pytest.approx(0, abs=5e-3)
    for side, sign in (("left", 1), ("right", -1)):
        eye, ear, mouth = at[f"{side}_eye"], at[f"{side}_ear"], at[f"{side}_mouth"]
        assert eye[1] > at["nose"][1] > mouth[1]
        assert sign * ear[0] > sign * eye[0] > 0.015
        assert ear[2] < eye[2] < at["nose"][2]


def test_the_hands(points):
    at, _ = points
    for side, sign in (("left", 1), ("right", -1)):
        tips = [at[f"{side}_{finger}"] for finger in ("thumb", "index", "middle", "ring", "pinky")]
        assert all(a[2] > b[2] for a, b in pairwise(tips)), "thumb in front, little finger behind"
        assert max(range(5), key=lambda k: sign * tips[k][0]) == 2


def test_the_feet(points):
    at, mesh = points
    floor = mesh[:, 1].min()
    for side, sign in (("left", 1), ("right", -1)):
        heel, toe = at[f"{side}_heel"], at[f"{side}_toe_tip"]
        assert 0.2 < toe[2] - heel[2] < 0.32
        assert sign * at[f"{side}_small_toe"][0] > sign * at[f"{side}_big_toe"][0]
        assert at[f"{side}_sole_heel"][1] - floor < 0.01
        assert at[f"{side}_sole_toe"][1] - floor < 0.01
        assert at[f"{side}_sole_toe"][2] - at[f"{side}_sole_heel"][2] > 0.12


def test_soles_lie_low_and_belong_to_their_side(body):
    soles, outline = sole_vertices(body.v_template, body.skin_weights), sole_outline(body.v_template, body.skin_weights)
    for side, sign in (("left", 1), ("right", -1)):
        points = body.v_template[soles[side]]
        assert np.all(sign * points[:, 0] > 0)
        assert np.ptp(points[:, 1]) < 0.015
        assert set(outline[side]) <= set(soles[side])
        assert np.ptp(body.v_template[outline[side]][:, 2]) > 0.9 * np.ptp(points[:, 2])


def test_smplx_gets_its_21_vertices(body):
    ids = smplx_vertex_ids(body.landmark_vertices)
    assert len(ids) == len(set(ids.values())) == 21


def test_a_mesh_without_a_head_is_refused(body):
    weights = body.skin_weights.copy()
    weights[:, 12] += weights[:, 15]
    weights[:, 15] = 0
    with pytest.raises(FileFormatError, match="head"):
        find_landmarks(body.v_template, weights, body.rest_joints(np.zeros(10)))
