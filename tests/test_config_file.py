import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from sfv.config_file import from_table, read_toml, to_toml
from sfv.errors import FileFormatError
from sfv.files import write_text


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
    pair: tuple[float, float] = (1.0, 2.0)
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


_DEEP = 5000


@pytest.mark.parametrize(
    "content",
    [
        b"a = = 1",
        b"\xff\xfe = 1",
        b"rate = " + b"9" * 5000,
        b"rate = " + b"[" * _DEEP + b"]" * _DEEP,
        b"rate = " + b"{a=" * _DEEP + b"1" + b"}" * _DEEP,
        b".".join([b"a"] * 200_000) + b" = 1",
        b"[" + b".".join([b'"a"'] * 200_000) + b"]",
        b"a.b.c.d.e." * 20 + b"f = 1",
        b"#" * (1 << 21),
    ],
)
def test_whatever_is_in_a_file_ends_as_one_sentence_that_names_it(tmp_path, content):
    (tmp_path / "c.toml").write_bytes(content)
    with pytest.raises(FileFormatError, match=r"c\.toml is (not a readable TOML file|nested)") as caught:
        from_table(Outer, read_toml(tmp_path / "c.toml"))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mode = ['a']", "config.mode is"),
        ("mode = {a = 1}", "must not be a table"),
        ("mode = 1979-05-27", "config.mode is"),
        ("name = 1979-05-27T07:32:00Z", "must be text"),
        ('name = "a\\u0000b"', "must be text"),
        ("path = 3", "must be text"),
        ("sizes = 'ab'", "must be a list"),
        ("sizes = [1, 'b']", "must be int"),
        ("sizes = [1.5]", "must be int"),
        ("sizes = [true]", "must be int"),
        ("inner = 3", "config.inner must be a table"),
        ("inner = [3]", "config.inner must be a table"),
        ("inner = {rate = nan}", "config.inner.rate must be a finite number"),
        ("inner = {rate = -inf}", "must be a finite number"),
        ("inner = {rate = true}", "must be float"),
        ("inner = {limit = '1'}", "must be float"),
        (f"inner = {{rate = 0x{'f' * 6000}}}", "must be a finite number, got a number of thousands of digits"),
        ("pair = [1.0]", "must be a list of 2"),
    ],
)
def test_values_of_another_kind_are_named(tmp_path, text, message):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(FileFormatError, match=message):
        from_table(Outer, read_toml(tmp_path / "c.toml"))


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    for name, why in (("pipe.toml", "is a pipe"), (".", "is a folder"), ("none.toml", "does not exist")):
        with pytest.raises(FileFormatError, match=why):
            read_toml(tmp_path / name)


@pytest.mark.parametrize(
    "name",
    [os.fsdecode(b"caf\xe9.mp4"), "tab\there", "a\\\"b'", "\x7f\x00", "Ünïcode 漢字 🤸", "", "a\r\nb", "[x]\n# y = 1"],
)
def test_odd_names_come_back(tmp_path, name):
    write_text(tmp_path / "c.toml", to_toml({"name": name}))
    assert read_toml(tmp_path / "c.toml") == {"name": name}


def test_numbers_of_numpy_are_plain_numbers():
    assert (
        to_toml({"rate": np.float64(0.5), "on": np.bool_(True), "sizes": [np.int64(3)]})
        == "rate = 0.5\non = true\nsizes = [3]\n"
    )


def test_unreadable_files(tmp_path):
    (tmp_path / "c.toml").write_text("a = = 1")
    with pytest.raises(FileFormatError, match="not a readable TOML file"):
        read_toml(tmp_path / "c.toml")
    with pytest.raises(FileFormatError, match="does not exist"):
        read_toml(tmp_path / "d.toml")
