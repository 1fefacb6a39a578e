"""What an MJCF description asks for is told from its elements, before MuJoCo makes any of it."""

import struct

import pytest

from sfv.errors import FileFormatError
from sfv.mjcf.check import Check

BALL = '<geom size=".1"/>'


def check(folder, xml):
    (folder / "robot.xml").write_bytes(xml if isinstance(xml, bytes) else xml.encode())
    Check(folder).main(folder / "robot.xml")


def world(inside, before=""):
    return f"<mujoco>{before}<worldbody>{inside}</worldbody></mujoco>"


@pytest.mark.parametrize(
    "xml",
    [
        world(BALL),
        world(f"<replicate count='5'>{BALL}</replicate>", '<size njmax="500" nconmax="100" memory="16M"/>'),
        world("<body>" * 150 + "</body>" * 150),
        world(BALL, '<asset><texture type="skybox" builtin="gradient" width="512" height="3072"/></asset>'),
        b"\xef\xbb\xbf" + world(BALL).encode(),
        world("<!-- Ren\xe9 -->" + BALL).encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-16"?>' + world(BALL).encode(),  # MuJoCo takes no notice either
    ],
)
def test_what_is_usual_passes(tmp_path, xml):
    check(tmp_path, xml)


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("", "not well-formed"),
        ("hello", "not well-formed"),
        (world(BALL) + "<mujoco/>", "not well-formed"),
        (world(BALL).encode("utf-16"), "not well-formed"),
        ("<html/>", "outermost element is <html>"),
        ('<robot name="r"/>', "is a URDF"),
        ('<!DOCTYPE l [<!ENTITY a "ha">]>' + world(BALL), "document type or entities"),
        ("<!DOCTYPE mujoco>" + world(BALL), "document type or entities"),
        (world("&a;"), "not well-formed"),
        (world("<body>" * 100_000), "nested more than"),
        (world(BALL * 100_001), "more than 100,000 elements"),
        (world("<replicate count='1000000000'/>"), 'count="1000000000"'),
        (world("<replicate count='nan'/>"), "must be a number"),
        (world("<replicate count='99'>" * 5 + BALL + "</replicate>" * 5), "elements with all copies"),
        (world("<body><composite count='1000 1000 1'/></body>"), 'count="1000 1000 1"'),
        (world("<body><flexcomp count='300 300 300'/></body>"), 'count="300 300 300"'),
        (world("", "<asset><texture width='100000' height='100000'/></asset>"), "million pixels"),
        (world("", "<asset><texture type='cube' width='30000'/></asset>"), "million pixels"),
        (world("", "<asset><hfield nrow='100000' ncol='100000'/></asset>"), "million pixels"),
        (world("", "<size memory='100G'/>"), 'memory="100G"'),
        (world("", "<size nstack='100000000000'/>"), "nstack"),
        (world("", "<size nuserdata='2000000000'/>"), "nuserdata"),
        (world("", "<option iterations='2000000000'/>"), "iterations"),
        (world("", "<custom><numeric size='2000000000'/></custom>"), "numeric"),
        (world("", "<sensor><user dim='100000000'/></sensor>"), "dim"),
        (world("", "<extension><plugin plugin='mujoco.pid'/></extension>"), "asks for a plugin"),
        (world("<body><plugin plugin='x'/></body>"), "asks for a plugin"),
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused(tmp_path, xml, words):
    with pytest.raises(FileFormatError, match=words):
        check(tmp_path, xml)


def test_a_picture_is_measured_by_its_header(tmp_path):
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 60_000, 60_000)
    (tmp_path / "t.png").write_bytes(head)
    with pytest.raises(FileFormatError, match="3,433 million pixels"):
        check(tmp_path, '<mujoco><asset><texture file="t.png"/></asset></mujoco>')


def test_attached_models_multiply(tmp_path):
    """Seven files, each of which attaches the next one twenty times."""
    for number in range(7):
        attach = '<attach model="m"/>' * 20
        xml = (
            f'<mujoco><asset><model name="m" file="{number + 1}.xml"/></asset><worldbody>{attach}</worldbody></mujoco>'
        )
        (tmp_path / f"{number}.xml").write_text(xml if number < 6 else world(BALL))
    with pytest.raises(FileFormatError, match="elements with all copies"):
        Check(tmp_path).main(tmp_path / "0.xml")


def test_files_inside_of_files_end_somewhere(tmp_path):
    for number in range(40):
        (tmp_path / f"{number}.xml").write_text(f'<mujocoinclude><include file="{number + 1}.xml"/></mujocoinclude>')
    with pytest.raises(FileFormatError, match="9th file inside of another"):
        check(tmp_path, '<mujoco><include file="0.xml"/></mujoco>')
