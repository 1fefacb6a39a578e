"""Fields of clips, motions and keypoints: what cannot be is one sentence, whatever file or caller it comes from."""

import numpy as np
import pytest

from sfv.detect.keypoints import Keypoints
from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.camera import Camera
from sfv.motion.clip import Clip
from sfv.motion.fields import numbers

RATES = [0.0, -30.0, np.nan, np.inf, 1e9, "thirty", np.zeros(3)]


def make_clip() -> Clip:
    qpos = np.tile([0.0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0.3], (7, 1))
    return Clip(qpos, 30.0, "humanoid", ("chest", "knee"), (4, 1), True, "walk", notes=("one",))


def make_motion() -> BodyMotion:
    rng = np.random.default_rng(1)
    camera = Camera(1000.0, np.array([320.0, 240.0]), np.eye(3), np.array([0.0, 0.0, 4.0]), (640, 480))
    return BodyMotion(
        rng.normal(size=(9, 24, 3)), rng.normal(size=(9, 3)), rng.normal(size=10), 25.0, contacts=rng.random((9, 4)),
        confidence=rng.random((9, 24)), camera=camera,
    )  # fmt: skip


def make_keypoints() -> Keypoints:
    rng = np.random.default_rng(2)
    return Keypoints(
        rng.normal(size=(2, 9, 33, 2)), rng.random((2, 9, 33)), rng.normal(size=(2, 9, 33, 3)), 25.0, (640, 480),
        background_px=rng.random(9), cuts=(3,),
    )  # fmt: skip


KINDS = {
    "clip": (make_clip, Clip.load),
    "motion": (make_motion, BodyMotion.load),
    "keypoints": (make_keypoints, Keypoints.load),
}


def changed(tmp_path, kind, **changes):
    """Load a file of ``kind`` in which some arrays were replaced."""
    make, load = KINDS[kind]
    path = tmp_path / f"{kind}.npz"
    make().save(path)
    with np.load(path) as data:
        arrays = {name: data[name] for name in data.files} | changes
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return load(path)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("kind", "key"), [("clip", "fps"), ("motion", "mocap_framerate"), ("keypoints", "fps")])
def test_a_rate_that_is_none_is_refused(tmp_path, kind, key, rate):
    with pytest.raises(FileFormatError, match=rf"{kind}\.npz: .*frame"):
        changed(tmp_path, kind, **{key: np.asarray(rate)})


@pytest.mark.parametrize(
    ("kind", "key", "value", "words"),
    [
        ("clip", "qpos", np.full((7, 12), "a"), "numbers"),
        ("clip", "qpos", np.full((7, 12), 1e300), r"1e\+300"),
        ("clip", "joint_names", np.array(["a", "b", "c"]), r"joint_widths has shape \(2,\)"),
        ("clip", "joint_widths", np.array([3, 1]), "1 and ball joints 4"),
        ("clip", "joint_widths", np.array([4.5, 1]), "1 and ball joints 4"),
        ("clip", "first_frame", np.asarray(-1), "first_frame"),
        ("clip", "cyclic", np.asarray("yes"), "true or false"),
        ("clip", "name", np.asarray("../../outside"), "plain name"),
        ("clip", "character", np.asarray("/somewhere/humanoid"), "plain name"),
        ("motion", "contacts", np.zeros((8, 4)), "contacts"),
        ("motion", "contacts", np.full((9, 4), 7.0), "between 0 and 1"),
        ("motion", "confidence", np.zeros((9, 22)), "confidence"),
        ("motion", "hand_poses", np.zeros((9, 3)), "hand_poses"),
        ("motion", "hand_poses", None, "lacks hand_poses"),
        ("motion", "num_betas", np.asarray(17), "num_betas"),
        ("motion", "poses", np.zeros((9, 66)), "156"),
        ("motion", "camera_rotation", np.ones((3, 3)), "no rotation"),
        ("motion", "camera_focal_px", np.asarray(0.0), "positive"),
        ("motion", "camera_image_size", np.array([0, 480]), "image size"),
        ("keypoints", "world_c", np.zeros((2, 9, 32, 3)), "world_c"),
        ("keypoints", "background_px", np.zeros(8), "background_px"),
        ("keypoints", "landmark_names", np.array(["a"]), "33"),
        ("keypoints", "image_size", np.array([640]), "image_size"),
        ("keypoints", "first_frame", np.asarray(0.5), "first_frame"),
    ],
)  # fmt: skip
def test_fields_that_do_not_fit_are_one_sentence(tmp_path, kind, key, value, words):
    with pytest.raises(FileFormatError, match=words) as caught:
        changed(tmp_path, kind, **{key: value})
    assert f"{kind}.npz" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", list(KINDS))
def test_no_flipped_bit_ends_otherwise_than_in_a_sentence(tmp_path, kind):
    make, load = KINDS[kind]
    path = tmp_path / "whole.npz"
    make().save(path)
    content, rng = path.read_bytes(), np.random.default_rng(3)
    refused = 0
    for _ in range(150):
        damaged = bytearray(content)
        damaged[int(rng.integers(len(damaged)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(damaged))
        try:
            load(path)
        except FileFormatError:
            refused += 1
    assert refused > 75


def test_quaternions_are_brought_to_length_one_or_refused():
    clip = make_clip()
    qpos = clip.qpos.copy()
    qpos[:, 3:7] *= 1.02
    qpos[2, 7:11] *= 0.9
    mended = Clip(qpos, 30.0, "humanoid", clip.joints, clip.widths)
    np.testing.assert_allclose(mended.qpos, clip.qpos, atol=1e-12)
    qpos[3, 7:11] = 0.0
    with pytest.raises(FileFormatError, match="chest in frame 3 has length 0"):
        Clip(qpos, 30.0, "humanoid", clip.joints, clip.widths)


def test_what_is_whole_stays_to_the_bit():
    clip = make_clip()
    assert Clip(clip.qpos, 30.0, "humanoid", clip.joints, clip.widths).qpos is clip.qpos


def test_infinity_is_no_place():
    found = numbers(np.array([[np.inf, 1.0], [np.nan, 2.0]]), "xy", (None, 2), missing=True)
    np.testing.assert_array_equal(found, [[np.nan, 1.0], [np.nan, 2.0]])


def test_a_shape_is_no_motion(tmp_path):
    np.savez(tmp_path / "male_stagei.npz", betas=np.zeros(16), gender="male")
    with pytest.raises(FileFormatError, match="a shape"):
        BodyMotion.load(tmp_path / "male_stagei.npz")


def test_amass_of_smplx_carries_objects_that_are_left_out(tmp_path):
    np.savez(
        tmp_path / "a_stageii.npz", poses=np.ones((4, 165)), trans=np.zeros((4, 3)), mocap_frame_rate=100.0,
        markers_latent_vids=np.array({"a": 1}, dtype=object),
    )  # fmt: skip
    motion = BodyMotion.load(tmp_path / "a_stageii.npz")
    assert (len(motion), motion.fps) == (4, 100.0)
