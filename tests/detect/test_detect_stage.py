"""The whole stage on real pictures."""

import cv2
import numpy as np
import pytest

from sfv.detect.blazepose.geometry import pose_distance
from sfv.detect.run import detect
from sfv.errors import NoPersonError
from sfv.video import open_video, write_video


def test_woman_who_walks(walk_crop_video):
    """One person, in every frame, of the right size; she walks to the left and her feet take turns in front."""
    told = []
    keypoints = detect(walk_crop_video, progress=lambda done, total: told.append((done, total)))
    frames = len(open_video(walk_crop_video))
    assert told == [(k + 1, frames) for k in range(frames)]
    assert keypoints.num_people == 1
    assert keypoints.present.all()
    assert np.median(keypoints.confidence) > 0.9
    index = {name: k for k, name in enumerate(keypoints.names)}
    xy = keypoints.xy_px[0]
    hips = xy[:, [index["left_hip"], index["right_hip"]]].mean(1)
    assert hips[-1, 0] < hips[0, 0] - 300
    height = xy[:, [index["left_heel"], index["right_heel"]], 1].max(1) - xy[:, index["nose"], 1]
    assert 300 < np.median(height) < 400
    lead = xy[:, index["left_ankle"], 0] - xy[:, index["right_ankle"], 0]
    apart = np.sign(lead[np.abs(lead) > 60])
    assert (np.diff(apart) != 0).sum() == 3  # two strides of 0.6 s: left, right, left, right in front


def test_single_pictures(walk_crop_video, tmp_path):
    """One picture gives one frame; upside down it gives the same person upside down."""
    picture = next(iter(open_video(walk_crop_video, start=1.0)))[:, 100:740]
    found = {}
    for name, turned in (("upright", picture), ("turned", picture[::-1, ::-1])):
        cv2.imwrite(str(tmp_path / f"{name}.png"), turned[..., ::-1])
        found[name] = detect(tmp_path / f"{name}.png")
        assert found[name].num_frames == 1
        assert found[name].num_people == 1
    upright, turned = found["upright"].xy_px[0, 0], found["turned"].xy_px[0, 0]
    assert pose_distance(upright, np.array([640, 514]) - turned) < 0.12


def test_two_who_embrace(walk_crop_video, tmp_path):
    """A woman and her mirror image walk into each other until one hides the other: both are found, nothing breaks."""
    frames = [frame[:, 150:790] for frame, _ in zip(open_video(walk_crop_video, start=0.7), range(34))]
    pasted = []
    for t, frame in enumerate(frames):
        picture = np.concatenate([frame, frame], 1)
        place = 640 - 12 * t
        picture[:, max(place, 0) : place + 640] = frame[:, ::-1][:, max(-place, 0) :]
        pasted.append(picture)
    write_video(tmp_path / "embrace.mp4", pasted, 30)
    keypoints = detect(tmp_path / "embrace.mp4")
    assert keypoints.num_people >= 2
    assert np.isfinite(keypoints.xy_px[keypoints.present]).all()


def test_nobody_there(tmp_path):
    noise = np.random.default_rng(0).integers(90, 110, (24, 240, 320, 3)).astype(np.uint8)
    write_video(tmp_path / "empty.mp4", noise, 24)
    with pytest.raises(NoPersonError, match=r"nobody was found in .*empty\.mp4"):
        detect(tmp_path / "empty.mp4")


def test_seen_for_less_than_a_second(walk_crop_video, tmp_path):
    frames = [frame for frame, _ in zip(open_video(walk_crop_video), range(24))]
    write_video(tmp_path / "short.mp4", frames, 30)
    with pytest.raises(NoPersonError, match=r"only 0\.80 s; at least 1 s are needed"):
        detect(tmp_path / "short.mp4")
