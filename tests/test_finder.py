import pytest

from sfv.errors import UnknownNameError
from sfv.finder import find_data, list_data


def make(folder, name):
    (folder / name).mkdir(parents=True)
    (folder / name / "env.toml").write_text("")
    return folder / name


def test_order_is_path_then_here_then_variable_then_package(tmp_path, monkeypatch):
    here, other, elsewhere = tmp_path / "here", tmp_path / "other", tmp_path / "elsewhere"
    mine = make(here / "envs", "mine")
    theirs = make(other / "envs", "mine")
    apart = make(elsewhere, "mine")
    monkeypatch.chdir(here)
    monkeypatch.setenv("SFV_PATH", str(other))
    assert find_data("envs", "mine", "env.toml") == mine
    monkeypatch.chdir(tmp_path)
    assert find_data("envs", "mine", "env.toml") == theirs
    assert find_data("envs", str(apart), "env.toml") == apart
    assert "flat" in list_data("envs", "env.toml")


def test_unknown_name_lists_what_exists():
    with pytest.raises(UnknownNameError, match=r"unknown character 'atlasx'; known: .*humanoid"):
        find_data("characters", "atlasx", "character.toml")
