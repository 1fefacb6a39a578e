"""OpenPose's folders and plain arrays."""

import json

import cv2
import numpy as np
import pytest

from sfv.detect.config import DetectConfig
from sfv.detect.keypoints import Keypoints
from sfv.detect.readers import OPENPOSE_NAMES, read_openpose
from sfv.detect.run import detect
from sfv.errors import FileFormatError, NoPersonError, UnknownNameError
from sfv.video import write_video


@pytest.fixture
def video(tmp_path):
    write_video(tmp_path / "video.mp4", [np.zeros((200, 300, 3), np.uint8)] * 40, 20)
    return tmp_path / "video.mp4"


def figure(x, count=25):
    """Landmarks in a column 10 px apart. Shape (count, 3)."""
    return np.column_stack([np.full(count, float(x)), 20 + 6.0 * np.arange(count), np.full(count, 0.9)])


def write_openpose(folder, frames):
    folder.mkdir()
    for number, people in enumerate(frames):
        content = {"version": 1.3, "people": [{"pose_keypoints_2d": person.ravel().tolist()} for person in people]}
        (folder / f"video_{number:012d}_keypoints.json").write_text(json.dumps(content))
    return DetectConfig(detector="openpose", keypoints=str(folder))


@pytest.mark.parametrize("count", [18, 25])
def test_openpose_people_keep_their_number(tmp_path, video, count):
    """Two people in changing order; the second is missing in frames 10 to 14 and leaves at 30."""
    frames = []
    for t in range(40):
        people = [figure(50 + t, count)]
        if t < 30 and not 10 <= t < 15:
            people.insert(t % 2, figure(220 - t, count))
        frames.append(people)
    keypoints = detect(video, write_openpose(tmp_path / "json", frames))
    assert keypoints.names == OPENPOSE_NAMES[count]
    assert (keypoints.num_people, keypoints.num_frames, keypoints.fps, keypoints.image_size) == (
        2,
        40,
        20.0,
        (300, 200),
    )
    np.testing.assert_allclose(keypoints.xy_px[0, :, 3, 0], 50 + np.arange(40))
    seen = [t for t in range(30) if not 10 <= t < 15]
    assert np.flatnonzero(keypoints.present[1]).tolist() == seen
    np.testing.assert_allclose(keypoints.xy_px[1, seen, 3, 0], 220 - np.array(seen))
    assert np.isnan(keypoints.world_c).all()


def test_openpose_of_a_folder_of_images(tmp_path):
    """Files carry the images' names, which need not count from 0; one image has nobody, one person is a hand only."""
    (tmp_path / "images").mkdir()
    for number in range(1, 42):
        cv2.imwrite(str(tmp_path / "images" / f"shot_{number}.png"), np.zeros((20, 30, 3), np.uint8))
    config = write_openpose(tmp_path / "json", [])
    for number in range(1, 42):
        people = (
            [] if number == 7 else [{"pose_keypoints_2d": figure(number).ravel().tolist()}, {"pose_keypoints_2d": []}]
        )
        (tmp_path / "json" / f"shot_{number}_keypoints.json").write_text(json.dumps({"people": people}))
    keypoints = detect(tmp_path / "images", config)
    assert (keypoints.num_people, keypoints.num_frames) == (1, 41)
    np.testing.assert_allclose(keypoints.xy_px[0, [0, 1, 10, 40], 3, 0], [1, 2, 11, 41])
    assert np.flatnonzero(~keypoints.present[0]).tolist() == [6]


def test_openpose_single_file_and_old_key(tmp_path, video):
    content = {"people": [{"pose_keypoints": figure(4, 18).ravel().tolist()}]}
    (tmp_path / "picture_keypoints.json").write_text(json.dumps(content))
    (tmp_path / "image").mkdir()
    cv2.imwrite(str(tmp_path / "image" / "picture.png"), np.zeros((20, 30, 3), np.uint8))
    config = DetectConfig(detector="openpose", keypoints=str(tmp_path / "picture_keypoints.json"))
    keypoints = read_openpose(tmp_path / "image", config)
    assert (keypoints.num_people, keypoints.num_frames) == (1, 1)
    np.testing.assert_allclose(keypoints.xy_px[0, 0], figure(4, 18)[:, :2])


def test_openpose_names():
    assert OPENPOSE_NAMES[25][14] == "left_ankle"
    assert OPENPOSE_NAMES[25][8:13] == ("mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip")
    assert OPENPOSE_NAMES[25][19:] == (
        "left_foot_index", "left_small_toe", "left_heel", "right_foot_index", "right_small_toe", "right_heel",
    )  # fmt: skip
    assert OPENPOSE_NAMES[18][8:14] == ("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle")


def test_openpose_refuses(tmp_path, video):
    with pytest.raises(FileFormatError, match="name it with --keypoints"):
        detect(video, DetectConfig(detector="openpose"))
    with pytest.raises(FileFormatError, match="not a folder with OpenPose"):
        detect(video, DetectConfig(detector="openpose", keypoints=str(tmp_path / "none")))
    config = write_openpose(tmp_path / "json", [[figure(5, 17)]] * 3)
    with pytest.raises(FileFormatError, match=r"\[17\] landmarks"):
        detect(video, config)
    (tmp_path / "json" / "video_000000000001_keypoints.json").write_text('{"people": [')
    with pytest.raises(FileFormatError, match="not OpenPose's JSON"):
        detect(video, config)
    with pytest.raises(NoPersonError, match="nobody was found"):
        detect(video, write_openpose(tmp_path / "empty", [[]] * 40))


def test_plain_npz(tmp_path, video):
    xy = np.random.default_rng(0).uniform(0, 100, (40, 3, 2))
    xy[5] = np.nan
    np.savez(
        tmp_path / "a.npz", xy=xy, names=np.array(["nose", "left_ankle", "right_ankle"]), image_size=(150, 100), fps=20
    )
    config = DetectConfig(detector="npz", keypoints=str(tmp_path / "a.npz"), start=0.1)
    keypoints = detect(video, config)
    assert (keypoints.num_people, keypoints.first_frame, keypoints.num_frames) == (1, 2, 38)
    np.testing.assert_allclose(keypoints.xy_px[0, 0], 2 * xy[2])  # the file's pixels are half as fine
    assert not keypoints.present[0, 3]
    assert keypoints.present[0].sum() == 37


def test_own_file_comes_back(tmp_path, video):
    written = Keypoints(
        np.ones((2, 40, 1, 2)), np.ones((2, 40, 1)), np.ones((2, 40, 1, 3)), 20.0, (300, 200), ("nose",)
    )
    written.save(tmp_path / "k.npz")
    read = detect(video, DetectConfig(detector="npz", keypoints=str(tmp_path / "k.npz")))
    np.testing.assert_array_equal(read.world_c, written.world_c)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"xy": np.zeros((40, 3, 2))}, "lacks the array names"),
        ({"xy": np.zeros((40, 3, 2)), "names": np.array(["a"])}, "do not fit"),
        ({"xy": np.zeros((40, 3)), "names": np.array(["a", "b", "c"])}, "do not fit"),
        ({"xy": np.zeros((9, 1, 2)), "names": np.array(["a"])}, "has 9 frames"),
        ({"xy": np.zeros((40, 1, 2)), "names": np.array(["a"]), "fps": 30.0}, "30 frames per second"),
    ],
)
def test_npz_refuses(tmp_path, video, arrays, message):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(FileFormatError, match=message):
        detect(video, DetectConfig(detector="npz", keypoints=str(tmp_path / "a.npz")))


def test_unknown_detector_lists_the_known(video):
    with pytest.raises(UnknownNameError, match="unknown detector 'alpha'; known: blazepose, npz, openpose"):
        detect(video, DetectConfig(detector="alpha"))


def test_seen_too_briefly(tmp_path, video):
    xy = np.full((40, 1, 2), np.nan)
    xy[10:24] = 5.0
    np.savez(tmp_path / "a.npz", xy=xy, names=np.array(["nose"]))
    with pytest.raises(NoPersonError, match=r"only 0\.70 s; at least 1 s"):
        detect(video, DetectConfig(detector="npz", keypoints=str(tmp_path / "a.npz")))
