"""Several trainings side by side: a process and a log file each; one that fails stops only what needs it."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_POLL_SECONDS = 0.2
STOP_SECONDS = 120.0
"""How long a process may take to write its checkpoint after Ctrl-C."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One process."""

    name: str
    command: tuple[str, ...]
    log: Path
    """File that gets what it prints."""
    after: tuple[str, ...] = ()
    """Tasks that must have succeeded before."""


@dataclass(frozen=True)
class Running:
    """A process at work. It ends when the pipe to its standard input closes: it never outlives who started it."""

    task: Task
    process: subprocess.Popen[bytes]
    start: float


def run_tasks(
    tasks: Sequence[Task],
    jobs: int,
    threads: int,
    say: Say,
    done: Callable[[Task], None],
    report_seconds: float,
) -> dict[str, str]:
    """Run all tasks, ``jobs`` at a time, in their order; call ``done`` after each that succeeded.

    ``say`` gets a line at every beginning and end, and every ``report_seconds`` the last line of each running one's log.
    ``threads``: for numerical libraries of each process. Returns name -> reason of those that failed. After Ctrl-C the
    processes are asked to stop and waited for, and KeyboardInterrupt goes on.
    """
    waiting, running = list(tasks), list[Running]()
    succeeded: set[str] = set()
    failed: dict[str, str] = {}
    reported = time.monotonic()
    try:
        while waiting or running:
            for task in [task for task in waiting if any(name in failed for name in task.after)]:
                waiting.remove(task)
                failed[task.name] = next(failed[name] for name in task.after if name in failed)
            ready = [task for task in waiting if all(name in succeeded for name in task.after)]
            for task in ready[: jobs - len(running)]:
                waiting.remove(task)
                running.append(_start(task, threads))
                say(f"{task.name}: begins, {task.log}")
            time.sleep(_POLL_SECONDS)
            for job in [job for job in running if job.process.poll() is not None]:
                running.remove(job)
                minutes = (time.monotonic() - job.start) / 60
                if job.process.returncode == 0:
                    succeeded.add(job.task.name)
                    say(f"{job.task.name}: done, {minutes:.1f} min")
                    done(job.task)
                else:
                    reason = last_line(job.task.log).removeprefix("sfv: error: ")
                    failed[job.task.name] = reason or f"ended with {job.process.returncode}"
                    say(f"{job.task.name}: failed, {failed[job.task.name]}")
            if time.monotonic() - reported > report_seconds:
                reported = time.monotonic()
                for job in running:
                    say(f"{job.task.name}: {last_line(job.task.log)}")
    finally:
        _stop([job.process for job in running])
    return failed


def _start(task: Task, threads: int) -> Running:
    task.log.parent.mkdir(parents=True, exist_ok=True)
    with task.log.open("ab") as log:
        process = subprocess.Popen(
            task.command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "OMP_NUM_THREADS": str(threads), "COLUMNS": "200"},
            start_new_session=True,  # Ctrl-C reaches the processes only from here
        )
    return Running(task, process, time.monotonic())


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask once, as Ctrl-C would, then wait; nothing happens where all have ended."""
    for process in processes:
        process.send_signal(signal.SIGINT)
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
