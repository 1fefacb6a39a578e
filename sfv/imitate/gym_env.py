"""Gymnasium environment sfv/Imitation-v0: the imitation task on one world."""

import time
from pathlib import Path
from typing import Any

import gymnasium
import mujoco
import numpy as np
import torch
from gymnasium import logger
from gymnasium.error import ResetNeeded

from sfv.character import Character, load_character
from sfv.draw.look import PlainLook
from sfv.draw.scene import stage
from sfv.draw.window import Viewer, open_window
from sfv.environment import Environment, load_environment
from sfv.errors import SfvError
from sfv.imitate.actions import checked_action
from sfv.imitate.config import ImitationConfig
from sfv.imitate.picture import WorldPicture
from sfv.imitate.step import Step
from sfv.imitate.term_names import DEEPMIMIC
from sfv.imitate.vec_env import action_space, observation_space
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.motion.clip import Clip
from sfv.physics.config import PhysicsConfig
from sfv.retarget.captured import named_clip

_MODES = ("human", "rgb_array")


class ImitationEnv(gymnasium.Env[np.ndarray, np.ndarray]):
    """Imitate one clip with one character (Peng et al., DeepMimic, SIGGRAPH 2018), 30 control steps a second.

    ``gym.make("sfv/Imitation-v0", clip="clip.npz", character="humanoid", env="flat")``; ``clip`` is the path of a
    clip.npz, the name of a motion-capture clip (``walk`` or ``humanoid3d_walk``, carried over to the character), or a ``Clip``.

    ## Action space
    ``Box(-10, 10, (nu,))``, one number for each servo in the order of the model's actuators.

    | index | action | unit |
    |---|---|---|
    | i | target of servo i | 0.5 rad (``ImitationConfig.action_scale``) |

    Targets are relative to the next reference pose (residual targets) or to the zero pose (absolute ones). A ball joint has
    three servos, one for each component of its rotation vector.

    ## Observation space
    ``Box(-inf, inf, (p + 1 + 15 B + r + o,))`` for B bodies; all vectors in the root's heading frame (turned about the vertical only).

    | block | numbers | unit |
    |---|---|---|
    | phase: sine and cosine of the cycle; of other clips the share that has passed | p = 2; 1 | |
    | or, with ``clip_view="targets"``, roots and joints to come, for each of ``target_seconds`` | p = 9 + nv - 6 | m, 1, rad |
    | height of the root above the ground | 1 | m |
    | for each body: position of its origin relative to the root | 3 | m |
    | for each body: rotation, first two columns of its matrix | 6 | |
    | for each body: linear velocity of its origin | 3 | m/s |
    | for each body: angular velocity | 3 | rad/s |
    | way to the reference's root: position, rotation vector (``observe_reference``) | r = 6; 0 | m, rad |
    | object of the environment's [task]: way to it, rotation, velocity, spin, as of a body | o = 15; 0 | m, m/s, rad/s |

    ## Reward
    .65 pose + .10 velocity + .15 end effectors + .10 centre of mass, see ``sfv.imitate.rewards.deepmimic``; 0 when the episode fails.
    ``info`` holds the four unweighted terms. In an environment with a [task] it is mixed with the goal of that, see
    ``sfv.imitate.rewards.object_task``.

    ## Episode end
    Terminated: a body that must not touch the ground does, the root or the centre of mass is more than 1 m from the
    reference's, the object of a [task] was left behind, the physics diverged (``info["diverged"]``), or a clip that is not
    cyclic is over (``info["completed"]``).
    Truncated: ``episode_seconds`` of a cyclic clip are over.

    ## Start
    A random time of the clip (reference state initialisation); ``options={"start": seconds}`` chooses it. Without a seed every
    environment starts differently; with one (``reset(seed=...)``) everything repeats.

    ## Pictures
    ``render_mode="rgb_array"``: ``render()`` gives the character from the side, (480, 480, 3), also without a display.
    ``render_mode="human"``: a window, in real time; where none can be opened, making the environment says why.

    ## Version history
    v0: first release.
    """

    metadata: dict[str, Any] = {"render_modes": list(_MODES), "render_fps": 30}  # noqa: RUF012  # gymnasium declares it so

    def __init__(
        self,
        clip: Clip | Path | str,
        character: Character | Path | str = "humanoid",
        env: Environment | Path | str = "flat",
        config: ImitationConfig | None = None,
        physics: PhysicsConfig | None = None,
        render_mode: str | None = None,
    ) -> None:
        """Make one world.

        Args:
            clip: A clip, the path of a clip.npz, or the name of a motion-capture clip (``walk`` or ``humanoid3d_walk``).
            character: Name of the character, the path of its folder, or the character.
            env: Environment by name (``slope:angle_deg=20``), by the path of its folder, or as it is.
            config: Settings of the task; None is the usual one, with a height map where the environment asks for one.
            physics: Settings of the simulation; None is the usual one with the character's armature.
            render_mode: "rgb_array", "human" or None.

        Raises:
            UnknownNameError: There is no such clip, character or environment.
            SfvError: The clip is another character's.
            WindowError: No window can be opened.
        """
        if render_mode not in (None, *_MODES):
            raise SfvError(f"render_mode '{render_mode}' is unknown; known: {', '.join(_MODES)}")
        own = character if isinstance(character, Character) else load_character(str(character))
        environment = env if isinstance(env, Environment) else load_environment(str(env))
        self.clip = _find_clip(clip, own if isinstance(character, Character) else str(character))
        physics = physics or PhysicsConfig(armature=own.training.armature)
        self.core = make_imitation_worlds(
            self.clip,
            own,
            environment,
            physics,
            config or ImitationConfig(height_map=environment.observation.height_map),
            num_worlds=1,
            threads=1,
            auto_reset=False,
        )
        self.observation_space = observation_space(self.core.observation_size)
        self.action_space = action_space(self.core.action_size)
        # what is sure to work on this machine: checkers of Gymnasium try every mode that an environment declares
        modes = [mode for mode in _MODES if mode in ("rgb_array", render_mode)]
        self.metadata = {"render_modes": modes, "render_fps": round(physics.control_hz)}
        self.render_mode = render_mode
        self._picture: WorldPicture | None = None
        self._window = _Window(self) if render_mode == "human" else None
        self._last: Step | None = None
        self._begun, self._seeded = False, False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode; ``options={"start": seconds}`` at that time of the clip."""
        super().reset(seed=seed)
        if seed is not None:
            self.core.generator.manual_seed(seed)
        elif not self._seeded:  # Gymnasium draws its own generator's seed from the operating system
            self.core.generator.manual_seed(int(self.np_random.integers(2**63)))
        self._seeded = True
        start = None
        if options and "start" in options:
            reference = self.core.library.clips[0]
            last = reference.length - 1 - (0 if reference.cyclic else reference.stride)
            try:
                frame = round(float(options["start"]) * reference.hz)
            except (TypeError, ValueError, OverflowError):
                frame = -1
            if not 0 <= frame <= last:
                raise SfvError(
                    f"start must lie between 0 and {last / reference.hz:.2f} s of the clip, got {options['start']}"
                )
            start = torch.tensor([frame])
        observation = self.core.reset(start=start)[0].numpy()
        self._last, self._begun = None, True
        self._show()
        return observation, {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One control step of 1/30 s. After the end of an episode nothing moves any more until ``reset``.

        Raises SfvError for an action of another shape, Gymnasium's ResetNeeded before the first ``reset``.
        """
        checked = checked_action(action, self.action_space.shape or ())
        if not self._begun:
            raise ResetNeeded("call reset() before step(): there is no episode yet")
        step, again = self._last, self._last is not None and bool(self._last.ended[0])
        if step is None or not again:
            step = self._last = self.core.step(torch.from_numpy(checked)[None])
            self._show()
        else:
            logger.warn("step() after the end of an episode: call reset() first; nothing moves and nothing is earned")
        terms = torch.zeros_like(step.terms[0]) if again else step.terms[0]
        info = dict(zip(DEEPMIMIC, terms.tolist()))
        info |= {"completed": bool(step.completed[0]), "diverged": bool(step.diverged[0])}
        terminated, reward = bool(step.failed[0] | step.completed[0]), 0.0 if again else float(step.reward[0])
        return step.observation[0].numpy(), reward, terminated, bool(step.timed_out[0]), info

    def render(self) -> np.ndarray | None:
        """The character from the side, followed. Shape (480, 480, 3), uint8; None without pictures. Raises RenderError."""
        if self.render_mode != "rgb_array":
            return None
        if self._picture is None:
            self._picture = WorldPicture(self.core)
        return self._picture.draw()

    def close(self) -> None:
        """Free what draws."""
        if self._picture is not None:
            self._picture.close()
            self._picture = None
        if self._window is not None:
            self._window.close()
            self._window = None

    def _show(self) -> None:
        if self._window is not None:
            self._window.show()


class _Window:
    """MuJoCo's viewer on the environment, in real time."""

    def __init__(self, env: ImitationEnv) -> None:
        """Raises WindowError where none can be opened."""
        core = env.core
        self._core, self._pause = core, 1.0 / core.control_hz
        self._model = stage(core.character, PlainLook(), core.environment)
        self._data = mujoco.MjData(self._model)
        self._viewer: Viewer = open_window(self._model, self._data, lambda _: None)
        self._due = time.monotonic()

    def show(self) -> None:
        """Show the world as it is when its time has come; a window that was closed stays closed."""
        if not self._viewer.is_running():
            return
        with self._viewer.lock():
            self._data.qpos[:] = self._core.worlds.qpos[0].double().cpu().numpy()
            mujoco.mj_forward(self._model, self._data)
            self._viewer.cam.lookat[:] = self._data.qpos[:3]
        self._viewer.sync()
        time.sleep(max(self._due - time.monotonic(), 0.0))
        self._due = max(self._due, time.monotonic() - self._pause) + self._pause

    def close(self) -> None:
        """Close the window."""
        self._viewer.close()


def _find_clip(clip: Clip | Path | str, character: Character | str) -> Clip:
    """A clip, from its file, or by its name as one of ``character``. Raises SfvError."""
    if isinstance(clip, Clip):
        return clip
    path = Path(clip).expanduser()
    if path.exists() or path.suffix or len(path.parts) > 1:
        return Clip.load(path)
    return named_clip(str(clip), str(character.folder) if isinstance(character, Character) else character)
