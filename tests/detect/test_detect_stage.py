"""The whole stage on real pictures."""

import numpy as np
import pytest

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
