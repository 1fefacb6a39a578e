"""The machine that takes a pickle apart: a stack, a memo, and a table of instructions; it never recurses and runs nothing."""

from collections.abc import Callable
from typing import Any

from sfv.budget import DAMAGE, Allowance, in_short
from sfv.errors import FileFormatError
from sfv.unpickle.names import HARMLESS, MOVED
from sfv.unpickle.opcodes import OPCODES
from sfv.unpickle.stands import JoblibArray, Maker

MAX_STEPS = 8_000_000
"""Instructions of one file. A minute of 4D-Humans with three people takes about two million."""
STEP_BYTES = 64
"""Memory that an instruction may take without having asked for it: a small object and its place on the stack."""
_STOP = ord(".")
_BLOCK = 8192  # instructions between two looks at the clock
_NESTED = 4  # pickles inside pickles: joblib's arrays of objects, torch's storages

Finder = Callable[[str, str], Any]
"""What a pickle gets for a module and a name; None where the finder knows nothing of it."""


class Source:
    """Bytes that are taken from front to back, never beyond their end."""

    __slots__ = ("allowance", "data", "position")

    def __init__(self, data: bytes, allowance: Allowance, position: int = 0) -> None:
        self.data, self.allowance, self.position = data, allowance, position

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes. Raises FileFormatError where there are fewer."""
        start, stop = self.position, self.position + size
        if size < 0 or stop > len(self.data):
            raise FileFormatError("it ends too early, or a length in it is wrong")
        self.position = stop
        if size > 255:
            self.allowance.spend(size)
        return self.data[start:stop]

    def line(self) -> bytes:
        """The next line without its end. Raises FileFormatError where there is none."""
        end = self.data.find(b"\n", self.position)
        if end < 0:
            raise FileFormatError("it ends too early")
        line = self.take(end - self.position)
        self.position = end + 1
        return line


class Machine:
    """One pickle being read from a source; the source may go on behind it."""

    __slots__ = (
        "_find",
        "_known",
        "_nested",
        "_persistent",
        "_refusal",
        "allowance",
        "marks",
        "memo",
        "source",
        "stack",
    )

    def __init__(
        self,
        source: Source,
        find: Finder | None = None,
        refusal: str = "which is neither an array nor a plain container",
        persistent: Callable[[Any], Any] | None = None,
    ) -> None:
        """``find`` knows names beyond the harmless ones, ``persistent`` what a reference to something outside of the pickle means."""
        self.source, self.allowance = source, source.allowance
        self._find, self._refusal, self._persistent = find, refusal, persistent
        self._known: dict[tuple[str, str], Any] = {}
        self._nested = 0
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """The object that the pickle describes, stand-ins inside. Raises FileFormatError, whose text goes on after "PATH was refused:"."""
        try:
            return self._run()
        except DAMAGE as error:
            reason = in_short(error) if isinstance(error, MemoryError) else "an instruction does not fit what is there"
            raise FileFormatError(f"it is damaged at byte {self.source.position} ({reason})") from error

    def _run(self) -> Any:
        source, table, data = self.source, OPCODES, self.source.data
        for _ in range(MAX_STEPS // _BLOCK):
            self.allowance.check_time()
            for step in range(_BLOCK):
                code = data[source.position]
                source.position += 1
                if code == _STOP:
                    self.allowance.spend(step * STEP_BYTES)
                    return self.stack.pop()
                table[code](self)
            self.allowance.spend(_BLOCK * STEP_BYTES)
        raise FileFormatError(f"it takes more than {MAX_STEPS:,} steps to read: cut it into shorter pieces")

    def find(self, module: str, name: str) -> Any:
        """What the pickle gets for a name. Raises FileFormatError for one that is not known to be harmless."""
        key = (module, name)
        if key not in self._known:
            found = self._find(module, name) if self._find else None
            if found is None and key == ("joblib.numpy_pickle", "NumpyArrayWrapper"):
                found = Maker(key[1], lambda _machine, _arguments: JoblibArray(), JoblibArray)
            if found is None:
                found = HARMLESS.get((MOVED.get(module, module), name))
            if found is None:
                named = "".join(c if c.isprintable() else "?" for c in f"{module}.{name}"[:80])
                raise FileFormatError(f"it names {named}, {self._refusal}")
            self._known[key] = found
        return self._known[key]

    def outside(self, reference: Any) -> Any:
        """What lies outside of the pickle under ``reference``. Raises FileFormatError where nothing can."""
        if self._persistent is None:
            raise FileFormatError("it refers to objects outside of the file")
        return self._persistent(reference)

    def nested(self, inner: "Machine | None" = None) -> Any:
        """The object of a pickle that stands inside this one: behind the instruction, or what ``inner`` reads. Raises FileFormatError."""
        inner = inner or Machine(self.source, self._find, self._refusal, self._persistent)
        inner._nested = self._nested + 1
        if inner._nested > _NESTED:
            raise FileFormatError(f"it holds pickles inside of pickles more than {_NESTED} deep")
        return inner.run()
