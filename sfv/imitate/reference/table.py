"""A clip sampled finely once, as tables: poses, velocities, centres of mass, contacts; cycles go on without a seam."""

import mujoco
import numpy as np
import torch
from torch import Tensor

from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.reference.contacts import may_touch
from sfv.imitate.state.heading import end_effectors_in_heading, heading
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.clip import Clip
from sfv.motion.rotations import normalize_quat, quat_multiply, quat_slerp
from sfv.physics.model import joint_layout

SEAM_TOLERANCE = 0.05
"""Largest gap (metres, radians) between the end of a cyclic clip and its moved beginning."""


class ClipTable:
    """A clip at ``hz`` frames a second, and where each of its cycles begins."""

    def __init__(
        self, clip: Clip, model: mujoco.MjModel, skeleton: ModelLayout, control_hz: float, config: ImitationConfig
    ) -> None:
        """Sample the clip at ``config.table_hz``; ``lead_servos`` shows the servos the pose of kv/kp ahead.

        Raises SfvError for a clip of another character, too short, or whose cycle does not close.
        """
        hz = config.table_hz
        names, widths = joint_layout(model)
        clip.check_character(clip.character, names)
        if hz % control_hz:
            raise SfvError(f"table_hz = {hz:g} must be a multiple of the control rate {control_hz:g} Hz")
        self.cyclic = clip.cyclic
        self.hz = hz
        self.stride = round(hz / control_hz)
        """Table frames in one control step."""
        # A cycle is stretched by less than half a table frame, so that it holds a whole number of them.
        self.length = max(round(clip.seconds * hz), 1) if clip.cyclic else int(clip.seconds * hz + 1e-6) + 1
        """Frames in the table: one period, or the whole clip with both ends."""
        if self.length <= 2 * self.stride:
            raise SfvError(
                f"the clip lasts {clip.seconds:.3f} s; at least two control steps ({2 / control_hz:.3f} s) are needed"
            )
        self._turn, self._shift = _cycle_step(clip.qpos) if clip.cyclic else (0.0, np.zeros(2))
        if clip.cyclic:
            _check_seam(clip.qpos, self._turn, self._shift, widths)
        times = np.arange(self.length) / hz
        if clip.cyclic:
            times *= clip.seconds * hz / self.length
        qpos = _sample(clip.qpos, times * clip.fps, widths)
        qvel = _velocities(self._padded(qpos), self.stride, hz, model)
        com, ends = _kinematics(qpos, model, skeleton)
        columns = [
            torch.from_numpy(qpos),
            torch.from_numpy(qvel),
            com,
            ends,
            self._servo(qpos, skeleton, config.lead_servos),
        ]
        self._widths = [column.shape[1] for column in columns]
        self._table = torch.cat([column.float() for column in columns], dim=1)
        self._may_touch = self._contacts(qpos, model, skeleton, config)
        self.qpos = torch.from_numpy(qpos)
        """The table's own poses, first cycle. Shape (length, nq)."""
        self._cycles = torch.zeros(
            0, 6
        )  # of each cycle: cosine and sine of half its turn and of its turn, shift in the plane
        self.grow_cycles(1)

    @property
    def device(self) -> torch.device:
        """Where the table is."""
        return self._table.device

    def to(self, device: torch.device) -> "ClipTable":
        """Move the table; returns itself."""
        self._table, self._may_touch, self._cycles, self.qpos = (
            table.to(device) for table in (self._table, self._may_touch, self._cycles, self.qpos)
        )
        return self

    def columns(self, numbers: Tensor) -> tuple[Tensor, ...]:
        """Rows of the table as qpos, qvel, centre of mass, end effectors (flat) and servo coordinates."""
        return numbers.split(self._widths, dim=1)

    def tables(self) -> tuple[Tensor, Tensor, Tensor]:
        """All numbers, contacts that are allowed, and where each cycle begins, to be joined with those of other clips."""
        return self._table, self._may_touch, self._cycles

    def grow_cycles(self, count: int) -> bool:
        """Extend the table of where each cycle begins to at least ``count`` cycles; whether it had to grow."""
        if count <= len(self._cycles):
            return False
        moves = [_repeated(self._turn, self._shift, cycle) for cycle in range(2 * count)]
        turn = torch.tensor([turn for turn, _ in moves], dtype=torch.float64)
        shift = torch.from_numpy(np.stack([shift for _, shift in moves]))
        angles = ((0.5 * turn).cos(), (0.5 * turn).sin(), turn.cos(), turn.sin())
        self._cycles = torch.cat((torch.stack(angles, dim=1), shift), dim=1).float().to(self._cycles.device)
        return True

    def _servo(self, qpos: np.ndarray, skeleton: ModelLayout, lead: bool) -> Tensor:
        """Joint coordinates ahead of the beginning of the control step that ends at each frame. Shape (length, nv - 6)."""
        coordinates = skeleton.coordinates(torch.from_numpy(qpos))
        ahead = (skeleton.lag * self.hz).round().long() if lead else torch.full_like(skeleton.lag, self.stride).long()
        rows = torch.arange(self.length)[:, None] - self.stride + ahead
        rows = rows % self.length if self.cyclic else rows.clamp(0, self.length - 1)
        return coordinates.gather(0, rows)

    def _contacts(
        self, qpos: np.ndarray, model: mujoco.MjModel, skeleton: ModelLayout, config: ImitationConfig
    ) -> Tensor:
        """Bodies that may touch the ground at each frame. Shape (length, nbody), bool."""
        if config.ground_contact == "reference":
            reach = round(config.contact_window * self.hz)
            return may_touch(qpos, model, skeleton, config.contact_margin, reach, self.cyclic)
        out = torch.ones(self.length, model.nbody, dtype=torch.bool)
        if config.ground_contact == "feet":
            out[:, skeleton.fall_bodies] = False
        return out

    def _padded(self, qpos: np.ndarray) -> np.ndarray:
        """The table with one control step more at either end: the neighbouring cycles, or the end frames again."""
        pad = self.stride
        if not self.cyclic:
            return np.concatenate((np.repeat(qpos[:1], pad, 0), qpos, np.repeat(qpos[-1:], pad, 0)))
        rows = np.arange(-pad, self.length + pad)
        return np.stack(
            [_moved(qpos[row % self.length], self._turn, self._shift, row // self.length) for row in rows.tolist()]
        )


def _cycle_step(qpos: np.ndarray) -> tuple[float, np.ndarray]:
    """Turn about the vertical and shift in the plane that carry the first frame of a cycle onto its last."""
    relative = quat_multiply(torch.from_numpy(qpos[-1, 3:7]), torch.from_numpy(qpos[0, 3:7] * [1, -1, -1, -1]))
    turn = 2.0 * float(torch.atan2(relative[3], relative[0]))
    turn = float(np.remainder(turn + np.pi, 2 * np.pi) - np.pi)
    return turn, qpos[-1, :2] - _rotation(turn) @ qpos[0, :2]


def _rotation(turn: float) -> np.ndarray:
    return np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])


def _repeated(turn: float, shift: np.ndarray, count: int) -> tuple[float, np.ndarray]:
    """The planar move applied ``count`` times, backwards where negative."""
    total = np.zeros(2)
    for _ in range(abs(count)):
        total = _rotation(turn) @ total + shift if count > 0 else _rotation(-turn) @ (total - shift)
    return count * turn, total


def _moved(qpos: np.ndarray, turn: float, shift: np.ndarray, count: int) -> np.ndarray:
    """One pose (nq,) moved by ``count`` cycles."""
    total, offset = _repeated(turn, shift, count)
    out = qpos.copy()
    out[:2] = _rotation(total) @ qpos[:2] + offset
    yaw = torch.tensor([np.cos(total / 2), 0.0, 0.0, np.sin(total / 2)], dtype=torch.float64)
    out[3:7] = quat_multiply(yaw, torch.from_numpy(qpos[3:7])).numpy()
    return out


def _check_seam(qpos: np.ndarray, turn: float, shift: np.ndarray, widths: tuple[int, ...]) -> None:
    """Raise SfvError unless the last frame is the first one moved by the cycle's displacement."""
    expected, last = _moved(qpos[0], turn, shift, 1), qpos[-1].copy()
    for start, width in _quaternions(widths):
        if width == 4 and expected[start : start + 4] @ last[start : start + 4] < 0:
            last[start : start + 4] *= -1
    gap = float(np.abs(expected - last).max())
    if gap > SEAM_TOLERANCE:
        raise SfvError(
            f"the clip is marked cyclic, but its last frame differs from its moved first one by {gap:.2f}; "
            "close the cycle when retargeting, or mark the clip as not cyclic"
        )


def _quaternions(widths: tuple[int, ...]) -> list[tuple[int, int]]:
    """Start and width in qpos of the root's rotation and of every joint."""
    starts = 7 + np.concatenate(([0], np.cumsum(widths)[:-1])).astype(int)
    return [(3, 4), *zip(starts.tolist(), widths)]


def _sample(qpos: np.ndarray, frames: np.ndarray, widths: tuple[int, ...]) -> np.ndarray:
    """Poses at fractional frames: slerp for rotations, linear for the rest. Shape (T, nq), (K,) -> (K, nq)."""
    before = np.clip(np.floor(frames).astype(int), 0, len(qpos) - 2)
    share = np.clip(frames - before, 0.0, 1.0)
    out = qpos[before] + share[:, None] * (qpos[before + 1] - qpos[before])
    for start, width in _quaternions(widths):
        if width == 4:
            quat = normalize_quat(torch.from_numpy(qpos[:, start : start + 4]))
            out[:, start : start + 4] = quat_slerp(quat[before], quat[before + 1], torch.from_numpy(share)).numpy()
    return out


def _velocities(padded: np.ndarray, reach: int, hz: float, model: mujoco.MjModel) -> np.ndarray:
    """Central differences on the manifold over one control step, so that the clip's own frame rate does not show as steps.

    ``padded`` has ``reach`` frames more at either end. At the ends of a clip that is not cyclic the repeated end frame
    would halve the speed, so the span is measured between distinct frames only.
    """
    half = max(reach // 2, 1)
    count = len(padded) - 2 * reach
    still = (padded[reach] == padded[0]).all()  # an end was repeated: not cyclic
    out = np.zeros((count, model.nv))
    for k in range(count):
        low, high = k + reach - half, k + reach + half
        if still:
            low, high = max(low, reach), min(high, reach + count - 1)
        mujoco.mj_differentiatePos(model, out[k], (high - low) / hz, padded[low], padded[high])
    return out


def _kinematics(qpos: np.ndarray, model: mujoco.MjModel, skeleton: ModelLayout) -> tuple[Tensor, Tensor]:
    """Centre of mass and end effectors in the heading frame (flat), each with one row a frame."""
    data = mujoco.MjData(model)
    com, xpos = np.empty((len(qpos), 3)), np.empty((len(qpos), model.nbody, 3))
    for k, pose in enumerate(qpos):
        data.qpos[:] = pose
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        com[k], xpos[k] = data.subtree_com[skeleton.root], data.xpos
    poses, positions = torch.from_numpy(qpos), torch.from_numpy(xpos)
    ends = end_effectors_in_heading(positions[:, skeleton.end_effectors], poses[:, :3], heading(poses[:, 3:7]))
    return torch.from_numpy(com), ends.flatten(1)
