"""The elements of an MJCF file, read by a strict parser that expands nothing."""

from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from sfv.budget import read_bytes
from sfv.errors import FileFormatError

MAX_XML_BYTES = 16 * 2**20
"""Of all XML files of one description together."""
MAX_DEPTH = 200
"""Elements inside elements: a chain of bodies is deep, but not deeper."""
_ROOTS = ("mujoco", "mujocoinclude")


@dataclass(frozen=True)
class Element:
    """One element."""

    tag: str
    attributes: dict[str, str]
    parent: int
    """Number of the element around it; -1 for the outermost."""


_BOM = b"\xef\xbb\xbf"


def scan(path: Path) -> list[Element]:
    """Every element of a file, parents before their children.

    Whatever this parser takes, MuJoCo's reads in the same way. Raises FileFormatError for what is no XML, for document types and
    entities (a few bytes of which can grow to gigabytes), for nesting without end, and for what is not MJCF.
    """
    content = read_bytes(path)
    if len(content) > MAX_XML_BYTES:
        raise FileFormatError(
            f"{path} has {len(content) / 2**20:.0f} MiB; descriptions of up to {MAX_XML_BYTES >> 20} MiB are read"
        )
    text = _utf8(content)
    elements = _Handler(path).parse(text)
    named = (value for element in elements for value in element.attributes.values())
    if text != content.removeprefix(_BOM) and not all(value.isascii() for value in named):  # in comments nobody minds
        raise FileFormatError(f"{path} holds names that are no UTF-8 text; save it as UTF-8")
    if elements[0].tag == "robot":
        raise FileFormatError(
            f"{path} is a URDF; sfv reads MJCF: load it in MuJoCo once, save it with mj_saveLastXML, add <freejoint/> and <position> servos"
        )
    if elements[0].tag not in _ROOTS:
        raise FileFormatError(f"{path} is not MJCF: its outermost element is <{elements[0].tag[:40]}>, not <mujoco>")
    return elements


def _utf8(content: bytes) -> bytes:
    """As UTF-8; what is not is taken for Latin-1, in which names of elements and attributes are the same."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1").encode("utf-8")
    return content.removeprefix(_BOM)


class _Handler:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.elements: list[Element] = []
        self.open: list[int] = []

    def parse(self, content: bytes) -> list[Element]:
        # the encoding is ours, whatever the file declares: MuJoCo's parser takes no notice of it either
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise FileFormatError(f"MuJoCo cannot read {self.path}: it is not well-formed XML ({error})") from error
        return self.elements

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements.append(Element(tag, attributes, self.open[-1] if self.open else -1))
        self.open.append(len(self.elements) - 1)
        if len(self.open) > MAX_DEPTH:
            raise FileFormatError(f"{self.path} is nested more than {MAX_DEPTH} elements deep; no robot or scene is")

    def _end(self, tag: str) -> None:
        self.open.pop()

    def _refuse(self, *_: object) -> None:
        raise FileFormatError(
            f"{self.path} declares a document type or entities (<!DOCTYPE, <!ENTITY); MJCF has none: remove them"
        )
