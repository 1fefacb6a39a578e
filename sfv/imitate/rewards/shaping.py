"""What training may add to the task and NR never has: another reward, penalties, pose termination, a distance curriculum."""

import mujoco
import torch
from torch import Tensor

from sfv.imitate.config import ImitationConfig
from sfv.imitate.observations.bodies import BodyTable, body_states
from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.reference.library import MotionLibrary, ReferenceFrame
from sfv.imitate.rewards.beyondmimic import SoftLimits, tracking_reward
from sfv.imitate.state.heading import end_effectors_in_heading, heading
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.term_names import BEYONDMIMIC, PENALTIES
from sfv.physics.worlds import Worlds


class Shaping:
    """The options of ``ImitationConfig`` that are for training only; with none of them in use nothing is computed."""

    def __init__(
        self,
        library: MotionLibrary,
        skeleton: ModelLayout,
        model: mujoco.MjModel,
        config: ImitationConfig,
        control_hz: float,
        num_worlds: int,
        ground: GroundBelow | None = None,
    ) -> None:
        """``ground`` None is level."""
        self._config, self._skeleton, self._hz, self._ground = config, skeleton, control_hz, ground
        self.termination_distance = config.termination_distance
        """Of root and centre of mass at the present progress, metres."""
        self._tracking = config.reward_kind == "beyondmimic"
        self._rate_weight = config.reward.action_rate_weight
        self._limit_weight = 0.0
        if self._tracking:
            self._rate_weight += config.beyondmimic.action_rate_weight
            self._limit_weight = config.beyondmimic.joint_limit_weight
        self._limits = SoftLimits(model, config.beyondmimic.soft_limit, skeleton.device) if self._limit_weight else None
        self._table = None
        if self._tracking or config.pose_termination is not None:
            self._table = BodyTable(library, model, skeleton)
        self._last_action = torch.zeros(num_worlds, model.nu, device=skeleton.device)
        self._qvel = torch.zeros(num_worlds, model.nv, device=skeleton.device)

    @property
    def names(self) -> tuple[str, ...]:
        """Terms that ``reward`` names."""
        penalties = (self._rate_weight, self._config.reward.joint_acceleration_weight, self._limit_weight)
        own = (name for name, weight in zip(PENALTIES, penalties) if weight)
        return (*(BEYONDMIMIC if self._tracking else ()), *own)

    def set_progress(self, share: float) -> None:
        """Share of all training samples that are used up, in [0, 1]: the curriculum follows it."""
        start, end = self._config.termination_distance, self._config.termination_distance_end
        if end is not None:
            done = min(share / self._config.curriculum_share, 1.0)
            self.termination_distance = start + (end - start) * done

    def before_step(self, qvel: Tensor) -> None:
        """Remember the velocities, for the acceleration. Shape (N, nv)."""
        if self._config.reward.joint_acceleration_weight:
            self._qvel.copy_(qvel)

    def strayed(self, worlds: Worlds, moment: Tensor) -> Tensor:
        """Some body is too far from its reference at moments (N, 2). Shape (N,), bool."""
        limit = self._config.pose_termination
        if limit is None or self._table is None:
            return torch.zeros_like(moment[:, 0], dtype=torch.bool)
        root = self._skeleton.root
        height = worlds.xpos[:, 1:] if self._ground is None else self._ground.above(worlds.xpos[:, 1:])
        position = end_effectors_in_heading(height, worlds.xpos[:, root], heading(worlds.xquat[:, root]))
        return ((position - self._table.positions(moment)).norm(dim=-1) > limit).any(-1)

    def reward(
        self,
        deepmimic: Tensor,
        worlds: Worlds,
        frame: ReferenceFrame,
        action: Tensor,
        elapsed: Tensor,
        named: dict[str, Tensor],
    ) -> Tensor:
        """The reward to train on: DeepMimic's (N,) as given or BeyondMimic's, less the penalties.

        ``frame`` is the reference now; ``elapsed`` counts this step, so the first one of an episode,
        which has no action before it, is 1. Shapes (N,), action (N, nu). What is not DeepMimic's is added to ``named``, unweighted.
        """
        out = deepmimic
        if self._tracking and self._table is not None:
            root = self._skeleton.root
            xpos, xquat, cvel = worlds.xpos.float(), worlds.xquat.float(), worlds.cvel.float()
            bodies = body_states(xpos, xquat, cvel, worlds.subtree_com[:, root].float(), root, self._ground)
            out, tracked = tracking_reward(
                xpos[:, root],
                xquat[:, root],
                bodies,
                frame.qpos[:, :3],
                frame.qpos[:, 3:7],
                self._table.states(frame),
                self._config.beyondmimic,
            )
            named |= tracked
        if self._rate_weight:
            change = ((action - self._last_action) ** 2).sum(-1)
            named["action_rate"] = change * (elapsed > 1)
            out = out - self._rate_weight * named["action_rate"]
            self._last_action.copy_(action)
        if self._config.reward.joint_acceleration_weight:
            acceleration = (worlds.qvel[:, 6:].float() - self._qvel[:, 6:]) * self._hz
            named["joint_acceleration"] = (acceleration**2).sum(-1)
            out = out - self._config.reward.joint_acceleration_weight * named["joint_acceleration"]
        if self._limits is not None:
            named["joint_limits"] = self._limits.excess(worlds.qpos)
            out = out - self._limit_weight * named["joint_limits"]
        return out

    def state(self) -> dict[str, Tensor]:
        """Everything that the next steps depend on, by name; the tensors themselves."""
        return {"last_action": self._last_action} if self._rate_weight else {}
