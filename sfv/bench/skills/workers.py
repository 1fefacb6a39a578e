"""Several trainings side by side: a process and a log file each; one that fails stops only what needs it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_POLL_SECONDS = 0.2
STOP_SECONDS = 120.0
"""How long a process may take to write its checkpoint after Ctrl-C."""

Log = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One process."""

    name: str
    command: tuple[str, ...]
    log: Path
    """File that gets what it prints."""
    after: tuple[str, ...] = ()
    """Tasks that must have succeeded before."""


class Launcher(Protocol):
    """Where tasks are carried out."""

    def room(self) -> int:
        """How many more tasks may begin now."""
        ...

    def begin(self, task: Task) -> None:
        """Begin a task."""
        ...

    def ended(self) -> list[tuple[Task, str | None]]:
        """Wait a moment; the tasks that ended since, each with the reason where it failed."""
        ...

    def running(self) -> list[Task]:
        """Tasks that have begun and not ended."""
        ...

    def stop(self) -> None:
        """Ask all running tasks to stop and wait for them: trainings write a checkpoint."""
        ...


def run_tasks(
    tasks: Sequence[Task], launcher: Launcher, log: Log, done: Callable[[Task], None], report_seconds: float
) -> dict[str, str]:
    """Run all tasks, as many at a time as ``launcher`` has room for, in their order; call ``done`` after each that succeeded.

    ``log`` gets a line at every beginning and end, and every ``report_seconds`` the last line of each running one's log.
    Returns name -> reason of those that failed. After Ctrl-C the tasks are asked to stop and waited for, and
    KeyboardInterrupt goes on.
    """
    waiting = list(tasks)
    begun: dict[str, float] = {}
    succeeded: set[str] = set()
    failed: dict[str, str] = {}
    reported = time.monotonic()
    try:
        while waiting or launcher.running():
            for task in [task for task in waiting if any(name in failed for name in task.after)]:
                waiting.remove(task)
                failed[task.name] = next(failed[name] for name in task.after if name in failed)
            ready = [task for task in waiting if all(name in succeeded for name in task.after)]
            for task in ready[: launcher.room()]:
                waiting.remove(task)
                begun[task.name] = time.monotonic()
                launcher.begin(task)
                log(f"{task.name}: begins, {task.log}")
            for task, reason in launcher.ended():
                if reason is None:
                    succeeded.add(task.name)
                    log(f"{task.name}: done, {(time.monotonic() - begun[task.name]) / 60:.1f} min")
                    done(task)
                else:
                    failed[task.name] = reason
                    log(f"{task.name}: failed, {reason}")
            if time.monotonic() - reported > report_seconds:
                reported = time.monotonic()
                for task in launcher.running():
                    log(f"{task.name}: {last_line(task.log)}")
    finally:
        launcher.stop()
    return failed


class LocalLauncher:
    """Processes of this machine, ``jobs`` at a time, each with ``threads`` for its numerical libraries."""

    def __init__(self, jobs: int, threads: int) -> None:
        self._jobs, self._threads = jobs, threads
        self._processes: list[tuple[Task, subprocess.Popen[bytes]]] = []

    def room(self) -> int:
        """See ``Launcher.room``."""
        return self._jobs - len(self._processes)

    def begin(self, task: Task) -> None:
        """See ``Launcher.begin``."""
        self._processes.append((task, start_process(task.command, task.log, self._threads)))

    def ended(self) -> list[tuple[Task, str | None]]:
        """See ``Launcher.ended``."""
        time.sleep(_POLL_SECONDS)
        over = [(task, process) for task, process in self._processes if process.poll() is not None]
        self._processes = [pair for pair in self._processes if pair not in over]
        return [(task, why_failed(process.returncode, task.log)) for task, process in over]

    def running(self) -> list[Task]:
        """See ``Launcher.running``."""
        return [task for task, _ in self._processes]

    def stop(self) -> None:
        """See ``Launcher.stop``."""
        _stop([process for _, process in self._processes])


def start_process(
    command: Sequence[str], log: Path, threads: int, folder: Path | None = None
) -> subprocess.Popen[bytes]:
    """Begin a process in ``folder`` whose output goes to the end of ``log``. It ends when the pipe to its standard input closes:
    it never outlives who started it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": str(threads), "COLUMNS": "200"},
            start_new_session=True,  # Ctrl-C reaches the processes only from here
        )


def why_failed(code: int, log: Path) -> str | None:
    """The last line of the log, or the exit status; None for a success."""
    return None if code == 0 else last_line(log).removeprefix("sfv: error: ") or f"ended with {code}"


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask once, then wait; nothing happens where all have ended. Not by SIGINT: jobs in the background ignore that one."""
    for process in processes:
        process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def last_line(log: Path) -> str:
    """Of what was printed so far; empty where nothing was."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.is_file() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
