"""Films with truth that the user has: found, scored at the best offset, and what is missing is said."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.bench.recovery.config import RecoveryBenchConfig
from sfv.bench.recovery.landmarks import REAL_NAMES, columns, landmarks_of
from sfv.bench.recovery.publish import bench_reconstruct
from sfv.bench.recovery.sets import parkour
from sfv.bench.recovery.sets.parkour import best_offset, parkour_rows, read_truth
from sfv.detect.config import DetectConfig
from sfv.errors import SfvError
from sfv.reconstruct.config import ReconstructConfig

NAMES = [
    f"{side}_{part}"
    for side in "lr"
    for part in ("hip", "knee", "ankle", "toes", "shoulder", "elbow", "wrist", "fingers")
]


@pytest.fixture
def films(motion, body, tmp_path):
    """The truth of a dance under the dataset's names, and a file in the place of the film."""
    points = landmarks_of(motion, body)[:, columns(REAL_NAMES)]
    joints = np.zeros((len(points) + 3, 16, 3), np.float32)
    for column, name in enumerate(REAL_NAMES):
        side, _, part = name.partition("_")
        joints[:-3, NAMES.index(f"{side[0]}_{'toes' if part == 'foot_index' else part}")] = points[:, column]
    np.savez(tmp_path / "truth.npz", **{"xx01.joints": joints, "other.joints": joints, "joint_names": np.array(NAMES)})
    (tmp_path / "xx01.mp4").write_bytes(b"film")
    return tmp_path


def test_the_truth_scores_zero_at_its_offset(films, motion, body):
    truth = read_truth(films)
    assert list(truth) == ["xx01"]
    assert truth["xx01"].shape == (len(motion), 14, 3)
    late = best_offset(truth["xx01"][1:], np.arange(len(motion) - 1), truth["xx01"])
    assert (late["offset"], late["pa_mpjpe_mm"]) == (1, pytest.approx(0, abs=1e-6))
    assert late["coverage"] == pytest.approx(1 - 1 / len(motion))
    turned = 2.0 * truth["xx01"][..., [1, 2, 0]] + 3.0
    assert best_offset(turned, np.arange(len(motion)), truth["xx01"])["pa_mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert best_offset(truth["xx01"][:3], np.arange(500, 503), truth["xx01"]) == {"coverage": 0.0}


def test_rows_of_films_and_methods(films, motion, body, case, tmp_path, monkeypatch):
    asked = []

    def seen(video, out, config):
        asked.append((video.name, config.fps))
        return case.keypoints, case.detect_cost

    def fitted(keypoints, config, body):
        if config.init == "taylor":
            raise SfvError("no start is possible")
        assert config.min_seconds == parkour.LEAST_SECONDS
        return motion.slice(4, len(motion))

    monkeypatch.setattr(parkour, "keypoints_of", seen)
    monkeypatch.setattr(parkour, "reconstruct", fitted)
    told = []
    methods = ("raw", "smoothed", "ours", "ours:taylor")
    rows = parkour_rows(films, methods, DetectConfig(), ReconstructConfig(), body, tmp_path, told.append)
    assert asked == [("xx01.mp4", 25.0)]
    raw, ours, none = rows
    assert [row["method"] for row in rows] == ["raw", "ours", "ours:taylor"]
    assert ours["pa_mpjpe_mm"] == pytest.approx(0, abs=1e-3)
    assert ours["coverage"] == raw["coverage"] == pytest.approx(1 - 4 / len(motion))
    assert ours["landmarks_pa_mpjpe_mm"] == raw["pa_mpjpe_mm"]
    assert np.sum(raw["calibration"][0]) == 14 * (len(motion) - 4)
    assert none == {**none, "coverage": 0.0, "failure": "no start is possible"}
    assert len(told) == 3
    monkeypatch.setattr(parkour, "keypoints_of", lambda *arguments: None)
    nobody = parkour_rows(films, ("raw",), DetectConfig(), ReconstructConfig(), body, tmp_path, told.append)
    assert nobody[0]["coverage"] == 0.0


def test_what_is_missing_is_said(films, tmp_path):
    with pytest.raises(SfvError, match="--films"):
        bench_reconstruct(RecoveryBenchConfig(set="parkour", work=tmp_path / "work", out=tmp_path))
    with pytest.raises(SfvError, match=r"truth\.npz"):
        bench_reconstruct(
            replace(RecoveryBenchConfig(set="parkour", work=tmp_path / "work"), films=tmp_path / "none", out=tmp_path)
        )
    (films / "xx01.mp4").unlink()
    with pytest.raises(SfvError, match="none of the films"):
        read_truth(films)
