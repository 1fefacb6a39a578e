"""Sweeps on a local Ray cluster of two workers, one of which is lost on the way."""

import sys
import time
from pathlib import Path

import pytest

from sfv.bench.skills.on_ray import RayLauncher
from sfv.bench.skills.workers import Task, run_tasks
from sfv.errors import SfvError

ray = pytest.importorskip("ray")

COUNTING = """
import sys, time
from pathlib import Path
checkpoint = Path(sys.argv[1])
begun = int(checkpoint.read_text()) if checkpoint.exists() else 0
print('from', begun, flush=True)
for count in range(begun, 12):
    checkpoint.write_text(str(count + 1))
    time.sleep(0.25)
"""


@pytest.fixture(scope="module")
def cluster():
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    workers = [made.add_node(num_cpus=1) for _ in range(2)]
    ray.init(made.address, log_to_driver=False)
    made.wait_for_nodes()
    yield made, workers
    ray.shutdown()
    made.shutdown()


def task(folder, name, code, *arguments, after=()):
    return Task(name, (sys.executable, "-c", code, *arguments), folder / "logs" / f"{name}.log", after)


@pytest.mark.slow
def test_failures_stop_only_what_needs_them(cluster, tmp_path):
    done = []
    tasks = [
        task(tmp_path, "bad", "print('sfv: error: no such clip'); raise SystemExit(1)"),
        task(tmp_path, "needs bad", "print('never')", after=("bad",)),
        task(tmp_path, "good", f"open({str(tmp_path / 'x')!r}, 'w').write('1')"),
        task(tmp_path, "needs good", f"open({str(tmp_path / 'x')!r})", after=("good",)),
    ]
    failed = run_tasks(tasks, RayLauncher(1), print, lambda one: done.append(one.name), 60.0)
    assert failed == {"bad": "no such clip", "needs bad": "no such clip"}
    assert done == ["good", "needs good"]
    assert not (tmp_path / "logs" / "needs bad.log").exists()


def test_nothing_is_left_to_wait_for_when_the_last_one_fails(cluster, tmp_path):
    tasks = [task(tmp_path, "bad", "raise SystemExit(3)"), task(tmp_path, "needs bad", "", after=("bad",))]
    failed = run_tasks(tasks, RayLauncher(1), print, lambda one: None, 60.0)
    assert failed == {"bad": "ended with 3", "needs bad": "ended with 3"}


def test_more_than_the_cluster_has_is_said(cluster):
    with pytest.raises(SfvError, match="lower --threads-per-job"):
        RayLauncher(8)


@pytest.mark.slow
def test_a_lost_workers_task_goes_on_from_its_checkpoint(cluster, tmp_path):
    made, workers = cluster
    checkpoints = [tmp_path / name for name in ("a", "b")]
    tasks = [task(tmp_path, path.name, COUNTING, str(path)) for path in checkpoints]
    lost = []

    def say(line: str) -> None:
        if not lost and all(path.exists() and int(path.read_text()) >= 3 for path in checkpoints):
            made.remove_node(workers[0], allow_graceful=False)
            lost.append(time.monotonic())

    done = []
    failed = run_tasks(tasks, RayLauncher(1), say, lambda one: done.append(one.name), 0.0)
    assert failed == {}
    assert sorted(done) == ["a", "b"]
    assert lost
    assert [path.read_text() for path in checkpoints] == ["12", "12"]
    begins = sorted(Path(one.log).read_text().split("from ")[1:] for one in tasks)
    counts = sorted(len(begin) for begin in begins)
    assert counts == [1, 2], begins  # only the lost one began again
    assert int(next(begin for begin in begins if len(begin) == 2)[1]) >= 3  # and not from the start
