"""Trials of the protocol ``boxes``: when and from where a box is launched in each world, what it hits, who falls."""

from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from sfv.evaluate.intervals import wilson
from sfv.evaluate.protocols.falls import Falls
from sfv.evaluate.protocols.thrown.ballistics import launch_velocity
from sfv.imitate.worlds_env import ImitationWorlds
from sfv.physics.objects import WithObjects
from sfv.ranges import Checked, NotNegative, Positive, Range, Seconds, Seed, Share


@dataclass(frozen=True)
class BoxesConfig(Checked):
    """The grid of levels, and the numbers of the protocol; version 1 means the defaults of all but the grid and ``trials``."""

    masses: tuple[Positive, ...] = (1.0, 2.0, 4.0, 8.0)
    """Kilograms."""
    speeds: tuple[Positive, ...] = (4.0, 8.0, 12.0)
    """Horizontal, metres a second."""
    trials: Annotated[int, Range(1, 1_000_000)] = 64
    """Of each level."""
    half_edge: Positive = 0.1
    """Half the edge of the cubes, metres."""
    nearest: Positive = 1.5
    """Shortest distance from which one is thrown, metres."""
    farthest: Positive = 2.0
    """Longest."""
    above_root: Annotated[float, Range(-100, 100)] = 0.3
    """Height of the launch above the root, metres: a chest's."""
    settle_seconds: Seconds = 0.5
    """Cyclic clips: no launch sooner than this after the start."""
    launch_seconds: Seconds = 1.0
    """Cyclic clips: launches spread over so long a time after that."""
    latest_arrival: Share = 0.8
    """Other clips: share of the clip in which boxes arrive."""
    after_seconds: Seconds = 3.0
    """Cyclic clips: how long after the box arrives there must be no fall."""
    pose_noise: NotNegative = 0.02
    """As in ``NrConfig``."""
    velocity_noise: NotNegative = 0.1
    """As in ``NrConfig``."""
    seed: Seed = 1000
    """Seed of starts, directions, distances and moments."""

    def __post_init__(self) -> None:
        """Raise SettingError for numbers out of their ranges, or in the wrong order."""
        super().__post_init__()
        self.in_order("nearest", "farthest")


@dataclass(frozen=True)
class BoxesRow:
    """Result of one level."""

    mass: float
    """Kilograms; zero in the row without a box."""
    speed: float
    """Metres a second."""
    momentum: float
    """Mass times speed, kg m/s."""
    survived: int
    trials: int
    hits: int
    """Trials in which the box touched the character or something else where it was aimed at."""
    low: float
    """95 % interval of the share that survives."""
    high: float

    @property
    def survival(self) -> float:
        """Share that survived."""
        return self.survived / self.trials


_SLACK_SECONDS = 0.1  # after its arrival a box that still flies has missed
_CHANGE = 0.01  # share of its horizontal velocity that a box loses or gains by touching anything; air takes none


class BoxTrials:
    """All levels' trials, a world each: first those without a box, then level by level."""

    def __init__(self, core: ImitationWorlds, config: BoxesConfig) -> None:
        """``core`` holds the boxes as its last objects, in the order of ``config.masses``."""
        assert isinstance(core.worlds, WithObjects)
        self.core, self.config = core, config
        self._worlds: WithObjects = core.worlds
        self.levels = [(0.0, 0.0)] + [(mass, speed) for mass in config.masses for speed in config.speeds]
        """Mass and speed of each."""
        hz, count, random = core.control_hz, len(self.levels), torch.Generator().manual_seed(config.seed)
        draws = torch.rand(4, config.trials, generator=random).repeat(1, count)
        self.angle = 2.0 * torch.pi * draws[0]
        """Direction from the character to where its box comes from, in the world, radians. Shape (N,)."""
        self.distance = config.nearest + (config.farthest - config.nearest) * draws[1]
        """Metres of the launch from the root, horizontally. Shape (N,)."""
        speeds = torch.tensor([speed or min(config.speeds) for _, speed in self.levels])  # without a box: the slowest's
        self.flight = self.distance / speeds.repeat_interleave(config.trials)
        """Seconds from launch to arrival. Shape (N,)."""
        library = core.library
        cyclic, length = library.ever_cyclic, library.rows
        self.start = (draws[2] * length).long() if cyclic else torch.zeros(core.num_worlds, dtype=torch.long)
        """Table frame of each start. Shape (N,)."""
        whole = core.clip_steps(self.start)
        if cyclic:
            launch = config.settle_seconds + config.launch_seconds * draws[3]
        else:
            launch = (config.latest_arrival * draws[3] * whole / hz - self.flight).clamp_min(0.0)
        self.launch = (launch * hz).long()
        """Control step before which each box is launched; -1 without a box. Shape (N,)."""
        self._arrival = self.launch + (self.flight * hz).ceil().long()
        self._deadline = self._arrival + round(config.after_seconds * hz) if cyclic else whole
        self.steps = int(self._deadline.max())
        """Control steps until the last trial is over."""
        self._slack = round(_SLACK_SECONDS * hz)
        number = [config.masses.index(mass) if mass else 0 for mass, _ in self.levels]
        first = len(core.worlds.objects) - len(config.masses)
        self.box = first + torch.tensor(number).repeat_interleave(config.trials)
        """Object that each world throws. Shape (N,)."""
        boxed = torch.tensor([mass > 0 for mass, _ in self.levels]).repeat_interleave(config.trials)
        self.launch = torch.where(boxed, self.launch, -1)

    def begin(self) -> Tensor:
        """Start all trials; what is seen then. Shape (N, observation_size)."""
        self._step = 0
        self._hit = torch.zeros(self.core.num_worlds, dtype=torch.bool)
        self._thrown = torch.zeros(self.core.num_worlds, 2, dtype=self._worlds.object_qvel.dtype)
        observation = self.core.reset(start=self.start)
        self.falls = Falls(self.core)
        """Who failed before the deadline, and how."""
        return observation

    def step(self, action: Tensor) -> Tensor:
        """Launch what is due, then one control step. Shapes (N, nu) -> (N, observation_size)."""
        self._throw((self.launch == self._step).nonzero().squeeze(1))
        done = self.core.step(action)
        self._step += 1
        self.falls.look(done.failed & (self._step <= self._deadline))
        # a contact may begin and end between two looks, but what it did to the way of the box remains
        everyone = torch.arange(len(self.box))
        flown = self._worlds.object_qvel[everyone, self.box, :2]
        changed = (flown - self._thrown).norm(dim=1) > _CHANGE * self._thrown.norm(dim=1)
        flying = (self.launch >= 0) & (self._step > self.launch) & (self._step <= self._arrival + self._slack)
        self._hit |= changed & flying
        return done.observation

    def rows(self) -> list[BoxesRow]:
        """What has come out."""
        out = []
        for (mass, speed), alive, hit in zip(
            self.levels, (~self.falls.failed).view(len(self.levels), -1), self._hit.view(len(self.levels), -1)
        ):
            low, high = wilson(int(alive.sum()), len(alive))
            out.append(BoxesRow(mass, speed, mass * speed, int(alive.sum()), len(alive), int(hit.sum()), low, high))
        return out

    def _throw(self, ids: Tensor) -> None:
        """Launch the boxes of worlds ``ids`` (K,) at where their roots will be."""
        if len(ids) == 0:
            return
        core, worlds = self.core, self._worlds
        root = worlds.xpos[ids, core.skeleton.root].double()
        flight, moment = self.flight[ids].double(), core.moment[ids]
        arrival = core.library.later(moment, (self.flight[ids] * core.library.hz).round().long())
        now, then = self._root(moment, ids), self._root(arrival, ids)
        way = (then - now).double()
        angle, distance = self.angle[ids].double(), self.distance[ids].double()
        side = torch.stack((distance * angle.cos(), distance * angle.sin()), dim=1)
        origin = root + torch.cat((side, torch.full((len(ids), 1), self.config.above_root)), dim=1)
        options = worlds.model.opt
        velocity = launch_velocity(origin, root + way, flight, float(options.gravity[2]), float(options.timestep))
        half = 0.5 * angle
        turn = torch.stack((half.cos(), 0 * half, 0 * half, half.sin()), dim=1)
        poses, velocities = torch.cat((origin, turn), dim=1), torch.cat((velocity, torch.zeros_like(velocity)), dim=1)
        self._thrown[ids] = velocity[:, :2].to(self._thrown)
        for box in self.box[ids].unique().tolist():
            chosen = self.box[ids] == box
            worlds.place_objects(ids[chosen], box, poses[chosen], velocities[chosen])

    def _root(self, moment: Tensor, ids: Tensor) -> Tensor:
        """Where the reference's root is at moments (K, 2) in worlds ``ids`` (K,). Shape (K, 3)."""
        frame, ground = self.core.library.frame(moment), self.core.ground
        return (frame if ground is None else ground.carry(frame, self.core.offset[ids])).qpos[:, :3]
