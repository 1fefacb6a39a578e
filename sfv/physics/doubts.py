"""What is doubtful about a robot though it can be trained; ``sfv character check`` tells it."""

import mujoco
import numpy as np

from sfv.character import Character
from sfv.physics.config import PhysicsConfig
from sfv.physics.trainable import height, stands_on_ground, t_pose_data

_HEIGHT, _MASS = (0.3, 3.0), (3.0, 300.0)
_LIGHT = 0.005  # kg: what hangs on a joint and weighs less shakes
_SERVO_SHARE = 0.9
"""Of its joint's range that a servo should reach."""
_TURNS = 4 * np.pi
_HOLD_SECONDS, _NUDGE = 0.5, 0.3
_SHOWN = 4
_HINGE, _BALL = int(mujoco.mjtJoint.mjJNT_HINGE), int(mujoco.mjtJoint.mjJNT_BALL)


def doubts(model: mujoco.MjModel, character: Character, config: PhysicsConfig) -> list[str]:
    """Sentences; empty where nothing is worth a word. ``model`` is the character's, at the physics of ``config``."""
    return [
        *_size(model, character),
        *_joints(model),
        *_inertias(model),
        *_servos(model),
        *_ties(model),
        *_contacts(model, character),
        *_holding(model, character, config),
    ]


def _size(model: mujoco.MjModel, character: Character) -> list[str]:
    root = model.body(character.root).id
    tall, mass = height(model, t_pose_data(model, character), root), float(model.body_subtreemass[root])
    out = []
    if not _HEIGHT[0] <= tall <= _HEIGHT[1]:
        out.append(f"it is {tall:.3g} m tall; are its lengths metres?")
    if not _MASS[0] <= mass <= _MASS[1]:
        out.append(f"it weighs {mass:.3g} kg; are its masses kilograms?")
    return out


def _joints(model: mujoco.MjModel) -> list[str]:
    turning = [joint for joint in range(1, model.njnt) if model.jnt_type[joint] != _BALL]
    free = [model.joint(joint).name for joint in turning if not model.jnt_limited[joint]]
    hinges = [joint for joint in turning if model.jnt_type[joint] == _HINGE and model.jnt_limited[joint]]
    wide = [model.joint(joint).name for joint in hinges if np.ptp(model.jnt_range[joint]) > _TURNS]
    out = [f"without limits, so retargeting may turn them any way: {_names(free)}; add range"] if free else []
    if wide:
        out.append(
            f"limits of more than two turns, as if degrees had been read as radians: {_names(wide)}; "
            'write <compiler angle="degree"/>'
        )
    return out


def _inertias(model: mujoco.MjModel) -> list[str]:
    joints = range(1, model.njnt)
    bare = [model.joint(i).name for i in joints if model.dof_armature[model.jnt_dofadr[i]] == 0]
    out = []
    if bare:
        out.append(
            f"without armature (rotor inertia), which steps of 1/120 s need: {_names(bare)}; add it to the joints, or [training] armature"
        )
    light = [
        model.body(b).name for b in range(1, model.nbody) if model.body_jntnum[b] and model.body_subtreemass[b] < _LIGHT
    ]
    if light:
        out.append(f"with all that hangs on them lighter than {1000 * _LIGHT:g} g: {_names(light)}")
    return out


def _servos(model: mujoco.MjModel) -> list[str]:
    narrow = []
    for servo in range(model.nu):
        joint = int(model.actuator_trnid[servo, 0])
        if not model.actuator_ctrllimited[servo]:
            continue
        low, high = model.actuator_ctrlrange[servo]
        limits = np.sort(model.jnt_range[joint] * model.actuator_gear[servo, 0])
        if model.jnt_type[joint] == _BALL or not model.jnt_limited[joint]:
            limits = np.array([-np.pi / 2, np.pi / 2])
        reach = min(high, limits[1]) - max(low, limits[0])
        if reach < _SERVO_SHARE * np.ptp(limits):
            narrow.append(
                f"{model.actuator(servo).name} ({low:.3g} to {high:.3g} of {limits[0]:.3g} to {limits[1]:.3g} rad)"
            )
    return (
        [f"ctrlrange keeps these servos from part of their joints' range: {_names(narrow)}; leave it out"]
        if narrow
        else []
    )


def _ties(model: mujoco.MjModel) -> list[str]:
    out = []
    ties = [model.equality(i).name or f"number {i}" for i in range(model.neq) if model.eq_active0[i]]
    if ties:
        out.append(
            f"equality constraints, which retargeting does not know, so that clips may break them: {_names(ties)}"
        )
    pulling = (
        (model.tendon_stiffness > 0) | (model.tendon_damping > 0) | (model.tendon_limited > 0) if model.ntendon else []
    )
    pulls = [model.tendon(i).name or f"number {i}" for i in np.flatnonzero(pulling)]
    if pulls:
        out.append(
            f"tendons that pull on their own (stiffness, damping, range), which retargeting does not know: {_names(pulls)}"
        )
    return out


def _contacts(model: mujoco.MjModel, character: Character) -> list[str]:
    shaped = {int(body) for body in model.geom_bodyid}
    number = {name: model.body(name).id for name in (*character.feet, *character.fall_bodies)}
    ghosts = [name for name, body in number.items() if body in shaped and not stands_on_ground(model, body)]
    bare = [name for name in character.feet if number[name] not in shaped]
    out = [f"shapes that pass through the ground (contype, conaffinity): {_names(ghosts)}"] if ghosts else []
    return [*out, f"feet without any shape: {_names(bare)}"] if bare else out


def _holding(model: mujoco.MjModel, character: Character, config: PhysicsConfig) -> list[str]:
    """Floating without weight, nudged, its targets held: a sound robot comes to rest."""
    data = t_pose_data(model, character)
    gravity = model.opt.gravity.copy()
    model.opt.gravity[:] = 0.0
    try:
        data.qpos[2] += 10.0
        mujoco.mj_forward(model, data)
        data.ctrl[:] = data.actuator_length
        data.qvel[6:] = _NUDGE * np.random.default_rng(0).standard_normal(model.nv - 6)
        for step in range(round(_HOLD_SECONDS / model.opt.timestep)):
            mujoco.mj_step(model, data)
            bad = (
                data.warning[mujoco.mjtWarning.mjWARN_BADQACC].number
                + data.warning[mujoco.mjtWarning.mjWARN_BADQVEL].number
            )
            if bad or not np.abs(data.qvel).max() < config.speed_limit:
                seconds = (step + 1) * model.opt.timestep
                return [
                    f"nudged in the T-pose, its targets held, its physics breaks down after {seconds:.2f} s at steps of "
                    f"1/{1 / model.opt.timestep:.0f} s; more armature, lower gains or more [training] substeps_cyclic"
                ]
    finally:
        model.opt.gravity[:] = gravity
    return []


def _names(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
