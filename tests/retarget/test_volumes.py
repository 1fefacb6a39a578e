"""Spheres that stand for the links."""

import mujoco
import numpy as np

from sfv.retarget.robot.volumes import make_volumes


def test_spheres_lie_inside_their_geoms_and_reach_their_ends(skeleton):
    volumes = make_volumes(skeleton)
    model = skeleton.model
    thigh = volumes.bodies == model.body("left_hip").id
    np.testing.assert_allclose(volumes.radii[thigh], 0.055)
    np.testing.assert_allclose(
        [volumes.centres[thigh, 2].min(), volumes.centres[thigh, 2].max()], [-0.36, -0.06], atol=1e-9
    )
    foot = volumes.bodies == model.body("left_ankle").id
    low = (volumes.centres[foot] - volumes.radii[foot, None]).min(0)
    high = (volumes.centres[foot] + volumes.radii[foot, None]).max(0)
    np.testing.assert_allclose(low, [0.045 - 0.0885, -0.045, -0.0225 - 0.0275], atol=1e-9)
    np.testing.assert_allclose(high, [0.045 + 0.0885, 0.045, -0.0225 + 0.0275], atol=1e-9)


def test_neighbours_are_no_pair_and_others_are(skeleton):
    volumes, body = make_volumes(skeleton), skeleton.model.body
    pairs = {frozenset(volumes.bodies[pair].tolist()) for pair in volumes.pairs}
    assert frozenset((body("left_hip").id, body("root").id)) not in pairs
    assert frozenset((body("left_elbow").id, body("left_wrist").id)) not in pairs  # one rigid piece
    assert frozenset((body("left_wrist").id, body("left_shoulder").id)) not in pairs  # child of that piece's parent
    assert frozenset((body("left_hip").id, body("right_hip").id)) in pairs
    assert frozenset((body("right_wrist").id, body("root").id)) in pairs


def test_pairs_agree_with_mujocos_collisions(skeleton):
    """In random poses no deep contact of MuJoCo's is missed."""
    volumes, model = make_volumes(skeleton), skeleton.model
    known = {frozenset(volumes.bodies[pair].tolist()) for pair in volumes.pairs}
    data, rng, found = mujoco.MjData(model), np.random.default_rng(0), 0
    for _ in range(200):
        data.qpos[:] = model.qpos0
        mujoco.mj_integratePos(model, data.qpos, rng.normal(0, 0.8, model.nv), 1.0)
        mujoco.mj_forward(model, data)
        for contact in data.contact[: data.ncon]:
            if contact.dist < -0.01:
                found += 1
                assert frozenset(model.geom_bodyid[contact.geom].tolist()) in known
    assert found > 20
