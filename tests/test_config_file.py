from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from sfv.config_file import from_table, read_toml, to_toml
from sfv.errors import FileFormatError


@dataclass(frozen=True)
class Inner:
    rate: float = 1.0
    limit: float | None = 2.0


@dataclass(frozen=True)
class Outer:
    name: str = 'quote " and \\ and\nnewline'
    mode: Literal["a", "b"] = "a"
    sizes: tuple[int, ...] = (1, 2)
    path: Path = Path("x/y")
    on: bool = True
    inner: Inner = field(default_factory=Inner)


def test_round_trip(tmp_path):
    config = Outer(mode="b", sizes=(512, 256), on=False, inner=Inner(rate=1e-4, limit=None))
    (tmp_path / "c.toml").write_text(to_toml({"outer": config}))
    assert from_table(Outer, read_toml(tmp_path / "c.toml")["outer"]) == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nome = 'x'", "unknown key nome; known: .*name"),
        ("mode = 'c'", "known: a, b"),
        ("on = 3", "must be bool"),
        ("inner = {rate = 'fast'}", "config.inner.rate must be float"),
        ("sizes = 3", "must be a list"),
    ],
)
def test_errors_name_the_key(tmp_path, text, message):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(FileFormatError, match=message):
        from_table(Outer, read_toml(tmp_path / "c.toml"))


@dataclass(frozen=True)
class Strict:
    name: str
    rate: float = 1.0


def test_a_missing_key_without_a_default_is_named():
    with pytest.raises(FileFormatError, match=r"card\.toml lacks name"):
        from_table(Strict, {"rate": 2.0}, "card.toml")
    assert from_table(Strict, {"name": "x"}) == Strict("x")


def test_unreadable_files(tmp_path):
    (tmp_path / "c.toml").write_text("a = = 1")
    with pytest.raises(FileFormatError, match="not readable TOML"):
        read_toml(tmp_path / "c.toml")
    with pytest.raises(FileFormatError, match="does not exist"):
        read_toml(tmp_path / "d.toml")
