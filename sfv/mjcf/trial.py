"""A first compilation in a process of its own: what an unknown MJCF file may do to MuJoCo it does there."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import mujoco
import platformdirs

from sfv.budget import BUDGET_BYTES, BUDGET_SECONDS
from sfv.errors import FileFormatError
from sfv.files import write_text
from sfv.mjcf import child
from sfv.mjcf.words import in_a_sentence

MAX_BODIES, MAX_SPEEDS, MAX_GEOMS = 2000, 500, 20_000
WORLD_BYTES = 2**26
"""Memory of one simulated world, of which a training has hundreds."""
_WALL_SECONDS = 120.0  # on a machine that does other things besides
_VERSION = 1  # of the trial: a verdict of another one counts for nothing


def try_out(path: Path, files: list[Path]) -> None:
    """Compile ``path``, which reads ``files``, in a child process under the budget; a description that passed once is known again.

    Raises FileFormatError where it does not compile, crashes MuJoCo, or asks for more than the budget.
    """
    known = _verdict(path, files)
    if known.is_file():
        return
    found = _run(path)
    if "memory" in found:
        raise FileFormatError(
            f"{path} asks for more than {BUDGET_BYTES >> 20} MiB of memory; use smaller meshes and textures"
        )
    if "error" in found:
        raise FileFormatError(in_a_sentence(path, found["error"]))
    for key, most, words in (
        ("bodies", MAX_BODIES, "bodies"),
        ("speeds", MAX_SPEEDS, "degrees of freedom"),
        ("geoms", MAX_GEOMS, "geoms"),
        ("world_bytes", WORLD_BYTES, "bytes for each simulated world"),
    ):
        if int(found[key]) > most:
            raise FileFormatError(f"{path} has {int(found[key]):,} {words}; up to {most:,} are read")
    try:
        known.parent.mkdir(parents=True, exist_ok=True)
        write_text(known, "")
    except OSError:
        pass  # a cache that cannot be written costs a second try, nothing else


def _verdict(path: Path, files: list[Path]) -> Path:
    """The file whose presence says that exactly these contents have passed."""
    digest = hashlib.sha256(f"{_VERSION} {mujoco.__version__} {len(files)}".encode())
    for file in files:
        name = os.path.relpath(file, path.parent)
        digest.update(f"\0{name}\0{file.stat().st_size}\0".encode("utf-8", "surrogateescape"))
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return Path(platformdirs.user_cache_dir("sfv")) / "mjcf" / digest.hexdigest()


def _run(path: Path) -> dict[str, Any]:
    limits = [str(BUDGET_BYTES), str(int(BUDGET_SECONDS))]
    command = [sys.executable, "-P", str(Path(child.__file__)), str(path.resolve()), *limits]
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory() as folder:  # MuJoCo writes a log where it runs
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=_WALL_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise _too_slow(path) from error
    for line in reversed(done.stdout.decode("utf-8", "replace").splitlines()):
        if line.startswith(child.MARK):
            return dict(json.loads(line.removeprefix(child.MARK)))
    if -done.returncode in (getattr(signal, "SIGXCPU", 0), getattr(signal, "SIGKILL", 0)):
        raise _too_slow(path)
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        raise FileFormatError(
            f"{path} makes MuJoCo {mujoco.__version__} crash ({name}); simplify what was changed last"
        )
    last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
    raise FileFormatError(in_a_sentence(path, last[0]))


def _too_slow(path: Path) -> FileFormatError:
    return FileFormatError(
        f"{path} takes MuJoCo more than {BUDGET_SECONDS:g} s of processor time to compile; use fewer parts and smaller meshes"
    )
