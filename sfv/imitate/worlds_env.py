"""ImitationWorlds: the imitation task on N worlds at once, tensors in and tensors out, with automatic resets."""

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor

from sfv.character import Character
from sfv.environment import Environment
from sfv.environment.randomisation import RandomisationConfig
from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.disturbances.disturbances import Disturbances
from sfv.imitate.observations.observer import Observer
from sfv.imitate.reference.ground import GroundBelow
from sfv.imitate.reference.library import MotionLibrary, ReferenceFrame
from sfv.imitate.reference.placed import PlacedReference
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.reference.travel import Travel
from sfv.imitate.rewards import deepmimic as reward
from sfv.imitate.rewards.object_task import ObjectTask
from sfv.imitate.rewards.shaping import Shaping
from sfv.imitate.starts import reset
from sfv.imitate.starts.pool import POOL, StartPool
from sfv.imitate.starts.redraw import Redraw
from sfv.imitate.starts.ring import StartRing
from sfv.imitate.starts.starts import Starts
from sfv.imitate.state.heading import Heading, end_effectors_in_heading, heading
from sfv.imitate.state.layout import ModelLayout
from sfv.imitate.step import Step
from sfv.imitate.targets import servo_targets
from sfv.imitate.term_names import ENDS, GOAL
from sfv.imitate.terminations.early import fallen, strayed
from sfv.imitate.terms import REWARDS, TERMINATIONS, Term, View
from sfv.motion.clip import Clip
from sfv.motion.placing import along_x
from sfv.physics.backend import make_character_worlds
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import BuildModel, build_model
from sfv.physics.objects import WithObjects
from sfv.physics.worlds import Worlds

_LOOK_AHEAD = 300
"""Control steps behind an episode's end that may still be looked at, 10 s."""


class ImitationWorlds:
    """Observation, reward, termination and resets over ``Worlds``; nothing here loops over worlds."""

    def __init__(
        self,
        worlds: Worlds,
        clip: Clip | Sequence[Clip],
        character: Character,
        physics: PhysicsConfig,
        config: ImitationConfig,
        seed: int = 0,
        auto_reset: bool = True,
        environment: Environment | None = None,
    ) -> None:
        """Bind the task to worlds of the clip's character. ``auto_reset`` False lets worlds go on after their episode ended.

        Of several clips each episode follows one, drawn as configured. ``environment`` None is level ground; on other ground
        clips are laid along its x axis.
        """
        clips = [clip] if isinstance(clip, Clip) else list(clip)
        for one in clips:
            one.check_character(character.name, one.joints)
        level = environment is None or environment.level
        self.ground: GroundBelow | None = None
        """The ground under the character; None: level, and the reference stays where the clip is."""
        if environment is not None and not (level and config.max_reference_distance is None):
            self.ground = GroundBelow(environment.terrain, worlds.device)
        if not level:
            clips = [along_x(one) for one in clips]
        self.worlds, self.config, self.auto_reset = worlds, config, auto_reset
        self.character, self.environment = character, environment
        self.num_worlds = worlds.num_worlds
        self.device = worlds.device
        skeleton = ModelLayout.build(worlds.model, character)
        tables = [ClipTable(one, worlds.model, skeleton, physics.control_hz, config) for one in clips]
        self.library = MotionLibrary(tables).to(self.device)
        self.skeleton = skeleton.to(self.device)
        self.control_hz = physics.control_hz
        self.max_steps = round(config.episode_seconds * physics.control_hz)
        if worlds.asynchronous:
            self.library.reserve(self.max_steps + _LOOK_AHEAD)
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.start = torch.zeros((self.num_worlds, 2), dtype=torch.long, device=self.device)
        """Clip and frame at which each world's episode began. Shape (N, 2)."""
        self.elapsed = torch.zeros(self.num_worlds, dtype=torch.long, device=self.device)
        """Control steps of each world's episode so far. Shape (N,)."""
        self.offset = torch.zeros((self.num_worlds, 2), device=self.device)
        """How far each world's reference is moved in the plane, metres. Shape (N, 2)."""
        self.starts = Starts(self.library, self.skeleton, worlds.model, config, self.num_worlds, self.max_steps)
        """Where episodes begin, and what it learns from them."""
        self.placed = PlacedReference(self.library, self.ground)
        """Where the reference is in each world."""
        self._redraw = Redraw(worlds, self.starts, self.skeleton.root, config.asi.redraws)
        self.shaping = Shaping(
            self.library, self.skeleton, worlds.model, config, physics.control_hz, self.num_worlds, self.ground
        )
        """What training adds to the task."""
        travel = Travel(self.library)
        if isinstance(worlds, WithObjects):
            worlds.travel = travel.angle()
            worlds.floor = None if self.ground is None else self.ground.surface.at
        task = None if environment is None else environment.task
        self.task = ObjectTask(worlds, travel, task) if task is not None else None
        """What is to be done with an object beside the imitation; None: nothing."""
        self.observer = Observer(self.library, self.skeleton, config, physics.control_hz, self.ground, self.task)
        """What the policy sees."""
        randomisation = RandomisationConfig() if environment is None else environment.randomisation
        self.disturbances = Disturbances(worlds, randomisation, self.skeleton.root, physics.control_hz, self.generator)
        """What makes worlds and episodes differ."""
        self._pool: StartPool | None = None
        self._ring: StartRing | None = None
        if auto_reset and self.starts.prepared and worlds.asynchronous:
            self._ring = StartRing(worlds.spawn(self.num_worlds), self._draw_starts, self._observe_starts)
        elif auto_reset and self.starts.prepared:
            self._pool = StartPool(worlds.spawn(min(POOL, self.num_worlds)), self._draw_starts, self._observe_starts)
        self._return = torch.zeros(self.num_worlds, device=self.device)
        self._everyone = torch.arange(self.num_worlds, device=self.device)
        self._rewards, self._terminations = REWARDS.terms(config.rewards), TERMINATIONS.terms(config.terminations)
        self._last_action = torch.zeros(self.num_worlds, worlds.model.nu, device=self.device)
        self.action_size = worlds.model.nu
        self.observation_size = self.reset().shape[1]

    @property
    def moment(self) -> Tensor:
        """Clip and frame that each world should be in. Shape (N, 2), int64."""
        return self.library.later(self.start, self.elapsed * self.library.stride)

    @property
    def frame(self) -> ReferenceFrame:
        """Where each world's reference is now: what it should look like."""
        return self.placed.frame(self.moment, self.offset)

    def clip_steps(self, start: Tensor) -> Tensor:
        """Control steps from starts to the end of the clip, or to the time limit of a cyclic one. Shape (N,).

        ``start``: moments (N, 2), or frames of the first clip (N,).
        """
        return self.library.steps_left(self._moments(start), self.max_steps)

    def _moments(self, start: Tensor) -> Tensor:
        return self.library.moments(start) if start.ndim == 1 else start

    @torch.no_grad()
    def reset(self, ids: Tensor | None = None, start: Tensor | None = None) -> Tensor:
        """Begin new episodes in worlds ``ids`` (all where None), at ``start``: moments (K, 2), or frames of the first clip (K,);
        drawn as configured where None.

        Returns their observations, shape (K, observation_size).
        """
        ids = self._everyone if ids is None else ids
        adaptive = self.starts.asi if start is None else None
        start = self.starts.moments(len(ids), self.generator) if start is None else self._moments(start)
        offset = self.placed.starts(start, self.generator)
        frame = self.placed.frame(start, offset)
        if adaptive is None:
            qpos = self.starts.disturbed(frame.qpos, self.generator)
        else:
            qpos = self.starts.poses(ids, start, frame.qpos, self.generator)
        qvel = self._disturbed_velocity(frame.qvel)
        reset.place(self.worlds, ids, qpos, qvel)
        if adaptive is not None:
            distance = self.shaping.termination_distance
            self._redraw.failures(adaptive, ids, start, frame, qvel, distance, self.generator)
        elif self.starts.asi is not None:
            self.starts.asi.leave(ids)
        self.start[ids], self.elapsed[ids], self._return[ids], self.offset[ids] = start, 0, 0.0, offset
        begun = torch.zeros(self.num_worlds, dtype=torch.bool, device=self.device)
        begun[ids] = True
        self.disturbances.begin(begun)
        return self._sense(self.observer.observe(self.worlds, frame, ids), ids)

    @torch.no_grad()
    def step(self, action: Tensor) -> Step:
        """One control step (1/30 s) of every world. Shape (N, action_size)."""
        worlds, config, skeleton = self.worlds, self.config, self.skeleton
        frame = self.placed.frame(self.library.later(self.moment, self.library.stride), self.offset)
        residual = config.targets == "residual"
        base = frame.servo if residual else torch.zeros_like(frame.servo)
        self.shaping.before_step(worlds.qvel)
        late = self.disturbances.before_step()
        worlds.step(servo_targets(action, base, worlds.qpos.float(), config.action_scale, skeleton), late)
        self.elapsed += 1
        com = worlds.subtree_com[:, skeleton.root]
        root = worlds.xpos[:, skeleton.root]
        if config.max_reference_distance is not None:
            frame = self.placed.wait(frame, root, self.offset, config.max_reference_distance)
        ended_by = {
            "diverged": worlds.diverged.clone(),
            "fall": fallen(worlds.ground_contact, frame.may_touch),
            "strayed": strayed(root, com, frame.qpos[:, :3], frame.com, self.shaping.termination_distance),
        }
        if config.pose_termination is not None:
            ended_by["pose"] = self.shaping.strayed(worlds, frame.moment)
        if self.task is not None:
            ended_by["object_lost"] = self.task.lost(worlds, frame, root)
        view = self._view(frame, action)
        if view is not None:
            ended_by |= {term.name: self._checked(term, term(view)).bool() for term in self._terminations}
        failed = reduce(torch.logical_or, ended_by.values())
        cyclic = self.library.cyclic_at(self.start)
        over = self.elapsed >= self.clip_steps(self.start)
        turn = heading(worlds.xquat[:, skeleton.root])
        terms = self.reward_terms(frame, com, turn).masked_fill(failed[:, None], 0.0)
        rewards = reward.total_reward(terms, config.reward)
        named: dict[str, Tensor] = {}
        rewards = self.shaping.reward(rewards, worlds, frame, action, self.elapsed, named)
        if self.task is not None:
            rewards = self.task.reward(rewards, worlds, frame, named)
        if view is not None:
            for term in self._rewards:
                named[term.name] = self._checked(term, term(view))
                rewards = rewards + term.weight * named[term.name]
        rewards = rewards.masked_fill(failed, 0.0)
        self._return += rewards
        observed = self._sense(self.observer.observe(worlds, frame, turn=turn))
        ended = failed | over
        diverged = ended_by["diverged"]
        episode_return, episode_length = self._return.clone(), self.elapsed.clone()
        self.starts.after_step(rewards, failed, ended, frame.moment)
        ids = None if self.worlds.asynchronous else ended.nonzero().squeeze(1)
        final = observed if ids is None else observed[ids]
        if self.auto_reset:
            observed = self._begin_anew(ended, ids, observed)
        return Step(
            observation=observed,
            reward=rewards,
            terms=terms,
            named={name: value.masked_fill(failed, 0.0) for name, value in named.items()},
            ended_by=ended_by,
            failed=failed,
            completed=over & ~failed & ~cyclic,
            timed_out=over & ~failed & cyclic,
            diverged=diverged,
            final_observation=final,
            final_worlds=ids,
            episode_return=episode_return,
            episode_length=episode_length,
        )

    @property
    def named_rewards(self) -> tuple[str, ...]:
        """Reward terms besides DeepMimic's that are trained on: the keys of ``Step.named``."""
        goal = (GOAL,) if self.task is not None and self.task.aims else ()
        return (*self.shaping.names, *goal, *(term.name for term in self._rewards))

    @property
    def terminations(self) -> tuple[str, ...]:
        """Early terminations that are looked for: the keys of ``Step.ended_by``."""
        asked = {"pose": self.config.pose_termination is not None, "object_lost": self.task is not None}
        return (*(name for name in ENDS if asked.get(name, True)), *(term.name for term in self._terminations))

    def _view(self, frame: ReferenceFrame, action: Tensor) -> View | None:
        """What added rewards and terminations see of this control step; None where there are none."""
        if not (self._rewards or self._terminations):
            return None
        before = self._last_action.masked_fill((self.elapsed <= 1)[:, None], 0.0)
        self._last_action.copy_(action)
        return View(
            self.worlds,
            slice(None),
            frame,
            self.skeleton,
            self.ground,
            self.control_hz,
            action=action,
            last_action=before,
        )

    def _checked(self, term: Term, value: Tensor) -> Tensor:
        """What an added term gave. Raises SfvError where that is not one number for each world."""
        if value.shape != (self.num_worlds,):
            raise SfvError(
                f"the term {term.name} gives shape {tuple(value.shape)}; one number is needed for each of {self.num_worlds} worlds"
            )
        return value

    def save_state(self) -> dict[str, Tensor]:
        """Copies of all that the next steps depend on, random numbers included."""
        own = {
            "start": self.start,
            "elapsed": self.elapsed,
            "offset": self.offset,
            "return": self._return,
            "generator": self.generator.get_state(),
        }
        own |= self._options() | {f"disturbances.{name}": value for name, value in self.disturbances.state().items()}
        if self._store is not None:
            own |= {f"pool.{name}": value for name, value in self._store.state().items()}
        return {name: value.clone() for name, value in (own | self.worlds.save_state()).items()}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Return to what ``save_state`` gave."""
        self.worlds.load_state(state)
        self.start.copy_(state["start"])
        self.elapsed.copy_(state["elapsed"])
        self.offset.copy_(state["offset"])
        self._return.copy_(state["return"])
        self.generator.set_state(state["generator"])
        for name, tensor in self._options().items():
            tensor.copy_(state[name])
        for name, tensor in self.disturbances.state().items():
            tensor.copy_(state[f"disturbances.{name}"])
        self.disturbances.loaded()
        if self._store is not None:
            self._store.load({name: state[f"pool.{name}"] for name in self._store.state()})

    def set_progress(self, share: float) -> None:
        """Tell how much of the training is done, in [0, 1]: a termination curriculum follows it."""
        self.shaping.set_progress(share)

    def _options(self) -> dict[str, Tensor]:
        """What the options in use carry from step to step, by name; the tensors themselves."""
        parts = {"starts": self.starts.state(), "shaping": self.shaping.state()}
        if self._rewards or self._terminations:
            parts["terms"] = {"last_action": self._last_action}
        return {f"{part}.{name}": value for part, tensors in parts.items() for name, value in tensors.items()}

    @property
    def _store(self) -> StartPool | StartRing | None:
        """Where starts are kept that were made beforehand."""
        return self._ring or self._pool

    def _begin_anew(self, ended: Tensor, ids: Tensor | None, observed: Tensor) -> Tensor:
        """Begin new episodes where they ``ended`` (N,), bool, in worlds ``ids`` where these are known; what is seen then in all
        worlds, (N, O), written into ``observed`` where they are.
        """
        if self._ring is not None:
            moments, offsets, first = self._ring.begin(self.worlds, ended)
            self.start.copy_(torch.where(ended[:, None], moments, self.start))
            self.offset.copy_(torch.where(ended[:, None], offsets, self.offset))
            self.elapsed.masked_fill_(ended, 0)
            self._return.masked_fill_(ended, 0.0)
            self.disturbances.begin(ended)
            return torch.where(ended[:, None], self._sense(first), observed)
        ids = ended.nonzero().squeeze(1) if ids is None else ids
        if len(ids) == 0:
            return observed
        if self.worlds.asynchronous:
            observed = observed.clone()  # the other one is what was seen before
        if self._pool is None:
            observed[ids] = self.reset(ids)
        else:
            self.start[ids], self.offset[ids], first = self._pool.begin(self.worlds, ids)
            self.elapsed[ids], self._return[ids] = 0, 0.0
            self.disturbances.begin(ended)
            observed[ids] = self._sense(first, ids)
        return observed

    def _sense(self, observation: Tensor, ids: Tensor | None = None) -> Tensor:
        """Observations (K, O) as the senses of worlds ``ids`` (all where None) give them; the clock is never noisy."""
        return self.disturbances.sense(observation, self.observer.clock, observation.shape[1], ids)

    def _draw_starts(self, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Moments (count, 2), offsets (count, 2), poses (count, nq) and velocities (count, nv) of starts that depend on
        nothing learned."""
        start = self.starts.moments(count, self.generator)
        offset = self.placed.starts(start, self.generator)
        frame = self.placed.frame(start, offset)
        return start, offset, self.starts.disturbed(frame.qpos, self.generator), self._disturbed_velocity(frame.qvel)

    def _observe_starts(self, worlds: Worlds, start: Tensor, offset: Tensor) -> Tensor:
        """What is seen in all ``worlds``, which begin at moments ``start`` (P, 2) moved by ``offset`` (P, 2)."""
        return self.observer.observe(worlds, self.placed.frame(start, offset))

    def _disturbed_velocity(self, qvel: Tensor) -> Tensor:
        """Velocities (K, nv) with the configured start noise."""
        scale, speed = self.config.start_velocity_noise, self.config.start_push_speed
        qvel = reset.add_velocity_noise(qvel, scale, self.generator) if scale > 0 else qvel
        return reset.add_push(qvel, speed, self.generator) if speed > 0 else qvel

    def reward_terms(self, frame: ReferenceFrame, com: Tensor, turn: Heading) -> Tensor:
        """DeepMimic's unweighted terms against ``frame``, of centres of mass ``com`` (N, 3) and headings. Shape (N, 4)."""
        worlds, skeleton = self.worlds, self.skeleton
        qpos = worlds.qpos.float()
        hands_and_feet = worlds.xpos[:, skeleton.end_effectors]
        if self.ground is not None:
            hands_and_feet = self.ground.above(hands_and_feet)
        ends = end_effectors_in_heading(hands_and_feet, qpos[:, :3], turn)
        return reward.reward_terms(
            reward.pose_error(qpos, frame.qpos, skeleton),
            reward.velocity_error(worlds.qvel.float(), frame.qvel, skeleton),
            reward.end_effector_error(ends, frame.end_effectors),
            reward.com_error(com, frame.com),
            self.config.reward,
        )


def make_imitation_worlds(
    clip: Clip | Sequence[Clip],
    character: Character,
    environment: Environment,
    physics: PhysicsConfig,
    config: ImitationConfig,
    num_worlds: int,
    threads: int = 0,
    seed: int = 0,
    auto_reset: bool = True,
    device: str = "cpu",
    build: BuildModel = build_model,
) -> ImitationWorlds:
    """Build the model, its worlds on CPU threads (0: one a core) or on a GPU, and the task on them. Raises DeviceError.

    ``build`` stands in for ``build_model``, as in ``make_character_worlds``.
    """
    worlds = make_character_worlds(character, environment, physics, num_worlds, device, threads, build)
    return ImitationWorlds(worlds, clip, character, physics, config, seed, auto_reset, environment)
