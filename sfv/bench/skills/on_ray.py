"""Trainings on a Ray cluster: one Ray task a training; where a worker is lost, Ray begins its task again elsewhere, and the
training goes on from its checkpoint. The folder of the runs must be one that all machines see."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sfv.bench.skills.workers import STOP_SECONDS, Say, Task, last_line
from sfv.errors import SfvError

_POLL_SECONDS = 0.5
_RETRIES = 10
"""Workers that a task may lose; cheap machines are taken away now and then."""


def run_tasks_on_ray(
    tasks: Sequence[Task],
    threads: int,
    gpus: float,
    say: Say,
    done: Callable[[Task], None],
    report_seconds: float,
) -> dict[str, str]:
    """As ``workers.run_tasks``, as many at a time as the cluster has room for: each takes ``threads`` cores and ``gpus`` GPUs.

    The cluster is that of the environment variable RAY_ADDRESS, or this machine. Raises SfvError where Ray is missing or no
    machine of the cluster could ever run a task.
    """
    ray = _connected()
    room = ray.cluster_resources()
    if room.get("CPU", 0) < threads or room.get("GPU", 0) < gpus:
        raise SfvError(
            f"the Ray cluster has {room.get('CPU', 0):g} cores and {room.get('GPU', 0):g} GPUs in all; a training asks for "
            f"{threads} and {gpus:g}: lower --threads-per-job or --gpus-per-job"
        )
    remote = ray.remote(num_cpus=threads, num_gpus=gpus, max_retries=_RETRIES)(_work)
    waiting, running = list(tasks), dict[Any, Task]()
    succeeded: set[str] = set()
    failed: dict[str, str] = {}
    reported = time.monotonic()
    try:
        while waiting or running:
            for task in [task for task in waiting if any(name in failed for name in task.after)]:
                waiting.remove(task)
                failed[task.name] = next(failed[name] for name in task.after if name in failed)
            for task in [task for task in waiting if all(name in succeeded for name in task.after)]:
                waiting.remove(task)
                running[remote.remote(task.command, str(task.log.absolute()), threads, str(Path.cwd()))] = task
                say(f"{task.name}: given to Ray, {task.log}")
            finished, _ = ray.wait(list(running), num_returns=1, timeout=_POLL_SECONDS)
            for reference in finished:
                task = running.pop(reference)
                reason = _reason(ray, reference)
                if reason is None:
                    succeeded.add(task.name)
                    say(f"{task.name}: done")
                    done(task)
                else:
                    failed[task.name] = reason
                    say(f"{task.name}: failed, {reason}")
            if time.monotonic() - reported > report_seconds:
                reported = time.monotonic()
                for task in running.values():
                    say(f"{task.name}: {last_line(task.log)}")
    finally:
        for reference in running:
            ray.cancel(reference)  # as Ctrl-C: the training writes its checkpoint
        ray.wait(list(running), num_returns=len(running), timeout=STOP_SECONDS) if running else None
    return failed


def _connected() -> Any:
    try:
        import ray
    except ImportError as error:
        raise SfvError(
            "--launcher ray needs Ray: pip install 'sfv[cluster]'; --launcher local needs nothing"
        ) from error
    if not ray.is_initialized():
        address = os.environ.get("RAY_ADDRESS")
        try:
            ray.init(address, include_dashboard=None if address else False, log_to_driver=False)
        except ConnectionError as error:
            raise SfvError(f"no Ray cluster answers at RAY_ADDRESS={address} ({error})") from error
    return ray


def _reason(ray: Any, reference: Any) -> str | None:
    """Why a task failed; None where it succeeded."""
    try:
        return ray.get(reference)
    except ray.exceptions.RayError as error:
        return str(error).splitlines()[0]


def _work(command: tuple[str, ...], log: str, threads: int, folder: str) -> str | None:
    """On a worker: one process from beginning to end; why it failed, or None. It ends with this worker: its standard input
    is a pipe from here."""
    path = Path(log)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**os.environ, "OMP_NUM_THREADS": str(threads), "COLUMNS": "200"},
            start_new_session=True,
        )
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait(STOP_SECONDS)
        raise
    return None if code == 0 else last_line(path).removeprefix("sfv: error: ") or f"ended with {code}"
