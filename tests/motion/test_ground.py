"""Heights above the ground."""

import mujoco
import numpy as np
import pytest

from sfv.motion.ground import lift_above_ground, lift_residual, lowest_points, smooth_cover

SHAPES = """
<mujoco><worldbody><body><freejoint/>
  <geom type="sphere" size=".1"/> <geom type="capsule" size=".05 .2"/> <geom type="box" size=".1 .2 .3"/>
  <geom type="ellipsoid" size=".1 .2 .3"/> <geom type="cylinder" size=".1 .3"/>
</body></worldbody></mujoco>
"""


def test_lowest_points_agree_with_a_cloud_of_surface_points():
    model = mujoco.MjModel.from_xml_string(SHAPES)
    rng = np.random.default_rng(0)
    quat = rng.normal(size=4)
    qpos = np.array([[0, 0, 1, *(quat / np.linalg.norm(quat))]])
    unit = rng.normal(size=(200_000, 3))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    sides = np.sign(unit)
    around = unit[:, :2] / np.linalg.norm(unit[:, :2], axis=1, keepdims=True)
    clouds = [
        0.1 * unit,
        0.05 * unit + [0, 0, 0.2] * sides,
        sides * [0.1, 0.2, 0.3],
        unit * [0.1, 0.2, 0.3],
        np.concatenate([0.1 * around, 0.3 * sides[:, 2:]], axis=1),
    ]
    rotmat = np.empty(9)
    mujoco.mju_quat2Mat(rotmat, qpos[0, 3:])
    expected = [1 + (cloud @ rotmat.reshape(3, 3)[2]).min() for cloud in clouds]
    np.testing.assert_allclose(lowest_points(model, qpos)[0], expected, atol=2e-4)


def test_mesh_is_measured_by_its_vertices():
    model = mujoco.MjModel.from_xml_string(
        '<mujoco><asset><mesh name="m" vertex="0 0 0 1 0 0 0 1 0 0 0 -2"/></asset>'
        '<worldbody><body><freejoint/><geom type="mesh" mesh="m"/></body></worldbody></mujoco>'
    )
    assert lowest_points(model, np.array([[0, 0, 3, 1, 0, 0, 0.0]])).min() == pytest.approx(1.0)


def ball(heights: list[float]) -> tuple[mujoco.MjModel, np.ndarray]:
    model = mujoco.MjModel.from_xml_string(
        "<mujoco><worldbody><body><freejoint/><geom size='.1'/></body></worldbody></mujoco>"
    )
    return model, np.array([[0, 0, height, 1, 0, 0, 0] for height in heights], dtype=float)


def test_lift_puts_the_clip_on_the_ground_and_nothing_below():
    model, qpos = ball([0.3] * 30 + [0.27] + [0.3] * 30)
    lowest = lowest_points(model, lift_above_ground(model, qpos, cyclic=False)).min(1)
    assert lowest.min() >= -1e-12
    assert np.median(lowest) < 1e-6  # one bad frame does not make the others float


def test_frames_above_the_ground_are_left_alone():
    model, qpos = ball([0.5, 0.4, 0.6])
    np.testing.assert_array_equal(lift_residual(model, qpos, cyclic=False), qpos)


@pytest.mark.parametrize("cyclic", [False, True])
def test_smooth_cover_is_smooth_and_nowhere_below(cyclic):
    need = np.zeros(40)
    need[[0, 20]] = 0.1, 0.2
    cover = smooth_cover(need, 4, cyclic)
    assert (cover >= need - 1e-12).all()
    assert np.abs(np.diff(cover)).max() < 0.06
    assert cover[-1] == pytest.approx(cover[0] if cyclic else 0.0)
