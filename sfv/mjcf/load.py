"""The one way from an MJCF file to MuJoCo."""

from pathlib import Path

import mujoco

from sfv.errors import FileFormatError
from sfv.finder import is_installed
from sfv.mjcf.check import Check
from sfv.mjcf.trial import try_out
from sfv.mjcf.words import in_a_sentence

_known: dict[Path, tuple[tuple[str, int, int], ...]] = {}
"""Descriptions that passed in this process: file -> name, size and time of change of everything it reads."""


def load_spec(path: Path, within: Path) -> mujoco.MjSpec:
    """The description in ``path``, all of whose files lie in the folder ``within``; an editable copy.

    What is not part of the installed package is compiled in a child process first. Raises FileFormatError of one sentence for
    whatever is wrong with it: see ``sfv.mjcf.check`` and ``sfv.mjcf.trial``.
    """
    check = Check(within)
    check.main(path)
    files = list(check.files)
    state = tuple((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    if not is_installed(path) and _known.get(path) != state:
        try_out(path, files)
    try:
        spec = mujoco.MjSpec.from_file(str(path))
    except (ValueError, RuntimeError, MemoryError) as error:
        raise FileFormatError(in_a_sentence(path, str(error))) from error
    _known[path] = state
    return spec


def compile_spec(spec: mujoco.MjSpec, path: Path | str) -> mujoco.MjModel:
    """The model of a description that came from ``path``. Raises FileFormatError with MuJoCo's reason in one sentence."""
    try:
        return spec.compile()
    except (ValueError, RuntimeError, MemoryError) as error:
        raise FileFormatError(in_a_sentence(path, str(error))) from error
