"""Gymnasium environment sfv/Imitation-v0: the imitation task on one world."""

from pathlib import Path
from typing import Any

import gymnasium
import mujoco
import numpy as np
import torch

from sfv.character import load_character
from sfv.environment import load_environment
from sfv.errors import SfvError
from sfv.imitate.config import ImitationConfig
from sfv.imitate.reward import TERMS
from sfv.imitate.vec_env import action_space, observation_space
from sfv.imitate.worlds_env import make_imitation_worlds
from sfv.motion.clip import Clip
from sfv.physics.config import PhysicsConfig

_SIZE = 480  # pixels of a rendered frame, each way


class ImitationEnv(gymnasium.Env[np.ndarray, np.ndarray]):
    """Imitate one clip with one character (Peng et al., DeepMimic, SIGGRAPH 2018), 30 control steps a second.

    ``gym.make("sfv/Imitation-v0", clip="clip.npz", character="humanoid", env="flat")``; ``clip`` is a path or a ``Clip``.

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
    .65 pose + .10 velocity + .15 end effectors + .10 centre of mass, see ``sfv.imitate.reward``; 0 when the episode fails.
    ``info`` holds the four unweighted terms. In an environment with a [task] it is mixed with the goal of that, see
    ``sfv.imitate.object_task``.

    ## Episode end
    Terminated: a body that must not touch the ground does, the root or the centre of mass is more than 1 m from the
    reference's, the object of a [task] was left behind, the physics diverged (``info["diverged"]``), or a clip that is not
    cyclic is over (``info["completed"]``).
    Truncated: ``episode_seconds`` of a cyclic clip are over.

    ## Start
    A random time of the clip (reference state initialisation); ``options={"start": seconds}`` chooses it.

    ## Version history
    v0: first release.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 30}  # noqa: RUF012  # gymnasium declares it so

    def __init__(
        self,
        clip: Clip | Path | str,
        character: str = "humanoid",
        env: str = "flat",
        config: ImitationConfig | None = None,
        physics: PhysicsConfig | None = None,
        render_mode: str | None = None,
    ) -> None:
        """``config`` None is the usual task, with a height map where the environment asks for one. Raises SfvError for a clip of
        another character or an unknown name."""
        self.clip = clip if isinstance(clip, Clip) else Clip.load(clip)
        physics, environment = physics or PhysicsConfig(), load_environment(env)
        self.core = make_imitation_worlds(
            self.clip,
            load_character(character),
            environment,
            physics,
            config or ImitationConfig(height_map=environment.observation.height_map),
            num_worlds=1,
            threads=1,
            auto_reset=False,
        )
        self.observation_space = observation_space(self.core.observation_size)
        self.action_space = action_space(self.core.action_size)
        if render_mode not in (None, "rgb_array"):
            raise SfvError(f"render_mode '{render_mode}' is unknown; known: rgb_array")
        self.render_mode = render_mode
        self._renderer: Any = None  # a mujoco.Renderer once something was drawn

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        """Begin an episode; ``options={"start": seconds}`` at that time of the clip."""
        super().reset(seed=seed)
        if seed is not None:
            self.core.generator.manual_seed(seed)
        start = None
        if options and "start" in options:
            reference = self.core.reference
            frame = round(float(options["start"]) * reference.hz)
            last = reference.length - 1 - (0 if reference.cyclic else reference.stride)
            if not 0 <= frame <= last:
                raise SfvError(
                    f"start must lie between 0 and {last / reference.hz:.2f} s of the clip, got {options['start']}"
                )
            start = torch.tensor([frame])
        return self.core.reset(start=start)[0].numpy(), {}

    def step(self, action: np.ndarray) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        """One control step of 1/30 s."""
        step = self.core.step(torch.as_tensor(np.asarray(action, dtype=np.float32))[None])
        info = dict(zip(TERMS, step.terms[0].tolist()))
        info |= {"completed": bool(step.completed[0]), "diverged": bool(step.diverged[0])}
        terminated = bool(step.failed[0] | step.completed[0])
        return step.observation[0].numpy(), float(step.reward[0]), terminated, bool(step.timed_out[0]), info

    def render(self) -> np.ndarray | None:
        """The character from the side, following it. Shape (480, 480, 3), uint8; None without a render mode."""
        if self.render_mode is None:
            return None
        model = self.core.worlds.model
        if self._renderer is None:
            self._renderer = mujoco.Renderer(model, _SIZE, _SIZE)
        data = mujoco.MjData(model)
        data.qpos[:] = self.core.worlds.qpos[0].numpy()
        mujoco.mj_forward(model, data)
        camera = mujoco.MjvCamera()
        camera.lookat[:] = (data.qpos[0], data.qpos[1], 0.9)
        camera.distance, camera.azimuth, camera.elevation = 3.0, 90.0, -10.0
        self._renderer.update_scene(data, camera)
        return self._renderer.render()

    def close(self) -> None:
        """Free the renderer."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None
