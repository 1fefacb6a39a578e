import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sfv.bench.recovery import detection, recover
from sfv.bench.recovery.ablations import ABLATIONS, ablated
from sfv.bench.recovery.detection import keypoints_of
from sfv.bench.recovery.modes import in_mode, suffix
from sfv.bench.recovery.recover import METHODS, method_config, run_method
from sfv.bench.recovery.run import Bench, choose
from sfv.cli.bench import main
from sfv.detect.config import DetectConfig
from sfv.errors import FileFormatError, NoPersonError, UnknownNameError
from sfv.reconstruct.config import ReconstructConfig
from sfv.storage.stamps import fingerprint, read_note, stamp_of, write_note


def test_raw_landmarks_that_are_the_truth_score_zero(case, body, tmp_path):
    row = run_method(case, "raw", "", ReconstructConfig(), body, tmp_path).row
    assert row["pa_mpjpe_mm"] == pytest.approx(0, abs=1e-4)
    assert row["coverage"] == pytest.approx(1 - 4 / len(case.truth.joints_c))
    assert row["pck"] == pytest.approx(row["coverage"])  # frames that were not seen count as wrong
    assert "pck_inverted" not in row  # nobody is upside down
    assert row["seconds_everything"] == 3.0


def test_fits_are_kept_until_their_settings_change(case, motion, body, tmp_path, monkeypatch):
    calls = []

    def fake(keypoints, config, body):
        calls.append(config)
        return motion.slice(4, len(motion))

    monkeypatch.setattr(recover, "reconstruct", fake)
    config = ReconstructConfig()
    first = run_method(case, "ours:landmarks", "known", config, body, tmp_path)
    assert calls[0].init == "landmarks"
    assert calls[0].focal_px == case.focal_px
    np.testing.assert_allclose(calls[0].up_c, case.truth.up_c)
    again = run_method(case, "ours:landmarks", "known", config, body, tmp_path)
    assert len(calls) == 1
    assert again.row == first.row
    assert again.row["pa_mpjpe_mm"] == pytest.approx(0, abs=1e-4)
    assert again.motion.is_file()
    np.testing.assert_array_equal(again.frames, first.frames)
    run_method(case, "ours:landmarks", "known", replace(config, prior_weight=1.0), body, tmp_path)
    assert len(calls) == 2
    run_method(case, "ours:landmarks", "unknown", config, body, tmp_path)
    assert calls[2].focal_px is None
    assert calls[2].up_c is None


def test_a_failed_fit_is_a_row_without_coverage(case, body, tmp_path, monkeypatch):
    def fake(keypoints, config, body):
        raise NoPersonError("seen too briefly")

    monkeypatch.setattr(recover, "reconstruct", fake)
    for _ in range(2):  # made, and read again
        result = run_method(case, "ours", "known", ReconstructConfig(), body, tmp_path)
        assert result.row == {"coverage": 0.0, "failure": "seen too briefly"}
        assert result.motion is None


def test_every_method_and_ablation_names_settings_that_exist():
    for method in METHODS[2:]:
        method_config(method, ReconstructConfig())
    plain = ReconstructConfig()
    changed = [ablated(name, plain) for name in ABLATIONS]
    assert changed[0] == plain
    assert all(config != plain for config in changed[1:])
    with pytest.raises(UnknownNameError, match="everything"):
        ablated("nothing", plain)


def test_choice_is_all_or_what_is_asked_for():
    clips, views, backgrounds = choose(("walk",), (), ())
    assert clips == ("walk",)
    assert views == ("front", "side", "oblique")
    assert backgrounds == ("plain", "cluttered")
    with pytest.raises(UnknownNameError, match="cartwheel"):
        choose(("wlak",), (), ())


def test_videos_without_anybody_count_as_uncovered(body, tmp_path):
    bench = Bench(tmp_path, body, lambda text: None)
    rows = bench.nothing(
        [{"set": "synthetic", "clip": "crawl", "view": "front", "background": "plain"}], ("raw", "ours")
    )
    assert [(row["method"], row.get("camera", "")) for row in rows] == [
        ("raw", ""),
        ("ours", "known"),
        ("ours", "unknown"),
    ]
    assert all(row["coverage"] == 0.0 for row in rows)
    assert json.dumps(rows)


def test_keypoints_are_kept_until_the_settings_change(case, tmp_path, monkeypatch):
    calls = []

    def fake(video, config):
        calls.append(config.mode)
        if config.mode == "tracker":
            raise NoPersonError("nobody")
        return case.keypoints

    monkeypatch.setattr(detection, "detect", fake)
    out = tmp_path / "a_keypoints.npz"
    first = keypoints_of(Path("a.mp4"), out, DetectConfig())
    again = keypoints_of(Path("a.mp4"), out, DetectConfig())
    assert len(calls) == 1
    assert first[1] == again[1]
    np.testing.assert_allclose(again[0].xy_px, case.keypoints.xy_px, rtol=1e-6)
    for _ in range(2):
        assert keypoints_of(Path("a.mp4"), out, in_mode("tracker", DetectConfig())) is None
    assert calls[1:] == ["tracker"]
    assert suffix("tracker", DetectConfig()) == "_tracker"
    assert suffix(DetectConfig().mode, DetectConfig()) == ""


def test_notes_hold_for_the_same_code_settings_and_data_only(tmp_path):
    note = tmp_path / "a.json"
    assert read_note(note, stamp_of("x")) is None
    write_note(note, stamp_of("x", b"1"), {"cost": 2.0})
    assert read_note(note, stamp_of("x", b"1")) == {"cost": 2.0}
    assert read_note(note, stamp_of("x", b"2")) is None
    assert fingerprint("reconstruct") != fingerprint("detect")
    assert fingerprint("files.py") != fingerprint("errors.py")
    note.write_text("[]")
    with pytest.raises(FileFormatError, match="delete it"):
        read_note(note, stamp_of("x"))


@pytest.mark.parametrize("words", [["reconstruct", "--clips", "wlak"], ["ablation", "--changes", "nothing"]])
def test_unknown_names_are_told_before_anything_is_made(tmp_path, words):
    with pytest.raises(UnknownNameError):
        main([*words, "--work", str(tmp_path / "work"), "--out", str(tmp_path)])
    assert not list(tmp_path.iterdir())
