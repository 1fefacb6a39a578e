"""Files of an MJCF description stay in its folder, and are of kinds that somebody reads."""

import os

import pytest

from sfv.errors import FileFormatError
from sfv.mjcf.check import Check

TETRAHEDRON = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 1 4 3\nf 2 3 4\n"


def files_of(folder, xml, **others):
    """What a description in ``folder`` reads, as names relative to it."""
    folder.mkdir(exist_ok=True)
    for name, text in others.items():
        (folder / f"{name}.xml").write_text(text)
    (folder / "robot.xml").write_text(xml)
    check = Check(folder)
    check.main(folder / "robot.xml")
    return {str(file.relative_to(folder)) for file in check.files}


def with_mesh(file, compiler="", more=""):
    return f'<mujoco><compiler {compiler}/><asset><mesh name="m" file="{file}" {more}/></asset></mujoco>'


@pytest.fixture
def folder(tmp_path):
    """A character's folder with a mesh, beside a folder with another one."""
    for name in ("own", "own/meshes", "sibling"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.obj").write_text(TETRAHEDRON)
    return tmp_path / "own"


def test_files_in_the_folder_are_found(folder):
    assert files_of(folder, with_mesh("m.obj")) == {"robot.xml", "m.obj"}
    assert files_of(folder, with_mesh("m.obj", 'meshdir="meshes"')) == {"robot.xml", "meshes/m.obj"}
    assert "meshes/../m.obj" in files_of(folder, with_mesh("meshes/../m.obj"))
    below = files_of(folder, '<mujoco><include file="parts.xml"/></mujoco>', parts="<mujocoinclude/>")
    assert below == {"robot.xml", "parts.xml"}


@pytest.mark.parametrize(
    "xml",
    [
        with_mesh("../sibling/m.obj"),
        with_mesh("..\\sibling\\m.obj"),
        with_mesh("m.obj", 'meshdir="../sibling"'),
        with_mesh("m.obj", 'assetdir="/"'),
        with_mesh("/dev/zero"),
        with_mesh("http://x/m.obj"),
        with_mesh("link.obj"),
        with_mesh("linked/m.obj"),
        with_mesh("circle.obj"),
        '<mujoco><worldbody><include file="/etc/passwd"/></worldbody></mujoco>',
        '<mujoco><worldbody><include file="../sibling/x.xml"/></worldbody></mujoco>',
        '<mujoco><asset><texture type="cube" fileleft="../sibling/t.png"/></asset></mujoco>',
        '<mujoco><asset><hfield file="../sibling/h.bin"/></asset></mujoco>',
        '<mujoco><asset><model name="m" file="../sibling/x.xml"/></asset></mujoco>',
        '<mujoco><worldbody><body><flexcomp file="../sibling/m.obj"/></body></worldbody></mujoco>',
    ],
)
def test_files_outside_are_refused(folder, xml):
    (folder / "link.obj").symlink_to("../sibling/m.obj")
    (folder / "linked").symlink_to("../sibling")
    (folder / "circle.obj").symlink_to("circle.obj")
    with pytest.raises(FileFormatError, match=r"lies outside of .*own; copy it into that folder"):
        files_of(folder, xml)


def test_a_description_outside_of_the_folder_is_refused(folder):
    (folder.parent / "robot.xml").write_text("<mujoco/>")
    with pytest.raises(FileFormatError, match="lies outside"):
        Check(folder).main(folder.parent / "robot.xml")


def test_what_is_missing_or_no_file_is_told(folder):
    with pytest.raises(FileFormatError, match=r"the mesh 'assets/pelvis.stl', which is not there; copy it to"):
        files_of(folder, with_mesh("pelvis.stl", 'meshdir="assets"'))
    (folder / "dir.obj").mkdir()
    with pytest.raises(FileFormatError, match="is a folder"):
        files_of(folder, with_mesh("dir.obj"))
    os.mkfifo(folder / "pipe.obj")
    with pytest.raises(FileFormatError, match="is a pipe"):
        files_of(folder, with_mesh("pipe.obj"))


def test_only_known_kinds_are_read(folder):
    (folder / "m.so").write_bytes(b"")
    with pytest.raises(FileFormatError, match=r"'m.so'; files that end in .*obj"):
        files_of(folder, with_mesh("m.so"))
    with pytest.raises(FileFormatError, match="a decoder of 'model/usd'"):
        files_of(folder, with_mesh("m.obj", more='content_type="model/usd"'))


@pytest.mark.parametrize(
    ("xml", "other"),
    [
        ('<mujoco><include file="robot.xml"/></mujoco>', "<mujoco/>"),
        ('<mujoco><include file="other.xml"/></mujoco>', '<mujocoinclude><include file="other.xml"/></mujocoinclude>'),
        ('<mujoco><asset><model name="m" file="robot.xml"/></asset></mujoco>', "<mujoco/>"),
        (
            '<mujoco><asset><model name="m" file="other.xml"/></asset></mujoco>',
            '<mujoco><asset><model name="m" file="robot.xml"/></asset></mujoco>',
        ),
    ],
)
def test_what_holds_itself_is_refused(folder, xml, other):
    with pytest.raises(FileFormatError, match="includes or attaches itself"):
        files_of(folder, xml, other=other)


def test_names_in_another_encoding_are_refused_and_comments_are_not(folder):
    text = '<mujoco><!-- Ren\xe9 --><worldbody><body name="Ren\xe9"/></worldbody></mujoco>'
    for xml, refused in ((text, True), (text.replace('name="Ren\xe9"', ""), False)):
        (folder / "robot.xml").write_bytes(xml.encode("latin-1"))
        if refused:
            with pytest.raises(FileFormatError, match="no UTF-8 text"):
                Check(folder).main(folder / "robot.xml")
        else:
            Check(folder).main(folder / "robot.xml")
