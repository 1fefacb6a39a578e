"""DeepMimic's imitation reward (Peng et al., SIGGRAPH 2018): four terms between 0 and 1, weighted to a sum of one.

With w_j the character's joint weights (sum one, the root's rotation among them), q the joint rotations, v the joint
velocities, p_e the end effectors and c the centre of mass, hats for the reference:

    pose          exp( -2  sum_j w_j angle(q^_j, q_j)^2 )
    velocity      exp( -.1 sum_j w_j |v^_j - v_j|^2 )
    end effector  exp( -40 mean_e |p^_e - p_e|^2 )
    centre of mass exp( -10 |c^ - c|^2 )

As in DeepMimic's released code the joint errors are weighted means, the root counts as a joint, and end effectors are
compared in each one's own heading frame (see ``heading``); as in the paper the centre of mass is compared by its position in
the world, so drifting away costs reward.
"""

import torch
from torch import Tensor

from sfv.imitate.config import RewardConfig
from sfv.imitate.skeleton import Skeleton
from sfv.motion.rotations import quat_angle

TERMS = ("pose", "velocity", "end_effector", "com")
"""Names of the columns of ``reward_terms``."""


def pose_error(qpos: Tensor, reference: Tensor, skeleton: Skeleton) -> Tensor:
    """Weighted mean over joints of the squared angle to the reference, rad^2. Shapes (N, nq) -> (N,)."""
    root = quat_angle(qpos[:, 3:7], reference[:, 3:7]) ** 2
    ball = quat_angle(qpos[:, skeleton.ball_qpos], reference[:, skeleton.ball_qpos]) ** 2
    hinge = (qpos[:, skeleton.hinge_qpos] - reference[:, skeleton.hinge_qpos]) ** 2
    return skeleton.root_weight * root + ball @ skeleton.ball_weight + hinge @ skeleton.hinge_weight


def velocity_error(qvel: Tensor, reference: Tensor, skeleton: Skeleton) -> Tensor:
    """Weighted mean over joints of the squared velocity difference, (rad/s)^2, each in its body's frame. (N, nv) -> (N,)."""
    difference = (qvel - reference) ** 2
    ball = difference[:, skeleton.ball_dof].sum(-1) @ skeleton.ball_weight
    hinge = difference[:, skeleton.hinge_dof] @ skeleton.hinge_weight
    return skeleton.root_weight * difference[:, 3:6].sum(-1) + ball + hinge


def end_effector_error(positions: Tensor, reference: Tensor) -> Tensor:
    """Mean squared distance, m^2, of end effectors in their heading frames. Shapes (N, E, 3) -> (N,)."""
    return ((positions - reference) ** 2).sum(-1).mean(-1)


def com_error(com: Tensor, reference: Tensor) -> Tensor:
    """Squared distance of the centres of mass in the world, m^2. Shapes (N, 3) -> (N,)."""
    return ((com - reference) ** 2).sum(-1)


def reward_terms(pose: Tensor, velocity: Tensor, end_effector: Tensor, com: Tensor, config: RewardConfig) -> Tensor:
    """The four terms exp(-scale * error), unweighted, in the order of TERMS. Shapes (N,) -> (N, 4)."""
    scales = (config.pose_scale, config.velocity_scale, config.end_effector_scale, config.com_scale)
    return torch.stack([torch.exp(-k * e) for k, e in zip(scales, (pose, velocity, end_effector, com))], dim=-1)


def total_reward(terms: Tensor, config: RewardConfig) -> Tensor:
    """Weighted sum of the terms. Shape (N, 4) -> (N,)."""
    weights = (config.pose_weight, config.velocity_weight, config.end_effector_weight, config.com_weight)
    return terms @ terms.new_tensor(weights)
