"""The live loop: a show in a window in real time, with keys, pushes, a camera that follows, the reference as a ghost, and forces."""

from collections import deque

import mujoco
import numpy as np

from sfv.draw.arrows import ArrowScale, add_contacts, add_push
from sfv.draw.objects import add_objects
from sfv.draw.scene import add_ghost
from sfv.draw.window import Launch, Viewer, open_window
from sfv.render.config import LiveConfig, RenderConfig
from sfv.render.policy.beside import sideways
from sfv.skills.config import Direction
from sfv.skills.pushes import push_along
from sfv.view.pace import Pace
from sfv.view.show import Show

SPACE, F, ENTER, BACKSPACE, RIGHT, LEFT, DOWN, UP = 32, 70, 257, 259, 262, 263, 264, 265
"""GLFW's codes of the keys."""
_PUSHES: dict[int, Direction] = {UP: "forward", DOWN: "backward", LEFT: "left", RIGHT: "right"}
"""Direction of each arrow's push."""
_KEYS = "Space: pause\nBackspace: start over"
_REFERENCE_KEY = "\nEnter: reference"
_FORCES_KEY = "\nF: contact forces"
_PUSH_KEYS = "\nArrows: push\nDouble click a body, then Ctrl + right drag: pull it"
_SHADOW_METRES = 20.0  # half width of what the shadow map covers: a window shows more ground than a video
_DISTANCE = 2.4  # of the camera, times the character's height
_AZIMUTH_DEG = 120.0  # of the first view, from where the character faces: obliquely from in front


class Live:
    """One show in one window."""

    def __init__(
        self,
        show: Show,
        config: LiveConfig | None = None,
        look: RenderConfig | None = None,
        launch: Launch = open_window,
    ) -> None:
        """Open the window; ``look`` says where the reference stands and whether it and the forces are there from the beginning.

        Raises WindowError where no window can be opened.
        """
        self.show, self.config = show, config or LiveConfig()
        look = look or RenderConfig()
        self.ghost, self.forces, self.paused = look.ghost != "none", look.forces, False
        azimuth = float(np.degrees(show.heading())) + _AZIMUTH_DEG
        self._aside = np.zeros(3) if look.ghost == "inside" else sideways(azimuth, show.tall)
        self._scale = ArrowScale.of(show.model, show.follow, show.tall)
        self._data, self._ghost = mujoco.MjData(show.model), mujoco.MjData(show.model)
        self._push, self._push_steps = np.zeros((show.model.nbody, 6)), 0
        self._help = _KEYS + _REFERENCE_KEY * show.ghost(self._ghost, self._aside)
        self._help += _FORCES_KEY * (show.acting() is not None) + _PUSH_KEYS * show.pushable
        self._keys: deque[int] = deque()  # filled by the window's thread
        self._pose(self._data)
        show.model.vis.map.shadowclip = _SHADOW_METRES
        self.viewer: Viewer = launch(show.model, self._data, self._keys.append)
        with self.viewer.lock():
            camera = self.viewer.cam
            camera.type, camera.trackbodyid = mujoco.mjtCamera.mjCAMERA_TRACKING, show.follow
            camera.distance, camera.elevation = _DISTANCE * show.tall, -12.0
            camera.azimuth = azimuth
            camera.lookat[:] = self._data.xpos[show.follow]

    def run(self, seconds: float | None = None, pace: Pace | None = None) -> int:
        """Go on until the window is closed, or for ``seconds`` of the show; returns the steps that were shown."""
        pace = pace or Pace(self.show.hz * self.config.speed)
        last = None if seconds is None else round(seconds * self.show.hz)
        steps = 0
        try:
            while self.viewer.is_running() and steps != last:
                self._obey_keys()
                if not self.paused:
                    self.show.step(self._pushes())
                    steps += 1
                self._draw()
                pace.wait()
        finally:
            self.viewer.close()
        return steps

    def _obey_keys(self) -> None:
        while self._keys:
            key = self._keys.popleft()
            if key == SPACE:
                self.paused = not self.paused
            elif key == BACKSPACE:
                self.show.restart()
                self._push_steps = 0
            elif key == ENTER:
                self.ghost = not self.ghost
            elif key == F:
                self.forces = not self.forces
            elif key in _PUSHES:
                self._start_push(_PUSHES[key])

    def _start_push(self, direction: Direction) -> None:
        show = self.show
        self._push = push_along(show.model.nbody, show.follow, direction, show.heading(), self.config.push_newtons)
        self._push_steps = max(round(self.config.push_seconds * self.show.hz), 1)

    def _pushes(self) -> np.ndarray:
        """Forces of this step: the mouse's, which the window has left in the data, and an arrow key's."""
        forces = self._data.xfrc_applied.copy()
        if self._push_steps:
            self._push_steps -= 1
            forces += self._push
        return forces

    def _draw(self) -> None:
        with self.viewer.lock():
            self._pose(self._data)
        scene = self.viewer.user_scn
        if scene is not None:
            scene.ngeom = 0
            if self.ghost and self.show.ghost(self._ghost, self._aside):
                mujoco.mj_kinematics(self.show.model, self._ghost)
                add_ghost(self.show.model, self._ghost, scene)
            if (acting := self.show.acting()) is not None:
                add_objects(scene, self.show.objects, acting.objects)
                if self.forces:
                    add_contacts(scene, acting.contacts, self._scale)
            if self._push_steps:
                add_push(scene, self._data.xpos[self.show.follow], self._push[self.show.follow, :3], self._scale)
        place, font = mujoco.mjtGridPos, mujoco.mjtFontScale
        state = "paused\n" if self.paused else ""
        self.viewer.set_texts(
            [
                (font.mjFONTSCALE_150, place.mjGRID_TOPLEFT, state + self.show.words, ""),
                (font.mjFONTSCALE_100, place.mjGRID_BOTTOMLEFT, self._help, ""),
            ]
        )
        self.viewer.sync()

    def _pose(self, data: mujoco.MjData) -> None:
        """Positions and velocities of everything that is drawn or that the mouse's spring asks for; no dynamics."""
        self.show.pose(data)
        model = self.show.model
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_camlight(model, data)
        mujoco.mj_comVel(model, data)
