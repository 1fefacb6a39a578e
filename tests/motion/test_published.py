"""Every system's file comes back as the motion that was written, in our world."""

import numpy as np
import pytest
from published_files import (
    FRAMES,
    Truth,
    matrices,
    write_amass,
    write_gvhmr,
    write_phalp,
    write_prompthmr,
    write_slahmr,
    write_tram,
    write_wham,
)

from sfv.errors import FileFormatError, SfvError
from sfv.motion.published import read_published, to_body_motion
from sfv.motion.rest import REST_JOINTS


def check(motion, truth, poses=True, height=True, atol=2e-3):
    """Pelvis and root are the truth's; the axes of the truth are those that to_body_motion chooses, up to its heading."""
    way = truth.pelvis[-1] - truth.pelvis[0]
    angle = -np.arctan2(way[1], way[0])
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    wanted = truth.pelvis @ turn.T
    found = motion.trans + REST_JOINTS["smpl"][0]
    if not height:
        wanted, found = wanted - wanted[0], found - found[0]
    np.testing.assert_allclose(found, wanted, atol=atol)
    np.testing.assert_allclose(matrices(motion.poses[:, 0]), turn @ truth.root, atol=atol)
    if poses:
        np.testing.assert_allclose(motion.poses[:, 1:22], truth.poses[:, 1:22], atol=atol)
        np.testing.assert_allclose(motion.betas[:10], truth.betas, atol=1e-6)
    assert motion.body == "smpl"


def check_camera(motion, truth, focal, size, atol=1.0):
    """The pelvis is seen where the truth's camera sees it."""
    assert motion.camera.focal_px == focal
    assert motion.camera.image_size == size
    pixels = motion.camera.project(motion.trans + REST_JOINTS["smpl"][0])
    seen = truth.pelvis @ truth.camera_rotation.T + truth.camera_translation
    np.testing.assert_allclose(pixels, seen[:, :2] / seen[:, 2:] * focal + np.array(size) / 2, atol=atol)


def test_wham(tmp_path):
    (person,) = read_published(write_wham(tmp_path / "wham_output.pkl"))
    motion = to_body_motion(person, 25.0)
    check(motion, Truth(), height=False)
    assert (person.name, motion.fps, motion.first_frame, motion.grounded) == ("3", 25.0, 5, False)


def test_phalp_bridges_the_gap_and_leaves_predictions_out(tmp_path):
    people = read_published(write_phalp(tmp_path / "demo.pkl"))
    assert [(person.name, len(person)) for person in people] == [("7", FRAMES - 6), ("9", 9)]
    motion = to_body_motion(people[0], 30.0)
    assert len(motion) == FRAMES
    assert "6 frames without the person were interpolated" in " ".join(motion.notes)
    assert "level" in " ".join(motion.notes)
    check(motion, Truth(), height=False, atol=0.04)  # what is bridged is not exact
    check_camera(motion, Truth(), 1280.0, (1280, 720), atol=15.0)
    seen = np.r_[0:20, 25:40, 41:FRAMES]
    np.testing.assert_allclose(motion.poses[seen, 1:], Truth().poses[seen, 1:], atol=1e-4)


def test_phalp_long_gaps_cut(tmp_path):
    motion = to_body_motion(
        read_published(write_phalp(tmp_path / "demo.pkl"))[0], 10.0
    )  # five frames are half a second
    assert (motion.first_frame, len(motion)) == (25, FRAMES - 25)
    assert "frames 25 to 59; 20 other frames" in " ".join(motion.notes)


def test_gvhmr(tmp_path):
    motion = to_body_motion(read_published(write_gvhmr(tmp_path / "hmr4d_results.pt"))[0], 30.0)
    truth = Truth("smplx")
    check(motion, truth, poses=False, height=False)
    np.testing.assert_array_equal(motion.betas, 0)
    check_camera(motion, truth, 900.0, (1280, 720))
    moving = to_body_motion(read_published(write_gvhmr(tmp_path / "moving.pt", still=False))[0], 30.0)
    assert moving.camera is None
    assert "the camera moves" in " ".join(moving.notes)


@pytest.mark.parametrize("gravity", [False, True])
def test_tram(tmp_path, gravity):
    folder = write_tram(tmp_path / "seq", gravity=gravity)
    people = read_published(folder)
    assert [len(person) for person in people] == [FRAMES, 20]
    for found in (
        people[0],
        read_published(folder / "hps" / "hps_track_0.npy")[0],
        read_published(folder / "camera.npy")[0],
    ):
        motion = to_body_motion(found, 30.0)
        check(motion, Truth(), height=False)
        assert motion.camera is None
        assert ("level in the first frame" in " ".join(motion.notes)) != gravity


def test_tram_without_camera(tmp_path):
    folder = write_tram(tmp_path / "seq")
    (folder / "camera.npy").unlink()
    motion = to_body_motion(read_published(folder)[0], 30.0)
    assert "no camera.npy" in " ".join(motion.notes)


def test_slahmr(tmp_path):
    path = write_slahmr(tmp_path / "seq_000000_world_results.npz")
    people = read_published(path)
    assert len(people) == 2
    motion = to_body_motion(people[0], 30.0)
    check(motion, Truth())
    assert motion.grounded
    assert people[1].seen_at[0] < people[0].seen_at[0]  # two metres to the left
    (tmp_path / "track_info.json").write_text(
        '{"tracks": {"12": {"index": 1, "vis_mask": ' + str([int(10 <= t < 40) for t in range(70)]) + '}, "4": {"index": 0, '
        '"vis_mask": ' + str([1] * 70) + '}}, "meta": {"seq_interval": [5, 65], "data_interval": [100, 170]}}'
    )  # fmt: skip
    people = read_published(path)
    assert [(person.name, person.frames[0], person.frames[-1]) for person in people] == [
        ("4", 105, 164),
        ("12", 110, 139),
    ]


@pytest.mark.parametrize("smplx", [False, True])
def test_amass(tmp_path, smplx):
    motion = to_body_motion(read_published(write_amass(tmp_path / "a.npz", smplx=smplx))[0])
    check(motion, Truth("smplx" if smplx else "smpl"), poses=not smplx)
    assert (motion.fps, motion.gender, motion.grounded) == (30.0, "female" if smplx else "male", True)
    with pytest.raises(SfvError, match="30 frames a second, not 60; leave --fps out"):
        to_body_motion(read_published(tmp_path / "a.npz")[0], 60.0)


def test_prompthmr(tmp_path):
    motion = to_body_motion(read_published(write_prompthmr(tmp_path / "results.pkl"))[0], 30.0)
    check(motion, Truth("smplx"), poses=False)
    check_camera(motion, Truth("smplx"), 900.0, (640, 480))


def test_frame_rate_is_asked_for(tmp_path):
    with pytest.raises(SfvError, match="does not hold the frame rate"):
        to_body_motion(read_published(write_wham(tmp_path / "wham_output.pkl"))[0])


def test_unknown_content_lists_the_systems(tmp_path):
    np.savez(tmp_path / "x.npz", a=np.zeros(3))
    with pytest.raises(
        FileFormatError, match=r"x.npz is of no known system; known are PHALP.*WHAM.*GVHMR.*TRAM.*SLAHMR.*AMASS"
    ):
        read_published(tmp_path / "x.npz")
    with pytest.raises(FileFormatError, match="holds no hps_track"):
        read_published(tmp_path)
    with pytest.raises(FileFormatError, match="does not exist"):
        read_published(tmp_path / "none.pkl")
