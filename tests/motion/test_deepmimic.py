"""DeepMimic's motion files."""

import json
import lzma

import mujoco
import numpy as np
import pytest

from sfv.assets import fetch
from sfv.character import load_character
from sfv.errors import FileFormatError, SfvError
from sfv.motion.cycle import repeat_cycle
from sfv.motion.deepmimic import JOINTS, NUMBERS, read_deepmimic
from sfv.motion.ground import lowest_points


@pytest.fixture(scope="module")
def model() -> mujoco.MjModel:
    return load_character("humanoid").spec().compile()


@pytest.mark.parametrize(("name", "cyclic"), [("walk", True), ("run", True), ("backflip", False), ("kick", False)])
def test_clips_stand_on_the_ground_with_unit_continuous_quaternions(name, cyclic, model):
    clip = read_deepmimic(fetch(f"humanoid3d_{name}"))
    assert clip.cyclic is cyclic
    assert clip.name == name
    clip.check_character("humanoid", tuple(model.joint(i).name for i in range(1, model.njnt)))
    lowest = lowest_points(model, clip.qpos).min(1)
    assert lowest.min() > -1e-9
    assert np.quantile(lowest, 0.1) < 0.01
    np.testing.assert_allclose(np.linalg.norm(clip.qpos[:, 3:7], axis=1), 1, atol=1e-9)
    assert ((clip.qpos[1:, 3:7] * clip.qpos[:-1, 3:7]).sum(1) > 0).all()


def test_walk_goes_forward_upright_with_bent_knees(model):
    clip = read_deepmimic(fetch("humanoid3d_walk"))
    way = clip.qpos[-1, :3] - clip.qpos[0, :3]
    assert 0.8 < way[0] / clip.seconds < 1.4  # m/s
    assert abs(way[1]) < 0.05
    knee = clip.qpos[:, model.joint("right_knee").qposadr[0]]
    elbow = clip.qpos[:, model.joint("right_elbow").qposadr[0]]
    assert knee.min() < -0.9  # swings
    assert knee.max() < 0.05  # and never bends forward
    assert elbow.min() > -0.05
    data = mujoco.MjData(model)
    data.qpos[:] = clip.qpos[0]
    mujoco.mj_kinematics(model, data)
    assert data.geom("head").xpos[2] > 1.3


def test_walk_has_no_spike_at_its_seam(model):
    clip = read_deepmimic(fetch("humanoid3d_walk"))
    np.testing.assert_allclose(clip.qpos[-1, 2], clip.qpos[0, 2], atol=1e-9)
    np.testing.assert_allclose(clip.qpos[-1, 7:], clip.qpos[0, 7:], atol=1e-9)
    qpos = repeat_cycle(clip.qpos, 2)
    velocity = np.zeros((len(qpos) - 1, model.nv))
    for frame in range(len(velocity)):
        mujoco.mj_differentiatePos(model, velocity[frame], 1 / clip.fps, qpos[frame], qpos[frame + 1])
    change = np.abs(np.diff(velocity, axis=0)).max(1)
    seam = len(clip) - 1
    assert change[seam - 2 : seam + 2].max() < 1.5 * np.median(change)


def test_joints_take_the_models_order_not_the_files(model):
    clip = read_deepmimic(fetch("humanoid3d_walk"))
    assert clip.joints != JOINTS
    assert sorted(clip.joints) == sorted(JOINTS)


def write(path, frames, **extra):
    path.write_text(json.dumps({"Loop": "wrap", "Frames": frames, **extra}))
    return path


def standing(seconds: float) -> list[float]:
    frame = [seconds, 0, 0.9, 0, 1, 0, 0, 0]
    return frame + [
        value for joint in JOINTS for value in ([0.0] if joint.endswith(("knee", "elbow")) else [2.0, 0, 0, 0])
    ]


def test_y_up_becomes_z_up_and_quaternions_are_normalised(tmp_path):
    frames = [standing(0.1), standing(0.1), standing(0.0)]
    for frame, x in zip(frames, (0.0, 0.1, 0.2)):
        frame[1:8] = [x, 0.9, 0.3, np.cos(0.25), 0.0, np.sin(0.25), 0.0]  # half a radian about the file's vertical axis
    clip = read_deepmimic(write(tmp_path / "humanoid3d_stand.txt", frames))
    assert clip.fps == 30
    assert clip.seconds == pytest.approx(0.2)
    np.testing.assert_allclose(clip.qpos[:, 1], -0.3)
    np.testing.assert_allclose(clip.qpos[0, 3:7], [np.cos(0.25), 0, 0, np.sin(0.25)], atol=1e-12)
    np.testing.assert_allclose(clip.qpos[0, 7:11], [1, 0, 0, 0])


def test_compressed_files_and_fast_ones_are_read(tmp_path):
    frames = [standing(1 / 120) for _ in range(13)]
    path = tmp_path / "humanoid3d_jog.txt.xz"
    path.write_bytes(lzma.compress(json.dumps({"Frames": frames}).encode()))
    clip = read_deepmimic(path)
    assert (clip.name, clip.cyclic, clip.fps, len(clip)) == ("jog", True, 60.0, 7)
    assert read_deepmimic(path, cyclic=False).cyclic is False


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("not json", "is text, which is not read here; read are: DeepMimic"),
        ('{"Loop": "wrap"}', "Frames"),
        (json.dumps({"Frames": [[0.1] * 10] * 3}), str(NUMBERS)),
        (json.dumps({"Frames": [[0.0] * NUMBERS] * 3}), "durations must be positive"),
        (json.dumps({"Frames": [[0.1] + [0.0] * (NUMBERS - 1)] * 3}), "quaternion"),
    ],
)
def test_bad_files_are_refused_in_words(tmp_path, content, words):
    path = tmp_path / "humanoid3d_bad.txt"
    path.write_text(content)
    with pytest.raises(FileFormatError, match=words):
        read_deepmimic(path)
    with pytest.raises(FileFormatError, match="does not exist"):
        read_deepmimic(tmp_path / "absent.txt")


def test_a_character_with_other_joints_is_refused(tmp_path):
    source = load_character("humanoid").folder
    folder = tmp_path / "armless"
    folder.mkdir()
    for name in ("humanoid.xml", "character.toml"):
        (folder / name).write_text((source / name).read_text().replace("right_elbow", "right_bend"))
    with pytest.raises(SfvError, match="does not have the joints of DeepMimic"):
        read_deepmimic(fetch("humanoid3d_walk"), str(folder))
