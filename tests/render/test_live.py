"""The live loop with a window that is only pretended."""

from contextlib import nullcontext

import mujoco
import numpy as np
import pytest

from sfv.draw.arrows import CONTACT_RGBA
from sfv.draw.scene import GHOST_RGBA
from sfv.errors import SfvError
from sfv.motion.cycle import heading_of
from sfv.render.config import LiveConfig, RenderConfig
from sfv.skills.config import PlayConfig
from sfv.skills.player import Player
from sfv.view.character_show import PolicyShow, PosesShow
from sfv.view.live import BACKSPACE, ENTER, LEFT, SPACE, UP, F, Live
from sfv.view.pace import Pace

SMALL = RenderConfig(height=64, world_width=64, samples=0, shadows=False)
GEOMS = 2000


class FakeViewer:
    """Does with the data what MuJoCo's passive viewer does; ``script`` maps a frame to what the user does before it."""

    def __init__(self, script=None, frames=10_000):
        self.script, self.frames, self.closed = script or {}, frames, False
        self.qpos, self.ghosts, self.arrows, self.texts = [], [], [], []

    def launch(self, model, data, on_key):
        self.model, self.data, self.on_key = model, data, on_key
        self.cam, self.opt, self.perturb = mujoco.MjvCamera(), mujoco.MjvOption(), mujoco.MjvPerturb()
        self.user_scn = mujoco.MjvScene(model, GEOMS)
        return self

    def lock(self):
        return nullcontext()

    def is_running(self):
        return not self.closed and len(self.qpos) < self.frames

    def set_texts(self, texts):
        self.texts.append("\n".join(text for _, _, text, _ in texts))

    def sync(self):
        self.data.xfrc_applied[:] = 0.0
        mujoco.mjv_applyPerturbForce(self.model, self.data, self.perturb)
        self.qpos.append(self.data.qpos.copy())
        geoms = self.user_scn.geoms[: self.user_scn.ngeom]
        self.ghosts.append(sum(bool(np.allclose(geom.rgba, GHOST_RGBA)) for geom in geoms))
        self.arrows.append(sum(bool(np.allclose(geom.rgba, CONTACT_RGBA)) for geom in geoms))
        for act in self.script.get(len(self.qpos), ()):
            act(self)

    def close(self):
        self.closed = True


def press(key):
    return lambda viewer: viewer.on_key(key)


class FakeClock:
    """Time that passes only in sleep, and by ``work`` at every look."""

    def __init__(self, work=0.0):
        self.now, self.work, self.slept = 100.0, work, []

    def __call__(self):
        self.now += self.work
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def at_once(hz=30.0):
    clock = FakeClock()
    return Pace(hz, clock, clock.sleep)


def watch(show, script=None, seconds=None, frames=10_000, **options):
    viewer = FakeViewer(script, frames)
    steps = Live(show, launch=viewer.launch, **options).run(seconds, at_once())
    return viewer, steps


@pytest.fixture
def player(tiny_run):
    return Player(tiny_run, PlayConfig(fall_seconds=0.1))


def test_shows_what_the_player_plays_and_follows_it(tiny_run, player):
    viewer, steps = watch(PolicyShow(player, SMALL), seconds=0.3)
    assert (steps, viewer.closed) == (9, True)
    other = Player(tiny_run)
    for pose in viewer.qpos:
        other.step()
        np.testing.assert_allclose(pose, other.qpos, atol=1e-9)
    assert viewer.cam.type == mujoco.mjtCamera.mjCAMERA_TRACKING
    assert viewer.cam.trackbodyid == viewer.model.body("root").id
    assert "humanoid: walk" in viewer.texts[-1]


def test_ends_when_the_window_is_closed(player):
    viewer, steps = watch(PolicyShow(player, SMALL), frames=4)
    assert (steps, viewer.closed) == (4, True)


def test_the_window_is_closed_when_the_show_breaks(player):
    class BrokenShow(PolicyShow):
        def step(self, push):
            raise SfvError("broken")

    viewer = FakeViewer()
    live = Live(BrokenShow(player, SMALL), launch=viewer.launch)
    with pytest.raises(SfvError, match="broken"):
        live.run(1.0, at_once())
    assert viewer.closed


def test_starts_over_after_a_fall(player):
    shove = {3: [lambda viewer: press(LEFT)(viewer)]}
    viewer, _ = watch(PolicyShow(player, SMALL), shove, seconds=2.0, config=LiveConfig(push_newtons=5000.0))
    assert player.falls >= 1
    assert player.episode >= 2
    assert any("fallen" in text for text in viewer.texts)


def test_keys_pause_start_over_and_show_the_reference(player):
    script = {5: [press(SPACE)], 9: [press(SPACE)], 12: [press(BACKSPACE)], 15: [press(ENTER)], 18: [press(ENTER)]}
    viewer, steps = watch(PolicyShow(player, SMALL), script, frames=20, look=RenderConfig(ghost="none"))
    assert steps == 20 - 4
    assert all(np.array_equal(viewer.qpos[4], pose) for pose in viewer.qpos[5:9])
    assert all("paused" in text for text in viewer.texts[5:9])
    np.testing.assert_allclose(viewer.qpos[12], viewer.qpos[0], atol=1e-9)  # the first step after the start
    own = viewer.model.ngeom - 1  # all but the ground
    assert viewer.ghosts == [0] * 15 + [own] * 3 + [0] * 2


def test_contact_forces_are_there_until_a_key_hides_them(player):
    viewer, _ = watch(PolicyShow(player, SMALL), {3: [press(F)], 6: [press(F)]}, frames=8)
    assert min(viewer.arrows[:3]) >= 2  # a foot stands: a dot and an arrow at least
    assert viewer.arrows[3:6] == [0] * 3
    assert viewer.arrows[6] >= 2
    assert "F: contact forces" in viewer.texts[0]


def test_the_reference_stands_to_the_right_of_the_first_view(walk_clip, humanoid):
    places = {}
    for where in ("beside", "inside"):
        show = PosesShow(walk_clip.qpos, walk_clip.fps, humanoid, SMALL, "walk", walk_clip.qpos)
        viewer, _ = watch(show, frames=1, look=RenderConfig(ghost=where))
        geoms = viewer.user_scn.geoms[: viewer.user_scn.ngeom]
        places[where] = np.mean([geom.pos for geom in geoms], axis=0)
    azimuth = np.radians(viewer.cam.azimuth)
    apart = places["beside"] - places["inside"]
    assert 1.0 < apart @ [np.sin(azimuth), -np.cos(azimuth), 0.0] < 2.0
    assert abs(apart @ [np.cos(azimuth), np.sin(azimuth), 0.0]) < 1e-6


def test_an_arrow_pushes_for_a_moment_where_the_character_faces(tiny_run):
    calm, pushed = Player(tiny_run), Player(tiny_run)
    watch(PolicyShow(calm, SMALL), seconds=0.2)
    config = LiveConfig(push_newtons=300.0, push_seconds=0.1)
    viewer, _ = watch(PolicyShow(pushed, SMALL), {1: [press(UP)]}, seconds=0.2, config=config)
    gain = pushed.qvel[:2] - calm.qvel[:2]
    yaw = heading_of(viewer.qpos[0][3:7])
    assert gain @ [np.cos(yaw), np.sin(yaw)] > 0.2


def test_the_mouse_pulls_through_the_same_physics(tiny_run):
    calm, pulled = Player(tiny_run), Player(tiny_run)
    watch(PolicyShow(calm, SMALL), seconds=0.2)

    def grab(viewer):
        viewer.perturb.select, viewer.perturb.active = 1, int(mujoco.mjtPertBit.mjPERT_TRANSLATE)
        viewer.perturb.localmass, viewer.perturb.scale = 10.0, 1.0
        viewer.perturb.refselpos[:] = viewer.data.xpos[1] + [0.0, 0.8, 0.0]

    watch(PolicyShow(pulled, SMALL), {1: [grab]}, seconds=0.2)
    assert pulled.qvel[1] > calm.qvel[1] + 0.3


def test_poses_are_played_over_and_over_beside_their_reference(walk_clip, humanoid):
    reference = walk_clip.qpos + np.eye(walk_clip.qpos.shape[1])[1]
    show = PosesShow(walk_clip.qpos, walk_clip.fps, humanoid, SMALL, "walk", reference)
    viewer, _ = watch(show, seconds=3.0)
    assert np.array_equal(viewer.qpos[0], walk_clip.qpos[1])
    hold = round(0.7 * walk_clip.fps)
    again = len(walk_clip) + hold - 1
    assert np.array_equal(viewer.qpos[again], walk_clip.qpos[0])
    assert min(viewer.ghosts) == viewer.model.ngeom - 1
    assert "push" not in viewer.texts[0]


def test_a_cyclic_clip_walks_on(walk_clip, humanoid):
    viewer, _ = watch(PosesShow.of_clip(walk_clip, humanoid, SMALL), seconds=4.0)
    places = np.array([pose[0] for pose in viewer.qpos])
    assert places[-1] > 2.5 * (walk_clip.qpos[-1, 0] - walk_clip.qpos[0, 0])
    assert not any(viewer.ghosts)


def test_poses_of_another_character_are_refused(humanoid):
    with pytest.raises(SfvError, match="do not belong to character 'humanoid'"):
        PosesShow(np.zeros((5, 9)), 30.0, humanoid, SMALL)


def test_speed_must_be_positive():
    with pytest.raises(SfvError, match="speed must be above 0"):
        LiveConfig(speed=0.0)
