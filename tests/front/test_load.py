"""``sfv.load`` knows a file by its schema."""

import numpy as np
import pytest

import sfv
from sfv.errors import FileFormatError, SfvError, UnknownNameError
from sfv.files import save_npz
from sfv.names.skill import load_skill


def test_things_of_every_kind(tiny_run, walk_clip):
    assert isinstance(sfv.load(tiny_run), sfv.Policy)
    assert isinstance(sfv.load(tiny_run / "policy.npz"), sfv.Policy)
    assert isinstance(sfv.load(load_skill("walk").folder), sfv.Policy)
    assert np.array_equal(sfv.load(tiny_run / "clip.npz").qpos, walk_clip.qpos)
    from sfv.names import as_character, as_environment

    assert sfv.load(as_character("g1").folder) == as_character("g1")
    slope = as_environment("slope")
    assert sfv.load(slope.folder).terrain == slope.terrain


def test_amass_and_deepmimic(tmp_path, walk_clip):
    from sfv.assets import fetch

    frames = 12
    np.savez(
        tmp_path / "amass.npz",
        poses=np.zeros((frames, 156)),
        trans=np.tile([0.0, 0.0, 1.0], (frames, 1)),
        betas=np.zeros(16),
        mocap_framerate=30.0,
        gender="neutral",
    )
    assert isinstance(sfv.load(tmp_path / "amass.npz"), sfv.BodyMotion)
    assert np.array_equal(sfv.load(fetch("humanoid3d_walk")).qpos, walk_clip.qpos)


def test_what_is_not_known_is_said(tmp_path):
    save_npz(tmp_path / "new.npz", "sfv.dreams", 1, {"a": np.zeros(1)})
    with pytest.raises(
        UnknownNameError, match=r"unknown schema 'sfv\.dreams'; known: sfv\.clip, sfv\.keypoints, .*sfv\.policy"
    ):
        sfv.load(tmp_path / "new.npz")
    (tmp_path / "film.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(FileFormatError, match="is a PDF document, which is not read here; read are: keypoints"):
        sfv.load(tmp_path / "film.pdf")
    with pytest.raises(SfvError, match="does not exist; read are"):
        sfv.load(tmp_path / "none.npz")
    with pytest.raises(SfvError, match="holds no trained policy"):
        sfv.load(tmp_path)
