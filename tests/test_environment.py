import pytest

from sfv.environment import list_environments, load_environment
from sfv.errors import FileFormatError, UnknownNameError


@pytest.mark.parametrize("name", sorted(list_environments()))
def test_every_environment_loads(name):
    assert load_environment(name).description


def test_bad_environments_are_told(tmp_path):
    file = tmp_path / "env.toml"
    file.write_text('[terrain]\nkind = "sea"\nfriction = 1')
    with pytest.raises(UnknownNameError, match="unknown terrain 'sea'"):
        load_environment(str(tmp_path))
    file.write_text('[terrain]\nkind = "plane"')
    with pytest.raises(FileFormatError, match="friction"):
        load_environment(str(tmp_path))
