"""Fields of a file, each held against what it must be: numbers of one shape, a rate, counts, names; one sentence where it is not."""

import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sfv.budget import reading
from sfv.errors import FileFormatError, SfvError

LOWEST_HZ, HIGHEST_HZ = 1.0, 2000.0
"""Frame rates: from a picture a second to high-speed motion capture."""
LARGEST = 1e6
"""Largest size of a number of a motion, in metres, pixels or radians. A file that is off by a unit (millimetres) stays far below."""
_MOST_TEXT = 10_000
"""Characters of a name or a note."""
_MOST_FRAME = 2**31 - 1


@contextmanager
def fields_of(path: Path | str, what: str) -> Iterator[None]:
    """Put ``path`` before whatever is said about its fields; what libraries raise over them becomes one FileFormatError."""
    try:
        with reading(path, what):
            yield
    except SfvError as error:
        told = str(error)
        raise (error if told.startswith(str(path)) else FileFormatError(f"{path}: {told}")) from error


def numbers(value: Any, what: str, shape: Sequence[int | None], missing: bool = False) -> np.ndarray:
    """``value`` as float64 of ``shape`` (None: any length), in place where it is that already.

    Raises FileFormatError for other kinds and shapes, for sizes above LARGEST, and for NaN and infinity unless numbers may be
    ``missing`` (NaN then; infinity becomes NaN).
    """
    array = _array(value, what)
    if array.dtype.kind not in "iuf":
        raise FileFormatError(f"{what} must be numbers; it holds {array.dtype.name[:40]}")
    fits = array.ndim == len(shape) and all(
        wanted in (None, length) for wanted, length in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise FileFormatError(
            f"{what} has shape {array.shape}, but ({wanted}) is needed: the arrays do not belong together"
        )
    array = array.astype(np.float64, copy=False)
    finite = np.isfinite(array)
    if missing:
        array = array if (finite | np.isnan(array)).all() else np.where(finite, array, np.nan)
    elif not finite.all():
        where = tuple(int(index) for index in np.argwhere(~finite)[0])
        raise FileFormatError(f"{what} holds NaN or infinity, first at {where}; make it again or cut those frames out")
    if array.size and (largest := float(np.nanmax(np.abs(array), initial=0.0))) > LARGEST:
        raise FileFormatError(
            f"{what} holds a number of size {largest:.3g}; nothing above {LARGEST:g} is possible there"
        )
    return array


def shares(value: Any, what: str, shape: Sequence[int | None]) -> np.ndarray:
    """Probabilities or evidence of ``shape``; rounding beyond 0 and 1 is cut off. Raises FileFormatError."""
    array = numbers(value, what, shape)
    if array.size and not (array.min() >= -_ROUNDING and array.max() <= 1 + _ROUNDING):
        raise FileFormatError(f"{what} must lie between 0 and 1; it goes from {array.min():g} to {array.max():g}")
    return array if not array.size or (array.min() >= 0 and array.max() <= 1) else array.clip(0.0, 1.0)


_ROUNDING = 1e-3


def frame_rate(value: Any, mend: str = "give the rate at which it was recorded") -> float:
    """Frames a second. Raises FileFormatError for what is no single number, NaN, and rates that no motion is recorded at."""
    array = _array(value, "the frame rate")
    if array.size != 1 or array.dtype.kind not in "iuf":
        raise FileFormatError(
            f"the frame rate must be one number; it is {array.dtype.name[:40]} of shape {array.shape}; {mend}"
        )
    rate = float(array.reshape(-1)[0])
    if not LOWEST_HZ <= rate <= HIGHEST_HZ:
        raise FileFormatError(
            f"{rate:g} frames a second are no frame rate; {LOWEST_HZ:g} to {HIGHEST_HZ:g} are possible: {mend}"
        )
    return rate


def whole(value: Any, what: str, low: int = 0, high: int = _MOST_FRAME) -> int:
    """A whole number from ``low`` to ``high``. Raises FileFormatError."""
    array = _array(value, what)
    if array.size != 1 or array.dtype.kind not in "iu":
        raise FileFormatError(f"{what} must be one whole number; it is {array.dtype.name[:40]} of shape {array.shape}")
    number = operator.index(array.reshape(-1)[0])
    if not low <= number <= high:
        raise FileFormatError(f"{what} is {number}; {low} to {high} is possible")
    return number


def flag(value: Any, what: str) -> bool:
    """True or false, also as 0 or 1. Raises FileFormatError."""
    array = _array(value, what)
    if array.size != 1 or array.dtype.kind not in "biu" or int(array.reshape(-1)[0]) not in (0, 1):
        raise FileFormatError(f"{what} must be true or false; it is {array.dtype.name[:40]} of shape {array.shape}")
    return bool(array.reshape(-1)[0])


def text(value: Any, what: str) -> str:
    """One text; bytes are taken for UTF-8. Raises FileFormatError."""
    array = _array(value, what)
    if array.size != 1 or array.dtype.kind not in "US" or array.dtype.itemsize > 4 * _MOST_TEXT:
        raise FileFormatError(f"{what} must be one short text; it is {array.dtype.name[:40]} of shape {array.shape}")
    return _string(array.reshape(-1)[0], what)


def texts(value: Any, what: str, count: int | None = None) -> tuple[str, ...]:
    """A list of texts, ``count`` of them where that is given. Raises FileFormatError."""
    array = _array(value, what)
    if array.size == 0 and array.ndim <= 1 and count in (None, 0):
        return ()
    if array.ndim != 1 or array.dtype.kind not in "US" or array.dtype.itemsize > 4 * _MOST_TEXT:
        raise FileFormatError(f"{what} must be a list of texts; it is {array.dtype.name[:40]} of shape {array.shape}")
    if count is not None and len(array) != count:
        raise FileFormatError(f"{what} holds {len(array)} names; {count} are needed: the arrays do not belong together")
    return tuple(_string(item, what) for item in array)


def plain_name(name: str, what: str) -> str:
    """``name``, which becomes part of file names: a file must not choose where output goes. Raises FileFormatError for a path."""
    bad = not name or name != name.strip() or name.startswith(".") or len(name.encode("utf-8")) > _MOST_NAME
    if bad or any(char in "/\\:\0" or not char.isprintable() for char in name):
        raise FileFormatError(
            f"{what} is {name[:80]!r}; a plain name is needed, without folders: files are called after it"
        )
    return name


_MOST_NAME = 120
"""Bytes of a name: file systems take 255, and endings are added."""


def unit_quats(qpos: np.ndarray, columns: Mapping[str, slice]) -> np.ndarray:
    """``qpos`` (T, nq) with the quaternions in ``columns`` (joint -> columns) of length one; itself where they all are.

    Raises FileFormatError where one is so far from it that it is no rotation.
    """
    out = qpos
    for joint, cut in columns.items():
        norm = np.linalg.norm(qpos[:, cut], axis=1)
        wrong = ~((norm > _SHORTEST) & (norm < 1 / _SHORTEST))
        if wrong.any():
            frame = int(wrong.argmax())
            raise FileFormatError(
                f"the quaternion of {joint} in frame {frame} has length {norm[frame]:.3g}; a rotation's is one: "
                "it was not filled in, or those columns hold something else"
            )
        if np.abs(norm - 1).max() > _UNIT:
            out = out.copy() if out is qpos else out
            out[:, cut] = qpos[:, cut] / norm[:, None]
    return out


_SHORTEST = 0.5
"""Length from which a quaternion is a rotation that was rounded or averaged; sums of two unlike ones can be shorter."""
_UNIT = 1e-6
"""What single precision leaves; such files stay as they are to the bit."""


def _array(value: Any, what: str) -> np.ndarray:
    try:
        return np.asarray(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise FileFormatError(f"{what} is no array of one kind") from error


def _string(value: Any, what: str) -> str:
    try:
        found = value.decode("utf-8") if isinstance(value, bytes) else str(value)
        found.encode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise FileFormatError(f"{what} is not readable text") from error
    if "\x00" in found:
        raise FileFormatError(f"{what} holds a zero byte")
    return found
