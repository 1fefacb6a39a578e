"""What ``sfv character check`` measures of a character: size, body map against SMPL's T-pose, servos; and what is wrong with it."""

from dataclasses import dataclass

import mujoco
import numpy as np
import torch

from sfv.body.model import Body
from sfv.character import Character
from sfv.environment import load_environment
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.ground import lowest_points
from sfv.motion.rotations import quat_rotate
from sfv.motion.smpl import SMPL_JOINTS
from sfv.physics.config import PhysicsConfig
from sfv.physics.doubts import doubts
from sfv.physics.model import build_model
from sfv.render.policy.t_pose import standing_t_pose
from sfv.retarget.robot.anatomy import build_anatomy
from sfv.retarget.targets.targets import SMPL_TO_X_FORWARD

LIMB_DEG = 20.0
"""A limb of the T-pose that is turned further than this against the body's is worth a warning, degrees."""
SINK = 0.005
"""A body this much lower than the feet in the T-pose is worth a warning, metres."""
FIGURES = ("mass", "length", "limit", "gain", "torque")
"""Figures that need a source; a key of [sources] counts that contains the word."""
_BALL = int(mujoco.mjtJoint.mjJNT_BALL)


@dataclass(frozen=True)
class MapRow:
    """One body of the body map."""

    body: str
    smpl: str
    joints: tuple[str, ...]
    """Joints between this body and the mapped one before it."""
    limb_deg: float | None
    """Angle between its limb and SMPL's in the T-pose; None where no single limb hangs on it."""


@dataclass(frozen=True)
class Facts:
    """What was measured."""

    model: mujoco.MjModel
    mass: float
    height: float
    """From the lowest to the highest point of the T-pose, metres."""
    rows: tuple[MapRow, ...]
    unmapped: tuple[str, ...]
    """Joints of SMPL that move nothing."""
    servos: tuple[tuple[str, str, str, str], ...]
    """Name, kp, kv and torque limit of each."""
    warnings: tuple[str, ...]


def measure(character: Character, body: Body) -> Facts:
    """Load everything that retargeting and training load. Raises SfvError where one of them could not use the character."""
    hints = character.training
    physics = PhysicsConfig(substeps=hints.substeps_cyclic, armature=hints.armature)
    model = build_model(character, load_environment("flat"), physics)
    ModelLayout.build(model, character)
    rows = tuple(_map_rows(character, model, body))
    pose = standing_t_pose(character, model)
    unmapped = tuple(joint for joint in SMPL_JOINTS if joint not in character.body_map.values())
    return Facts(
        model=model,
        mass=float(model.body_mass.sum()),
        height=_highest(model, pose),
        rows=rows,
        unmapped=unmapped,
        servos=tuple(_servo(model, index) for index in range(model.nu)),
        warnings=(
            *_papers(character),
            *_mapping(rows, unmapped),
            *_pose(character, model, pose),
            *_drives(character, model),
            *doubts(model, character, physics),
        ),
    )


def _servo(model: mujoco.MjModel, index: int) -> tuple[str, str, str, str]:
    kp, kv = -model.actuator_biasprm[index, 1:3]
    limit = f"{model.actuator_forcerange[index, 1]:g}" if model.actuator_forcelimited[index] else "none"
    return model.actuator(index).name, f"{kp:g}", f"{kv:g}", limit


def _map_rows(character: Character, model: mujoco.MjModel, body: Body) -> list[MapRow]:
    skeleton = build_anatomy(character)
    rest = body.rest_joints(np.zeros(body.num_betas)) @ SMPL_TO_X_FORWARD.T
    ours = quat_rotate(torch.from_numpy(skeleton.t_pose), torch.from_numpy(np.nan_to_num(skeleton.limb))).numpy()
    rows = []
    for row, index in enumerate(skeleton.bodies.tolist()):
        angle = None
        if skeleton.limb_child[row] >= 0:
            theirs = rest[skeleton.limb_child[row]] - rest[skeleton.smpl[row]]
            angle = float(np.degrees(np.arccos(np.clip(ours[row] @ theirs / np.linalg.norm(theirs), -1.0, 1.0))))
        rows.append(
            MapRow(model.body(index).name, SMPL_JOINTS[skeleton.smpl[row]], _chain(model, index, character), angle)
        )
    return rows


def _chain(model: mujoco.MjModel, body: int, character: Character) -> tuple[str, ...]:
    joints: list[str] = []
    while body > 0:
        start, count = int(model.body_jntadr[body]), int(model.body_jntnum[body])
        joints = [model.joint(joint).name for joint in range(start, start + count)] + joints
        body = int(model.body_parentid[body])
        if model.body(body).name in character.body_map:
            break
    return tuple(joints)


def _highest(model: mujoco.MjModel, pose: np.ndarray) -> float:
    """Top of the figure; the figure upside down has it at the bottom."""
    turned = pose.copy()
    turned[2] = -pose[2]
    mujoco.mju_mulQuat(turned[3:7], np.array([0.0, 1.0, 0.0, 0.0]), pose[3:7])
    return -float(lowest_points(model, turned[None])[0, model.geom_bodyid > 0].min())


def _papers(character: Character) -> list[str]:
    out = []
    if character.licence == "not stated":
        out.append("no licence is stated; add licence = ... to character.toml")
    for figure in FIGURES:
        if not any(figure in key for key in character.sources):
            out.append(f"[sources] says nothing of {figure}; add a key whose name contains '{figure}'")
    return out


def _mapping(rows: tuple[MapRow, ...], unmapped: tuple[str, ...]) -> list[str]:
    limbs = [joint for joint in unmapped if joint.endswith(("hip", "knee", "ankle", "shoulder", "elbow", "wrist"))]
    out = [f"nothing follows SMPL's {joint}" for joint in limbs]
    if not {"spine1", "spine2", "spine3"} - set(unmapped):
        out.append("nothing follows SMPL's spine; map the upper trunk to spine3")
    for row in rows:
        if row.limb_deg is not None and row.limb_deg > LIMB_DEG:
            out.append(
                f"the limb at {row.body} ({row.smpl}) points {row.limb_deg:.0f} degrees away from the body's in the T-pose; "
                f"set [t_pose] of {' or '.join(row.joints)}"
            )
    return out


def _pose(character: Character, model: mujoco.MjModel, pose: np.ndarray) -> list[str]:
    out = []
    lowest = lowest_points(model, pose[None])[0]
    feet = {model.body(name).id for name in character.feet}
    own = np.flatnonzero(model.geom_bodyid > 0)
    on_feet = [geom for geom in own if model.geom_bodyid[geom] in feet]
    if not on_feet:
        out.append("no foot has a shape that could stand on the ground")
    else:
        floor = lowest[on_feet].min()
        deeper = {model.body(model.geom_bodyid[geom]).name for geom in own if lowest[geom] < floor - SINK}
        out += [f"{name} reaches below the feet in the T-pose" for name in sorted(deeper)]
    for joint in range(1, model.njnt):
        value, (low, high) = float(pose[model.jnt_qposadr[joint]]), model.jnt_range[joint]
        if model.jnt_type[joint] != _BALL and model.jnt_limited[joint] and not low - 1e-3 <= value <= high + 1e-3:
            name = model.joint(joint).name
            out.append(f"the limits of {name} ({low:.2f} to {high:.2f} rad) exclude its T-pose of {value:.2f} rad")
    return out


def _drives(character: Character, model: mujoco.MjModel) -> list[str]:
    out = []
    driven = set(model.actuator_trnid[:, 0].tolist())
    for joint in range(1, model.njnt):
        name = model.joint(joint).name
        if joint not in driven:
            out.append(f"no servo moves {name}")
        if name not in character.joint_weights:
            out.append(f"{name} has no weight in the reward; add it to [joint_weights]")
        if model.jnt_stiffness[joint] != 0:
            out.append(f"{name} has a passive spring (stiffness); a gain belongs into <position kp=...>")
    for servo in range(model.nu):
        if not model.actuator_forcelimited[servo]:
            out.append(f"servo {model.actuator(servo).name} has no torque limit; add forcerange")
    judged = {model.body(name).id for name in (*character.feet, *character.fall_bodies)}
    solid = {int(body) for body in model.geom_bodyid if body > 0}
    loose = sorted(model.body(body).name for body in solid - judged)
    if loose:
        out.append(f"neither foot nor fall body, so their contact with the ground means nothing: {', '.join(loose)}")
    if (model.geom_type == mujoco.mjtGeom.mjGEOM_MESH).any():
        out.append("some shapes are meshes; capsules, spheres and boxes are many times faster")
    return out
