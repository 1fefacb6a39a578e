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

The normalisation matters more than it looks: the paper's equations sum over joints and end effectors, the released code
divides each joint's weight by the sum of all and the end-effector error by their number. The same walk scores 0.915 so and
0.584 with plain sums. NR always means this reward with these weights and scales, whatever a policy was trained on
(``nr_rules.nr_task``); what training may subtract or put in its place is in ``shaping`` and ``beyondmimic``.
"""

import torch
from torch import Tensor

from sfv.imitate.config import RewardConfig
from sfv.imitate.state.constants import constants
from sfv.imitate.state.layout import ModelLayout


def pose_error(qpos: Tensor, reference: Tensor, skeleton: ModelLayout) -> Tensor:
    """Weighted mean over joints of the squared angle to the reference, rad^2. Shapes (N, nq) -> (N,)."""
    shape = (4, -1)  # components first: sums along them read whole rows
    mine = qpos.index_select(1, skeleton.rotation_columns).unflatten(1, shape)
    theirs = reference.index_select(1, skeleton.rotation_columns).unflatten(1, shape)
    # q and -q are one rotation; the chord between unit quaternions is 2 sin(angle / 4), exact for small angles too
    chord = torch.minimum(((mine - theirs) ** 2).sum(1), ((mine + theirs) ** 2).sum(1)).sqrt()
    angle = 4.0 * torch.asin((0.5 * chord).clamp_max(1.0))
    return (angle**2) @ skeleton.rotation_weight + ((qpos - reference) ** 2) @ skeleton.hinge_qpos_weight


def velocity_error(qvel: Tensor, reference: Tensor, skeleton: ModelLayout) -> Tensor:
    """Weighted mean over joints of the squared velocity difference, (rad/s)^2, each in its body's frame. (N, nv) -> (N,)."""
    return ((qvel - reference) ** 2) @ skeleton.dof_weight


def end_effector_error(positions: Tensor, reference: Tensor) -> Tensor:
    """Mean squared distance, m^2, of end effectors in their heading frames. Shapes (N, E, 3) -> (N,)."""
    return ((positions - reference) ** 2).sum(-1).mean(-1)


def com_error(com: Tensor, reference: Tensor) -> Tensor:
    """Squared distance of the centres of mass in the world, m^2. Shapes (N, 3) -> (N,)."""
    return ((com - reference) ** 2).sum(-1)


def reward_terms(pose: Tensor, velocity: Tensor, end_effector: Tensor, com: Tensor, config: RewardConfig) -> Tensor:
    """The four terms exp(-scale * error), unweighted, in the order of ``term_names.DEEPMIMIC``. Shapes (N,) -> (N, 4)."""
    scales = (config.pose_scale, config.velocity_scale, config.end_effector_scale, config.com_scale)
    return torch.exp(torch.stack((pose, velocity, end_effector, com), dim=-1) * -constants(scales, pose.device))


def total_reward(terms: Tensor, config: RewardConfig) -> Tensor:
    """Weighted sum of the terms. Shape (N, 4) -> (N,)."""
    weights = (config.pose_weight, config.velocity_weight, config.end_effector_weight, config.com_weight)
    return terms @ constants(weights, terms.device)
