"""Every character in characters/: stated figures, stability under its servos, and the imitation task on top."""

import mujoco
import numpy as np
import pytest
import torch

from sfv.character import list_characters, load_character
from sfv.environment import load_environment
from sfv.imitate.config import ImitationConfig
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.motion.clip import Clip
from sfv.motion.ground import lowest_points
from sfv.physics.config import PhysicsConfig
from sfv.physics.cpu import CpuWorlds
from sfv.physics.model import build_model, joint_layout

NAMES = sorted(list_characters())
BENT = {
    "humanoid": {"hip": (0.0, -0.4, 0.0), "knee": -0.8, "ankle": (0.0, -0.4, 0.0)},
    "atlas": {"hpy": -0.4, "kny": 0.8, "aky": -0.4, "l_arm_shx": -1.1, "r_arm_shx": 1.1, "ely": 1.57},
    "g1": {"hip_pitch": -0.31, "knee": 0.67, "ankle_pitch": -0.36, "elbow": 0.6, "shoulder_pitch": 0.2},
}
"""Part of a joint's name -> value in a standing pose with bent knees."""


def hinted(character):
    hints = character.training
    return PhysicsConfig(substeps=hints.substeps_cyclic, armature=hints.armature)


def bent_knees(name, model):
    """Standing pose (nq,), soles on the ground."""
    qpos = model.qpos0.copy()
    for joint in range(1, model.njnt):
        for part, value in BENT.get(name, {}).items():
            if part in model.joint(joint).name:
                start = model.jnt_qposadr[joint]
                if isinstance(value, tuple):
                    angle = np.linalg.norm(value)
                    mujoco.mju_axisAngle2Quat(qpos[start : start + 4], np.array(value) / angle, angle)
                else:
                    qpos[start] = value
    qpos[2] -= lowest_points(model, qpos[None])[0, model.geom_bodyid > 0].min()
    return qpos


@pytest.fixture(scope="module", params=NAMES)
def character(request):
    return load_character(request.param)


@pytest.fixture(scope="module")
def model(character):
    return build_model(character, load_environment("flat"), hinted(character))


def targets(model, character, qpos):
    skeleton = ModelLayout.build(model, character)
    return skeleton.coordinates(torch.from_numpy(qpos)[None]).float() @ skeleton.gear.T


def test_stands_with_bent_knees(character, model):
    """One second with still targets from a disturbed start: the trunk stays where it was, nothing but the feet touches."""
    qpos = bent_knees(character.name, model)
    worlds = CpuWorlds(model, 8, hinted(character), threads=1)
    generator = torch.Generator().manual_seed(0)
    velocity = 0.1 * torch.randn(8, model.nv, generator=generator)
    worlds.reset(torch.arange(8), torch.from_numpy(qpos).expand(8, -1), velocity)
    still = targets(model, character, qpos).expand(8, -1)
    for _ in range(30):
        worlds.step(still)
    assert not worlds.diverged.any()
    assert (worlds.qpos[:, 2] - qpos[2]).abs().max() < 0.05
    falls = [model.body(name).id for name in character.fall_bodies]
    assert not worlds.ground_contact[:, falls].any()
    assert worlds.qvel.abs().max() < 2.0


def test_noise_on_every_target_does_not_blow_up(character, model):
    """White noise of 0.3 rad, three seconds, falls included, at the character's own training settings."""
    qpos = bent_knees(character.name, model)
    worlds = CpuWorlds(model, 16, hinted(character), threads=1)
    worlds.reset(torch.arange(16), torch.from_numpy(qpos).expand(16, -1), torch.zeros(16, model.nv))
    generator = torch.Generator().manual_seed(1)
    still, fastest = targets(model, character, qpos), 0.0
    for _ in range(90):
        worlds.step(still + 0.3 * torch.randn(16, model.nu, generator=generator))
        fastest = max(fastest, float(worlds.qvel.abs().max()))
    assert not worlds.diverged.any()
    assert fastest < 100.0


def test_servos_follow_slow_targets(character):
    """Floating without gravity, 0.2 rad at 1 Hz, each hinge with its own phase, targets ahead by kv / kp: 0.025 rad rms off."""
    model = build_model(character, None, hinted(character))
    model.opt.gravity[:] = 0.0
    skeleton = ModelLayout.build(model, character)
    hinges = skeleton.hinge_qpos.numpy()
    data = mujoco.MjData(model)
    data.qpos[:] = bent_knees(character.name, model)
    middle, lag = data.qpos.copy(), float(skeleton.lag.max())
    low, high = model.jnt_range[[j for j in range(1, model.njnt) if model.jnt_type[j] == mujoco.mjtJoint.mjJNT_HINGE]].T

    def wanted(time):
        qpos = middle.copy()
        qpos[hinges] = np.clip(
            middle[hinges] + 0.2 * np.sin(2 * np.pi * time + np.arange(len(hinges))), low + 0.02, high - 0.02
        )
        return qpos

    errors = []
    for step in range(60 * 4):
        ahead = torch.from_numpy(wanted(data.time + lag))[None]
        data.ctrl[:] = (skeleton.coordinates(ahead).float() @ skeleton.gear.T)[0].numpy()
        mujoco.mj_step(model, data)
        if step > 120:
            errors.append(data.qpos[hinges] - wanted(data.time)[hinges])
    assert np.sqrt(np.mean(np.square(errors))) < 0.025


def test_imitation_of_a_standing_clip(character, model):
    qpos = bent_knees(character.name, model)
    names, widths = joint_layout(model)
    clip = Clip(np.repeat(qpos[None], 61, 0), 30.0, character.name, names, widths, name="stand")
    config = ImitationConfig(start="first", start_pose_noise=0.0, start_velocity_noise=0.0)
    worlds = CpuWorlds(model, 4, hinted(character), threads=1)
    task = ImitationWorlds(worlds, clip, character, hinted(character), config)
    assert task.action_size == model.nu
    observation = task.reset()
    assert observation.shape == (4, task.observation_size)
    assert torch.isfinite(observation).all()
    step = task.step(torch.zeros(4, task.action_size))
    assert step.reward.min() > 0.98  # gravity's sag in the first thirtieth of a second
    for _ in range(20):
        step = task.step(torch.zeros(4, task.action_size))
    assert not step.failed.any()
    assert step.reward.min() > 0.8


@pytest.mark.parametrize(
    ("name", "mass", "height", "hinges", "foot"),
    [("atlas", 169.5, 1.82, 28, (0.263, 0.134)), ("g1", 33.341, 1.323, 29, (0.208, 0.072))],
)
def test_robots_have_the_stated_figures(name, mass, height, hinges, foot):
    character = load_character(name)
    model = character.spec().compile()
    data = mujoco.MjData(model)
    data.qpos[:] = character.t_pose_qpos(model)
    mujoco.mj_kinematics(model, data)
    own = model.geom_bodyid > 0
    head = next(g for g in range(model.ngeom) if "head" in model.geom(g).name)
    top = data.geom_xpos[head, 2] + (
        model.geom_size[head, 2]
        if model.geom_type[head] == mujoco.mjtGeom.mjGEOM_BOX
        else model.geom_size[head, :2].sum()
    )
    assert model.body_mass.sum() == pytest.approx(mass, abs=1e-3)
    assert (model.nu, model.nv) == (hinges, hinges + 6)
    assert lowest_points(model, data.qpos[None])[0, own].min() == pytest.approx(0.0, abs=1e-4)
    assert top == pytest.approx(height, abs=1e-3)
    size = 2 * model.geom_size[next(g for g in range(model.ngeom) if model.geom(g).name.endswith("foot"))]
    np.testing.assert_allclose(size[:2], foot, atol=1e-3)


@pytest.mark.parametrize("name", ["atlas", "g1"])
def test_robots_are_mirror_images(name):
    """Left and right have the same ranges (x and z axes with the sign turned), gains and torque limits."""
    model = load_character(name).spec().compile()
    left, right = ("l_", "r_") if name == "atlas" else ("left_", "right_")
    pairs = [
        (j, model.joint(j).name.replace(left, right, 1))
        for j in range(model.njnt)
        if model.joint(j).name.startswith(left)
    ]
    assert len(pairs) == (12 if name == "atlas" else 13)
    for joint, other in pairs:
        mine, theirs = model.joint(joint), model.joint(other)
        wanted = mine.range if mine.axis[1] else -mine.range[::-1]
        np.testing.assert_allclose(theirs.range, wanted)
        one, two = model.actuator(mine.name), model.actuator(other)
        np.testing.assert_array_equal(one.biasprm, two.biasprm)
        np.testing.assert_array_equal(one.forcerange, two.forcerange)


@pytest.mark.parametrize(
    ("joint", "torque"),
    [("l_leg_aky", 740), ("l_leg_akx", 360), ("l_leg_kny", 890), ("l_leg_hpy", 840), ("l_leg_hpx", 530), ("l_leg_hpz", 275),
     ("back_bkz", 106), ("back_bky", 445), ("back_bkx", 300), ("l_arm_shz", 87), ("l_arm_shx", 99), ("l_arm_elx", 112)],
)  # fmt: skip
def test_atlas_has_the_published_torques(joint, torque):
    servo = load_character("atlas").spec().compile().actuator(joint)
    assert tuple(servo.forcerange) == (-torque, torque)
    assert servo.gainprm[0] == pytest.approx(4 * torque)


def test_arms_and_legs_point_where_smpl_has_them(character):
    """T-pose: hands at the height of the shoulders far out on their own side, feet below the hips, symmetric."""
    model = character.spec().compile()
    data = mujoco.MjData(model)
    data.qpos[:] = character.t_pose_qpos(model)
    mujoco.mj_kinematics(model, data)
    at = {joint: data.body(body).xpos for body, joint in character.body_map.items()}
    for side, sign in (("left", 1), ("right", -1)):
        reach = at[f"{side}_wrist"] - at[f"{side}_shoulder"]
        assert sign * reach[1] > 0.95 * np.linalg.norm(reach)
        leg = at[f"{side}_ankle"] - at[f"{side}_hip"]
        assert -leg[2] > 0.95 * np.linalg.norm(leg)
    np.testing.assert_allclose(at["left_wrist"] * [1, -1, 1], at["right_wrist"], atol=1e-3)
    np.testing.assert_allclose(at["left_ankle"] * [1, -1, 1], at["right_ankle"], atol=1e-3)
