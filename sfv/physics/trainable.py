"""Robots that no training could make anything of: each is refused with what is wrong and what mends it."""

import mujoco
import numpy as np

from sfv.character import Character
from sfv.errors import SfvError

TALLEST, SMALLEST = 20.0, 0.05
"""Heights between which a robot may be, metres."""
LIGHTEST = 1e-6
"""What hangs on a joint weighs more than this, kg."""
STIFFEST = 1000.0
"""Gain of a servo times the square of the physics step over the inertia that it moves; above 4 a spring alone is unstable."""
RIGID_DEG = 7.0
"""Half of the hinges have less room than this, degrees: nobody builds that, but radians that are read as degrees look so."""
_UPRIGHT = 0.5  # cosine between "down" and the way from the root to the feet
_HINGE, _BALL = mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_BALL
_GROUND = 1  # the ground's contype and conaffinity


def check_trainable(model: mujoco.MjModel, character: Character) -> None:
    """Raise SfvError for the first thing about the robot of ``model`` that makes training meaningless."""
    for reason in (
        _servos(model),
        _ties(model),
        _feet(model, character),
        _masses(model),
        _limits(model),
        _pose(model, character),
    ):
        if reason:
            raise SfvError(f"character '{character.name}' cannot be trained: {reason}")


def t_pose_data(model: mujoco.MjModel, character: Character) -> mujoco.MjData:
    """The T-pose, places of bodies and geoms computed."""
    data = mujoco.MjData(model)
    own = character.t_pose_qpos(model)
    data.qpos[:] = own
    mujoco.mj_kinematics(model, data)
    return data


def height(model: mujoco.MjModel, data: mujoco.MjData, root: int) -> float:
    """Between the lowest and the highest point of the robot whose first body is ``root``, by its shapes' bounding spheres; metres."""
    own = (model.body_rootid[model.geom_bodyid] == root) & (model.geom_rbound > 0)
    if not own.any():
        return float(np.ptp(data.xpos[model.body_rootid == root, 2]))
    places, radii = data.geom_xpos[own, 2], model.geom_rbound[own]
    return float((places + radii).max() - (places - radii).min())


def hinge_widths(model: mujoco.MjModel) -> np.ndarray:
    """Room of each hinge that has limits, radians."""
    hinges = (model.jnt_type == _HINGE) & (model.jnt_limited > 0)
    return np.ptp(model.jnt_range[hinges], axis=1)


def stands_on_ground(model: mujoco.MjModel, body: int) -> bool:
    """Whether a shape of the body collides with the ground."""
    geoms = model.geom_bodyid == body
    return bool(((model.geom_contype[geoms] | model.geom_conaffinity[geoms]) & _GROUND).any())


def _servos(model: mujoco.MjModel) -> str:
    if model.nu == 0:
        return "it has no actuators; add <position joint=... kp=... kv=... forcerange=...> for every joint"
    for servo in range(model.nu):
        name = model.actuator(servo).name
        if model.actuator_dyntype[servo] != mujoco.mjtDyn.mjDYN_NONE:
            return f"actuator '{name}' has activation dynamics (a state of its own); remove dyntype, timeconst and the like"
        kp, joint = float(model.actuator_gainprm[servo, 0]), int(model.actuator_trnid[servo, 0])
        if kp < 0:
            return f"servo '{name}' has the gain kp {kp:g}, so it drives away from its target; it must be positive"
        if model.actuator_trntype[servo] == mujoco.mjtTrn.mjTRN_JOINT:
            inertia = float(model.dof_M0[model.jnt_dofadr[joint]])
            if kp * model.opt.timestep**2 > STIFFEST * inertia:
                return (
                    f"servo '{name}' has the gain kp {kp:g} but moves {inertia:.3g} kg m^2; at steps of 1/{1 / model.opt.timestep:.0f} s "
                    "that is no servo but a series of blows: lower kp"
                )
    return ""


def _ties(model: mujoco.MjModel) -> str:
    for tie in range(model.neq):
        kind = mujoco.mjtEq(int(model.eq_type[tie]))
        if kind not in (mujoco.mjtEq.mjEQ_CONNECT, mujoco.mjtEq.mjEQ_WELD) or not model.eq_active0[tie]:
            continue
        ends = [int(model.eq_obj1id[tie]), int(model.eq_obj2id[tie])]
        if model.eq_objtype[tie] == mujoco.mjtObj.mjOBJ_SITE:
            ends = [int(model.site_bodyid[end]) for end in ends]
        if 0 in ends:
            return f"the equality constraint '{model.equality(tie).name or tie}' ties it to the world; remove it"
    return ""


def _feet(model: mujoco.MjModel, character: Character) -> str:
    feet = [name for name in character.feet if stands_on_ground(model, model.body(name).id)]
    if feet:
        return ""
    return (
        f"none of its feet ({', '.join(character.feet) or 'feet = [] in character.toml'}) has a shape that collides with the ground; "
        "give it a <geom> with contype and conaffinity 1"
    )


def _masses(model: mujoco.MjModel) -> str:
    light = (model.body_jntnum > 0) & (model.body_subtreemass < LIGHTEST)
    for body in np.flatnonzero(light):
        mass = model.body_subtreemass[body]
        return f"body '{model.body(body).name}' with all that hangs on it weighs {mass:.2g} kg; masses are kilograms"
    return ""


def _limits(model: mujoco.MjModel) -> str:
    widths = np.degrees(hinge_widths(model))
    if len(widths) >= 4 and np.median(widths) < RIGID_DEG:
        return (
            f"half of its hinges have less than {np.median(widths):.1f} degrees of room, as if radians had been read as degrees; "
            'write <compiler angle="radian"/>'
        )
    return ""


def _pose(model: mujoco.MjModel, character: Character) -> str:
    data, root = t_pose_data(model, character), model.body(character.root).id
    tall = height(model, data, root)
    if not SMALLEST <= tall <= TALLEST:
        return f"it is {tall:.3g} m tall; lengths are metres: scale the model (<mesh scale=...>, sizes and positions)"
    down = np.mean([data.xpos[model.body(name).id] for name in character.feet], axis=0) - data.xpos[root]
    length = float(np.linalg.norm(down))
    if length > 0.1 * tall and -down[2] < _UPRIGHT * length:
        axis = int(np.argmax(np.abs(down)))
        sign = "-" if down[axis] < 0 else ""
        return (
            f"in its T-pose the feet are not below the root but along {sign}{'xyz'[axis]}; z is up and x forward: turn the root body by "
            "quat or euler, or mend [t_pose]"
        )
    return ""
