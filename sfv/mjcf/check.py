"""An MJCF description with all that it includes, attaches and loads, checked without MuJoCo."""

from dataclasses import dataclass, field
from pathlib import Path

from sfv.budget import check_content, regular_file
from sfv.errors import FileFormatError
from sfv.mjcf.folder import Place, check_content_type, png_pixels, total_bytes
from sfv.mjcf.limits import MAX_ELEMENTS, MAX_PIXELS, check_element, copies, pixels
from sfv.mjcf.scan import MAX_XML_BYTES, Element, scan

MAX_NESTED = 8
"""Files that include or attach files."""
_FOLDERS = {"texture": ("texturedir", "assetdir")}
_MESH_FOLDERS = ("meshdir", "assetdir")


@dataclass
class _Model:
    """One model, from its main file: the elements of all files that it includes."""

    elements: list[tuple[Element, Path, float]] = field(default_factory=list)
    """Each with its file and how many copies there are of it."""
    attached: dict[str, float] = field(default_factory=dict)
    """Name of an attached model -> how often."""

    def folders(self, *names: str) -> tuple[str, ...]:
        """What <compiler> says of these."""
        compilers = [one.attributes for one, _, _ in self.elements if one.tag == "compiler"]
        return tuple(dict.fromkeys(one[name] for one in compilers for name in names if name in one))


class Check:
    """Walks a description; ``files`` are all that it reads, the main one first."""

    def __init__(self, within: Path) -> None:
        self.within = within.resolve()
        self.files: dict[Path, None] = {}
        self.pixels = 0.0
        self._scanned = 0
        self._counted: dict[Path, float] = {}

    def main(self, path: Path) -> None:
        """Raise FileFormatError for whatever is wrong with the description in ``path``."""
        if not path.resolve().is_relative_to(self.within):
            raise FileFormatError(
                f"{path} lies outside of {self.within}; a description stays in its own folder: copy it there"
            )
        count = self._model(regular_file(path), (), Place(self.within, (path.parent,)))
        if count > MAX_ELEMENTS:
            raise FileFormatError(
                f"{path} has {count:,.0f} elements with all copies; descriptions of up to {MAX_ELEMENTS:,} are read"
            )
        check_content(total_bytes(self.files), path)

    def _model(self, path: Path, around: tuple[Path, ...], place: Place) -> float:
        """Number of elements of one model, copies counted; each model is looked at once."""
        if path.resolve() in self._counted:
            return self._counted[path.resolve()]
        model = _Model()
        self._read(path, model, place, around, 1.0)
        inside = (*around, path.resolve())
        models: dict[str, float] = {}
        for element, file, _ in model.elements:
            here = place.beside(file)
            if element.tag == "model" and element.attributes.get("file"):
                other = here.find_one(element.attributes["file"], "model", file)
                models[element.attributes.get("name", other.stem)] = self._model(other, inside, here.beside(other))
            else:
                self._assets(element, file, here, model)
        count = sum(many for _, _, many in model.elements)
        count += sum(max(model.attached.get(name, 1.0), 1.0) * size for name, size in models.items())
        return self._counted.setdefault(path.resolve(), count)

    def _read(self, path: Path, model: _Model, place: Place, around: tuple[Path, ...], many: float) -> None:
        """Append the elements of a file and of what it includes."""
        if path.resolve() in around:
            raise FileFormatError(f"{path} includes or attaches itself; MuJoCo would never end: remove that")
        if len(around) >= MAX_NESTED:
            raise FileFormatError(f"{path} is the {MAX_NESTED + 1}th file inside of another; {MAX_NESTED} are read")
        self.files[path] = None
        self._scanned += path.stat().st_size
        if self._scanned > MAX_XML_BYTES:
            raise FileFormatError(f"{path} and what it includes have more than {MAX_XML_BYTES >> 20} MiB of XML")
        weights: list[float] = []
        for element in scan(path):
            check_element(element, path)
            weights.append((weights[element.parent] if element.parent >= 0 else many) * copies(element, path))
            model.elements.append((element, path, weights[-1]))
            if len(model.elements) > MAX_ELEMENTS:
                raise FileFormatError(f"{path} has more than {MAX_ELEMENTS:,} elements; no robot or scene needs them")
            if element.tag == "attach":
                name = element.attributes.get("model", "")
                model.attached[name] = model.attached.get(name, 0.0) + weights[-1]
            if element.tag == "include":
                file = place.beside(path).find_one(element.attributes.get("file", ""), "included file", path)
                self._read(file, model, place, (*around, path.resolve()), weights[-1])

    def _assets(self, element: Element, path: Path, place: Place, model: _Model) -> None:
        """Find the files that an element names, and count its pixels."""
        self.pixels += pixels(element, path)
        if "content_type" in element.attributes:
            check_content_type(element.attributes["content_type"], path)
        names = [text for name, text in element.attributes.items() if name.startswith("file") and text]
        for text in names if element.tag != "include" else ():
            what = "mesh" if element.tag == "flexcomp" else element.tag
            for file in place.find(text, what, path, model.folders(*_FOLDERS.get(element.tag, _MESH_FOLDERS))):
                self.files[file] = None
                self.pixels += png_pixels(file)
        if self.pixels > MAX_PIXELS:
            raise FileFormatError(
                f"{path} has textures and height fields of {self.pixels / 2**20:,.0f} million pixels; up to {MAX_PIXELS >> 20} are read"
            )
