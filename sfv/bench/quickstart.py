"""What the two commands of the README cost on a fresh machine: a fresh clone, an empty home, an empty cache."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sfv.bench.results import Row, write_results
from sfv.errors import SfvError

_LOG_LINES = 15


def run_quickstart(repository: Path, scratch: Path | None = None) -> list[Row]:
    """Clone ``repository`` at HEAD and run scripts/quickstart.sh, then scripts/test.sh, with nothing of this user's in reach.

    Rows: download, install, run, tests; seconds and the megabytes each left on disk. Raises SfvError with the end of the log
    when a command fails.
    """
    with tempfile.TemporaryDirectory(prefix="sfv-quickstart-", dir=scratch) as folder:
        clone, home = Path(folder) / "sfv", Path(folder) / "home"
        home.mkdir()
        _call(["git", "clone", "--quiet", str(repository), str(clone)], Path(folder), dict(os.environ))
        environment = _bare_environment(home)
        _call(["bash", "scripts/quickstart.sh"], clone, environment)
        times, sizes = _times(clone), {"install": _megabytes(clone / ".venv"), "run": _megabytes(clone / "runs")}
        sizes["download"] = _megabytes(home)
        rows: list[Row] = [
            {"what": what, "seconds": times[what], "megabytes": sizes[what]} for what in ("download", "install", "run")
        ]
        _call(["bash", "scripts/test.sh"], clone, environment)
        rows.append(
            {"what": "tests", "seconds": _times(clone)["tests"], "megabytes": _megabytes(home) - sizes["download"]}
        )
        return rows


def _bare_environment(home: Path) -> dict[str, str]:
    """This environment without a virtual environment, a cache or settings of this user; the package index stays as it is."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("VIRTUAL_ENV", "SFV_", "PYTHON", "XDG_"))
    }
    own = str(Path(sys.prefix) / "bin")
    kept["PATH"] = os.pathsep.join(entry for entry in kept["PATH"].split(os.pathsep) if entry != own)
    return kept | {"HOME": str(home), "PIP_NO_CACHE_DIR": "1"}


def _call(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    """Run and stream the output; an error ends with its last lines."""
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        tail = "".join(lines[-_LOG_LINES:])
        raise SfvError(
            f"'{' '.join(command)}' ended with {process.returncode} in a fresh clone; its last lines:\n{tail}"
        )


def _times(clone: Path) -> dict[str, int]:
    """Seconds of each step, the latest of each name."""
    table = (clone / ".venv" / "times.tsv").read_text(encoding="utf-8")
    return {name: int(seconds) for name, seconds in (line.split("\t") for line in table.splitlines())}


def _megabytes(folder: Path) -> int:
    total = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return round(total / 1e6)


def required_tools() -> None:
    """Raise SfvError where git or bash is missing."""
    missing = [tool for tool in ("git", "bash") if shutil.which(tool) is None]
    if missing:
        raise SfvError(f"the quickstart bench needs {' and '.join(missing)}; install it first")


def bench_quickstart(out: Path, scratch: Path | None = None) -> Path:
    """Run both scripts in a fresh clone, write quickstart.json and .md to the folder ``out``; returns the page. Raises SfvError.

    ``scratch`` has room for the clone; the system's temporary folder by default.
    """
    required_tools()
    if not Path("scripts/quickstart.sh").is_file():
        raise SfvError("run this in the root of a checkout of sfv: scripts/quickstart.sh is not here")
    write_results("quickstart", "sfv bench quickstart", run_quickstart(Path().resolve(), scratch), out)
    return out / "quickstart.md"
