"""The example of the package's docstring runs from a video to a film of the policy."""

import doctest
import shutil

import sfv


def test_the_docstring_runs(walk_crop_video, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(walk_crop_video, "v.mp4")
    results = doctest.testmod(sfv)
    assert results.attempted >= 7
    assert results.failed == 0
    assert (tmp_path / "x.mp4").is_file()
    assert isinstance(sfv.load("runs/x"), sfv.Policy)
    assert sfv.load("runs/x/clip.npz").character == "g1"
