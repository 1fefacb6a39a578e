"""Where the joints of a person lie in a robot: the point nearest to all axes of the hinges that stand for one joint."""

import mujoco
import numpy as np

_PULL = 1e-3
"""Weight of the joints' own anchors against the distance from the axes: it settles where along a lone or parallel axis the point lies."""


def joint_centres(model: mujoco.MjModel, mapped: list[int], qpos: np.ndarray) -> dict[int, np.ndarray]:
    """Centre of the joint above each mapped body, world, in pose ``qpos`` (nq,).

    The hinges of a chain run from below the nearest mapped body above to the body itself; their axes need not meet in one
    point (Unitree's G1 has its hips' axes 12 cm apart). A body without such joints is centred on its own origin.
    """
    data = mujoco.MjData(model)
    data.qpos[:] = qpos
    mujoco.mj_kinematics(model, data)
    centres = {}
    for body in mapped:
        anchors, normals = [], []
        link = body
        while link > 0 and (link == body or link not in mapped):
            for joint in range(model.body_jntadr[link], model.body_jntadr[link] + model.body_jntnum[link]):
                if model.jnt_type[joint] != mujoco.mjtJoint.mjJNT_FREE:
                    hinge = model.jnt_type[joint] == mujoco.mjtJoint.mjJNT_HINGE
                    axis = data.xaxis[joint] if hinge else np.zeros(3)
                    anchors.append(data.xanchor[joint].copy())
                    normals.append(np.eye(3) - np.outer(axis, axis))
            link = int(model.body_parentid[link])
        if not anchors:
            centres[body] = data.xpos[body].copy()
            continue
        pull = _PULL * np.eye(3)
        left = sum(normals) + len(anchors) * pull
        right = sum(normal @ anchor + pull @ anchor for normal, anchor in zip(normals, anchors))
        centres[body] = np.linalg.solve(left, right)
    return centres
