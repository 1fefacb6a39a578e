"""Trainings on a Ray cluster: one Ray task a training; where a worker is lost, Ray begins its task again elsewhere, and the
training goes on from its checkpoint. The folder of the runs must be one that all machines see."""

import os
import signal
from pathlib import Path
from typing import Any

from sfv.bench.skills.workers import STOP_SECONDS, Task, start_process, why_failed
from sfv.errors import SfvError

_POLL_SECONDS = 0.5
_EVERYTHING = 1_000_000  # tasks
_RETRIES = 10
"""Workers that a task may lose; cheap machines are taken away now and then."""


class RayLauncher:
    """Tasks of a Ray cluster, as many at a time as it has room for; each takes ``threads`` cores and ``gpus`` GPUs.

    The cluster is that of the environment variable RAY_ADDRESS, or this machine.
    """

    def __init__(self, threads: int, gpus: float = 0.0) -> None:
        """Raises SfvError where Ray is missing or the cluster could never run a task."""
        self._ray, self._threads = _connected(), threads
        room = self._ray.cluster_resources()
        if room.get("CPU", 0) < threads or room.get("GPU", 0) < gpus:
            raise SfvError(
                f"the Ray cluster has {room.get('CPU', 0):g} cores and {room.get('GPU', 0):g} GPUs in all; a training asks "
                f"for {threads} and {gpus:g}: lower --threads-per-job or --gpus-per-job"
            )
        self._remote = self._ray.remote(num_cpus=threads, num_gpus=gpus, max_retries=_RETRIES)(_work)
        self._tasks: dict[Any, Task] = {}

    def room(self) -> int:
        """See ``Launcher.room``: Ray keeps what does not fit yet."""
        return _EVERYTHING

    def begin(self, task: Task) -> None:
        """See ``Launcher.begin``."""
        work = self._remote.remote(task.command, str(task.log.absolute()), self._threads, str(Path.cwd()))
        self._tasks[work] = task

    def ended(self) -> list[tuple[Task, str | None]]:
        """See ``Launcher.ended``."""
        if not self._tasks:
            return []
        over, _ = self._ray.wait(list(self._tasks), num_returns=1, timeout=_POLL_SECONDS)
        return [(self._tasks.pop(work), self._reason(work)) for work in over]

    def running(self) -> list[Task]:
        """See ``Launcher.running``."""
        return list(self._tasks.values())

    def stop(self) -> None:
        """See ``Launcher.stop``."""
        for work in self._tasks:
            self._ray.cancel(work)
        if self._tasks:
            self._ray.wait(list(self._tasks), num_returns=len(self._tasks), timeout=STOP_SECONDS)

    def _reason(self, work: Any) -> str | None:
        try:
            return self._ray.get(work)
        except self._ray.exceptions.RayError as error:
            return str(error).splitlines()[0]


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


def _work(command: tuple[str, ...], log: str, threads: int, folder: str) -> str | None:
    """On a worker: one process from beginning to end; why it failed, or None."""
    process = start_process(command, Path(log), threads, Path(folder))
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)
        raise
    return why_failed(code, Path(log))
