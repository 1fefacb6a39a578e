"""Character + environment + solver settings -> one MuJoCo model."""

from collections.abc import Callable, Sequence

import mujoco
import numpy as np

from sfv.character import Character
from sfv.environment import Environment
from sfv.environment.objects import ObjectConfig
from sfv.errors import SfvError
from sfv.mjcf import compile_spec
from sfv.physics.config import PhysicsConfig
from sfv.physics.object_bodies import VELOCITY, add_objects
from sfv.physics.terrain import add_ground

CONTACT = "ground_contact/"
"""Prefix of the sensors that say whether and how deep a body touches the ground; the body's name follows."""
CONTACT_FIELDS = (1 << int(mujoco.mjtConDataField.mjCONDATA_FOUND)) | (1 << int(mujoco.mjtConDataField.mjCONDATA_DIST))
"""What each of those sensors measures: the number of contacts, then the distance of the deepest one (negative inside)."""

BuildModel = Callable[..., mujoco.MjModel]
"""What is called as ``build_model`` is."""


def build_model(
    character: Character,
    environment: Environment | None,
    config: PhysicsConfig,
    objects: Sequence[ObjectConfig] = (),
) -> mujoco.MjModel:
    """Compile the character on its ground, ``objects`` behind it; ``environment`` None leaves the ground out (kinematics only).

    The robot's own armature (where ``config`` has none), damping and frictionloss stay. Raises FileFormatError for an MJCF that
    cannot be used, SfvError for a robot without a free joint.
    """
    spec = character.spec()
    spec.option.timestep = config.timestep
    # Euler would treat the servos' damping explicitly: ten times the tracking error at the same step.
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = _CONES[config.cone]
    if config.iterations is not None:
        spec.option.iterations = config.iterations
    spec.option.gravity = [0.0, 0.0, -_GRAVITY]  # an environment sets its own
    if environment is not None:
        add_ground(spec, environment)
        _add_contact_sensors(spec)
    add_objects(spec, character.root, objects)
    model = compile_spec(spec, character.mjcf)
    if model.njnt == 0 or model.jnt_type[0] != mujoco.mjtJoint.mjJNT_FREE:
        raise SfvError(
            f"character '{character.name}' must have a free joint first; add <freejoint/> to body '{character.root}'"
        )
    if config.armature is not None:
        model.dof_armature[6 : model.nv - VELOCITY * len(objects)] = config.armature
        mujoco.mj_setConst(model, mujoco.MjData(model))
    return model


_GRAVITY = 9.81
_CONES = {"pyramidal": mujoco.mjtCone.mjCONE_PYRAMIDAL, "elliptic": mujoco.mjtCone.mjCONE_ELLIPTIC}


def _add_contact_sensors(spec: mujoco.MjSpec) -> None:
    """One sensor a body with geoms, against everything that is fixed to the world; right for every pair of geom types."""
    for body in spec.bodies[1:]:
        if body.geoms:
            spec.add_sensor(
                name=CONTACT + body.name,
                type=mujoco.mjtSensor.mjSENS_CONTACT,
                objtype=mujoco.mjtObj.mjOBJ_BODY,
                objname=body.name,
                reftype=mujoco.mjtObj.mjOBJ_BODY,
                refname="world",
                intprm=[CONTACT_FIELDS, _DEEPEST, 1],
            )


_DEEPEST = 1  # contact sensor's reduction "mindist": of several contacts the deepest one is reported


def joint_layout(model: mujoco.MjModel) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Names and qpos widths of the joints after the free joint, in qpos order."""
    width = {mujoco.mjtJoint.mjJNT_BALL: 4, mujoco.mjtJoint.mjJNT_HINGE: 1, mujoco.mjtJoint.mjJNT_SLIDE: 1}
    order = np.argsort(model.jnt_qposadr[1:]) + 1
    return tuple(model.joint(i).name for i in order), tuple(
        width[mujoco.mjtJoint(int(model.jnt_type[i]))] for i in order
    )
