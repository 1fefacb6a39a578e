"""One process at a time in a folder that is trained in.

The lock belongs to the kernel (``flock``): it ends with the process that holds it, however that ends, so none is ever stale. The
file it is held on names the holder for the message, and goes when the lock is given back; one that a kill left behind means nothing.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sfv.errors import SfvError

LOCK = ".sfv-lock"
"""Name of the file inside the folder."""
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


class FolderBusyError(SfvError):
    """Another process works in this folder."""


class FolderLock:
    """A lock that is held. ``path`` is its file; who moves the folder says where it lies now."""

    def __init__(self, path: Path) -> None:
        self.path = path


@contextmanager
def locked(folder: Path | str) -> Iterator[FolderLock]:
    """Hold ``folder``, which is made where it is not there, for as long as the block runs.

    Raises FolderBusyError with the other's process number where somebody holds it, SfvError where it cannot be written to. On file
    systems without locks the block runs without one.
    """
    lock, made = FolderLock(Path(folder) / LOCK), not Path(folder).exists()
    handle = _hold(lock.path)
    try:
        yield lock
    finally:
        # first the name, then the lock: whoever opens the file in between finds that it is no longer the folder's
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), lock.path.stat()):
                lock.path.unlink()
                if made and lock.path == Path(folder) / LOCK:  # where nothing came of it, nothing stays
                    lock.path.parent.rmdir()
        os.close(handle)


def _hold(path: Path) -> int:
    """Descriptor of the lock file, held."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise SfvError(
                f"cannot write in {path.parent}: {error.strerror or error}; choose another folder with --out"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                holder = os.read(handle, 32).decode("ascii", "replace").strip()
                os.close(handle)
                who = f"process {holder}" if holder.isdigit() else "another process"
                raise FolderBusyError(
                    f"{path.parent} is in use by {who}; wait until it ends or stop it (kill {holder or 'PID'} leaves what can be "
                    "gone on from), or choose another folder with --out"
                ) from error
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                os.ftruncate(handle, 0)
                os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
                return handle
        os.close(handle)  # who held it has just taken the file away
