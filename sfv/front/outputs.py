"""Writing what a stage made, where the caller asked for it."""

from pathlib import Path

from sfv.storage.outputs import make_way


def path_of(out: str | Path | None) -> Path | None:
    """A path, where one is given."""
    return None if out is None else Path(out).expanduser()


def ready(path: Path, keep_older: bool) -> None:
    """Rename what lies at ``path``, which is about to be written, if it is to be kept."""
    if keep_older:
        make_way(path, path)
