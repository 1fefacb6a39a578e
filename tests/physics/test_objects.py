"""Objects beside the character: on both backends nothing above may notice them, and they move as bodies do."""

import mujoco
import numpy as np
import pytest
import torch

from sfv.environment.objects import ObjectConfig
from sfv.errors import SfvError
from sfv.physics.backend import make_worlds
from sfv.physics.capacity import measure_capacity
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model
from sfv.physics.objects import WithObjects

CONFIG = PhysicsConfig()
WORLDS = 4
CRATE = ObjectConfig("crate", (0.2, 0.25, 0.3), 6.0, place=(1.0, 0.5, 0.3))
BALL = ObjectConfig("ball", (0.1,), 2.0, "sphere")
OBJECTS = (CRATE, BALL)
BACKENDS = ("cpu", "warp:cpu")
FAR = torch.tensor([5.0, 0.0, 2.0, 1.0, 0.0, 0.0, 0.0])


def make(humanoid, flat, device="cpu", objects=OBJECTS):
    if device != "cpu":
        pytest.importorskip("mujoco_warp")
    worlds = make_worlds(build_model(humanoid, flat, CONFIG, objects), WORLDS, CONFIG, device, 1)
    return WithObjects(worlds, build_model(humanoid, flat, CONFIG), objects)


@pytest.fixture(scope="module", params=BACKENDS)
def worlds(request, humanoid, flat):
    return make(humanoid, flat, request.param)


@pytest.fixture
def standing(worlds):
    """Worlds with the character standing where it does in its file, at rest."""
    worlds.travel = 0.0
    qpos = torch.from_numpy(worlds.model.qpos0).repeat(WORLDS, 1)
    worlds.reset(torch.arange(WORLDS), qpos, torch.zeros(WORLDS, worlds.model.nv))
    return qpos


def still(worlds):
    return torch.zeros(worlds.num_worlds, worlds.model.nu)


def test_only_the_character_is_seen_and_its_ids_are_its_own(worlds, standing, flat_model):
    model = worlds.model
    assert (model.nq, model.nv, model.nbody) == (flat_model.nq, flat_model.nv, flat_model.nbody)
    assert worlds.qpos.shape == (WORLDS, model.nq)
    assert worlds.qvel.shape == (WORLDS, model.nv)
    assert worlds.xpos.shape == (WORLDS, model.nbody, 3)
    assert worlds.ground_contact.shape == (WORLDS, model.nbody)
    whole = worlds.whole.model
    assert [whole.body(i).name for i in range(model.nbody)] == [model.body(i).name for i in range(model.nbody)]
    np.testing.assert_allclose(whole.dof_armature[: model.nv], model.dof_armature)
    assert whole.dof_armature[model.nv :].max() == 0.0
    assert worlds.object_qpos.shape == (WORLDS, 2, 7)
    worlds.step(still(worlds))
    assert worlds.qpos.data_ptr() == worlds.whole.qpos.data_ptr()


def test_the_character_moves_as_if_alone(worlds, standing):
    alone = make_worlds(worlds.model, WORLDS, CONFIG, "warp:cpu" if worlds.asynchronous else "cpu", 1)
    alone.reset(torch.arange(WORLDS), standing, torch.zeros(WORLDS, worlds.model.nv))
    for side in (worlds, alone):
        for _ in range(6):
            side.push(torch.tensor([1]), 1, torch.tensor([[0.0, 60.0, 0.0]]))
            side.step(still(worlds))
    for name in ("qpos", "xpos", "xquat", "cvel", "subtree_com"):
        mine, theirs = getattr(worlds, name), getattr(alone, name)
        torch.testing.assert_close(mine[:, 1:], theirs[:, 1:], atol=1e-4, rtol=0)  # the world's own body carries all
    assert torch.equal(worlds.ground_contact, alone.ground_contact)


def test_objects_start_at_their_places_along_the_way_or_parked(worlds, standing):
    qpos = standing.clone()
    qpos[:, :2] = torch.tensor([3.0, -1.0])
    half = 0.25 * torch.pi
    qpos[:, 3:7] = torch.tensor([np.cos(half), 0.0, 0.0, np.sin(half)])  # faces y
    worlds.reset(torch.arange(WORLDS), qpos, torch.zeros(WORLDS, worlds.model.nv))
    crate = torch.tensor([2.5, 0.0, 0.3, np.cos(half), 0.0, 0.0, np.sin(half)])
    torch.testing.assert_close(worlds.object_qpos[:, 0].float(), crate.expand(WORLDS, 7).float(), atol=1e-5, rtol=0)
    worlds.travel = -0.5 * torch.pi  # it goes to its right: along x
    worlds.reset(torch.tensor([2]), qpos[:1], torch.zeros(1, worlds.model.nv))
    torch.testing.assert_close(worlds.object_qpos[2, 0, :3].float(), torch.tensor([4.0, -0.5, 0.3]), atol=1e-5, rtol=0)
    assert worlds.object_qpos[:, 1, 2].min() > 90
    for _ in range(30):
        worlds.step(still(worlds))
    assert worlds.object_qpos[:, 1, 2].min() > 90
    assert not worlds.object_contact.any()


def test_a_parked_object_costs_no_contact(worlds, standing):
    ball = worlds.whole.model.body("object/ball").id
    data = mujoco.MjData(worlds.whole.model)
    data.qpos[:] = worlds.whole.qpos[0].double().numpy()
    mujoco.mj_forward(worlds.whole.model, data)
    assert not (worlds.whole.model.geom_bodyid[data.contact.geom] == ball).any()


def test_a_thrown_ball_follows_the_parabola(worlds, standing):
    """Semi-implicit steps fall half a step further than t^2: g h t / 2."""
    velocity = torch.tensor([2.0, -1.0, 3.0, 0.0, 0.0, 0.0])
    worlds.place_objects(torch.tensor([1, 3]), 1, FAR.expand(2, 7), velocity.expand(2, 6))
    steps = 12
    for _ in range(steps):
        worlds.step(still(worlds))
    time, step = steps / 30, CONFIG.timestep
    drop = 0.5 * 9.81 * time * (time + step)
    wanted = FAR[:3] + velocity[:3] * time - torch.tensor([0.0, 0.0, drop])
    torch.testing.assert_close(worlds.object_qpos[[1, 3], 1, :3].float(), wanted.expand(2, 3), atol=2e-4, rtol=0)
    assert worlds.object_qpos[[0, 2], 1, 2].min() > 90


def test_contact_with_the_character_is_told_and_is_no_ground(worlds, standing):
    """A ball laid onto the head, one beside, and a character whose back leans on the crate."""
    head = worlds.xpos[0, worlds.model.body("neck").id].float()
    touching = torch.cat((head + torch.tensor([0.0, 0.0, 0.175 + 0.1025 + 0.099]), FAR[3:]))
    worlds.place_objects(torch.tensor([0]), 1, touching[None], torch.zeros(1, 6))
    worlds.place_objects(torch.tensor([1]), 1, FAR[None], torch.zeros(1, 6))
    crate = torch.tensor([[-0.28, 0.0, 0.3, 1.0, 0.0, 0.0, 0.0]])  # its face at -0.08, into the thighs
    crate[0, 2] = 0.6
    worlds.place_objects(torch.tensor([2]), 0, crate, torch.zeros(1, 6))
    worlds.step(still(worlds))
    assert worlds.object_contact.tolist() == [[False, True], [False, False], [False, False], [False, False]]
    crate[0, 0] = -0.24
    worlds.place_objects(torch.tensor([2]), 0, crate, torch.zeros(1, 6))
    worlds.step(still(worlds))
    assert worlds.object_contact[2].tolist() == [True, False]
    feet = [worlds.model.body(name).id for name in ("right_ankle", "left_ankle")]
    others = [i for i in range(worlds.model.nbody) if i not in feet]
    assert not worlds.ground_contact[:, others].any()


def test_momentum_is_conserved_when_a_ball_hits_the_character(humanoid, flat):
    """In free fall, so that nothing else acts: what the ball loses the character gains."""
    weightless = build_model(humanoid, flat, CONFIG, OBJECTS)
    weightless.opt.gravity[:] = 0.0
    worlds = WithObjects(
        make_worlds(weightless, WORLDS, CONFIG, "cpu", 1), build_model(humanoid, flat, CONFIG), OBJECTS
    )
    qpos = torch.from_numpy(worlds.model.qpos0).repeat(WORLDS, 1)
    qpos[:, 2] += 3.0
    worlds.reset(torch.arange(WORLDS), qpos, torch.zeros(WORLDS, worlds.model.nv))
    chest = worlds.xpos[0, worlds.model.body("chest").id].float() + torch.tensor([0.0, 0.0, 0.12])
    ball = torch.cat((chest + torch.tensor([-0.5, 0.0, 0.0]), FAR[3:]))
    worlds.place_objects(torch.tensor([0]), 1, ball[None], torch.tensor([[5.0, 0.0, 0.0, 0.0, 0.0, 0.0]]))
    before, hit = _momentum(worlds.whole, 0), False
    for _ in range(15):
        worlds.step(still(worlds))
        hit |= bool(worlds.object_contact[0, 1])
    assert hit
    assert float(worlds.object_qvel[0, 1, 0]) < 4.0
    np.testing.assert_allclose(before, [10.0, 0.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(_momentum(worlds.whole, 0), before, atol=1e-3)


def _momentum(worlds, world):
    """Of everything in one world, kg m/s. Shape (3,)."""
    data = mujoco.MjData(worlds.model)
    data.qpos[:], data.qvel[:] = worlds.qpos[world].numpy(), worlds.qvel[world].numpy()
    mujoco.mj_forward(worlds.model, data)
    mujoco.mj_subtreeVel(worlds.model, data)
    return data.subtree_linvel[0] * worlds.model.body_subtreemass[0]


def test_a_reset_world_forgets_where_its_objects_were(worlds, standing):
    worlds.place_objects(torch.arange(WORLDS), 1, FAR.expand(WORLDS, 7), torch.ones(WORLDS, 6))
    for _ in range(3):
        worlds.step(still(worlds))
    kept = worlds.object_qpos[[0, 2]].clone()
    worlds.reset(torch.tensor([1, 3]), standing[:2], torch.zeros(2, worlds.model.nv))
    torch.testing.assert_close(worlds.object_qpos[[0, 2]], kept)
    torch.testing.assert_close(worlds.object_qpos[[1, 3]], worlds.start_places(standing[:2].to(worlds.qpos)))
    assert worlds.object_qvel[[1, 3]].abs().max() == 0
    worlds.step(still(worlds))
    assert worlds.object_qpos[[1, 3], 1, 2].min() > 90
    assert worlds.object_qpos[[0, 2], 1, 2].max() < 3


@pytest.mark.parametrize("masked", [False, True])
def test_an_adopted_world_brings_its_objects(worlds, standing, masked):
    ready = worlds.spawn(2)
    ready.reset(torch.arange(2), standing[:2], torch.zeros(2, worlds.model.nv))
    ready.place_objects(torch.tensor([1]), 1, FAR[None], torch.zeros(1, 6))
    if masked:
        chosen = torch.tensor([False, False, True, False])
        worlds.adopt_where(chosen, ready, torch.tensor([0, 0, 1, 0]))
    else:
        worlds.adopt(torch.tensor([2]), ready, slice(1, 2))
    worlds.step(still(worlds))
    assert (worlds.object_qpos[:, 1, 2] > 90).tolist() == [True, True, False, True]


def test_saved_state_goes_on_bit_for_bit(worlds, standing):
    worlds.place_objects(torch.tensor([1]), 1, FAR[None], torch.ones(1, 6))
    worlds.step(still(worlds))
    state, runs = worlds.save_state(), []
    for _ in range(2):
        worlds.load_state(state)
        for _ in range(4):
            worlds.step(still(worlds))
        runs.append((worlds.qpos.clone(), worlds.object_qpos.clone(), worlds.object_contact.clone()))
        worlds.place_objects(torch.arange(WORLDS), 1, FAR.expand(WORLDS, 7), torch.zeros(WORLDS, 6))
    assert all(torch.equal(a, b) for a, b in zip(*runs))
    assert runs[0][1][:, 1, 2].max() > 90


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: (CRATE, CRATE), "several objects are called crate"),
        (lambda: (ObjectConfig("x", (0.1,), 1.0),), "3 positive metres"),
        (lambda: (ObjectConfig("x", (0.1, 0.1, 0.0), 1.0),), "3 positive metres"),
        (lambda: (ObjectConfig("x", (0.1, 0.1, -0.1), 1.0),), "size must be at least 0"),
        (lambda: (ObjectConfig("x", (0.1,), 0.0, "sphere"),), "mass and friction"),
        (lambda: (ObjectConfig("x", (0.1,), 1.0, "sphere", place=(1.0, 2.0)),), "metres ahead"),
        (lambda: (ObjectConfig("x", (0.1,), 1.0, "sphere", rgba=(1.0,)),), "four numbers"),
    ],
)
def test_objects_that_cannot_be_are_refused(humanoid, flat, make, match):
    with pytest.raises(SfvError, match=match):
        build_model(humanoid, flat, CONFIG, make())


def test_parameters_are_the_characters_own_and_reach_the_worlds(humanoid, flat):
    """Twice the mass of everything but the objects: the same push moves half as far."""
    worlds = make(humanoid, flat)
    mass, inertia = worlds.parameter("body_mass"), worlds.parameter("body_inertia")
    assert mass.shape == (WORLDS, worlds.model.nbody)
    assert worlds.parameter("geom_friction").shape[:2] == (WORLDS, worlds.model.ngeom)
    mass[1], inertia[1] = 2 * mass[1], 2 * inertia[1]
    worlds.parameters_changed(torch.tensor([False, True, False, False]))
    qpos = torch.from_numpy(worlds.model.qpos0).repeat(WORLDS, 1)
    qpos[:, 2] += 1.0
    worlds.reset(torch.arange(WORLDS), qpos, torch.zeros(WORLDS, worlds.model.nv))
    worlds.push(torch.tensor([1, 2]), 1, torch.tensor([[0.0, 90.0, 0.0], [0.0, 90.0, 0.0]]))
    worlds.step(still(worlds), torch.zeros(WORLDS, dtype=torch.long))
    moved = worlds.subtree_com[:, 1, 1] - worlds.subtree_com[0, 1, 1]
    assert float(moved[1] / moved[2]) == pytest.approx(0.5, abs=0.02)
    np.testing.assert_allclose(worlds.whole.parameter("body_mass")[1, -2:], [CRATE.mass, BALL.mass])


def test_there_is_room_for_the_contacts_of_objects_on_a_gpu(humanoid, flat, flat_model):
    alone = measure_capacity(flat_model, CONFIG)
    both = measure_capacity(build_model(humanoid, flat, CONFIG, OBJECTS), CONFIG)
    assert both.contacts >= alone.contacts + 16
    assert both.constraints >= alone.constraints + 64
