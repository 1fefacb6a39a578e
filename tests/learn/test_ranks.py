"""One training in two processes, as ``torchrun`` starts them; on the CPU, where the messages go through gloo."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from sfv.learn.ranks import Ranks, own_device
from sfv.learn.run.folder import read_summary
from sfv.learn.run.policy import load_policy

SCRIPT = """
import json, os, signal, sys, torch
from pathlib import Path
from dataclasses import replace
from sfv.learn import train as module
from sfv.learn.run.checkpoint import CHECKPOINT
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.ppo.normalizer import ObservationNormalizer
from sfv.imitate.vec_env import observation_space
from sfv.motion.clip import Clip

torch.set_num_threads(1)
folder, rank = Path(sys.argv[1]), int(os.environ["RANK"])
clip = Clip.load(sys.argv[2])
learner = TrainConfig(
    worlds=16, n_steps=8, batch_size=64, n_epochs=2, hidden=(16,), total_samples=int(sys.argv[3]), nr_interval=512,
    nr_starts=2, physics_threads=1, torch_threads=1, precision="float32", device="cpu", anneal=False,
)
built, inner = [], module.build_learner
def build(*arguments):
    built.append(inner(*arguments)[0])
    torch.manual_seed(rank)
    statistics = ObservationNormalizer(observation_space(3))
    data = torch.randn(2, 50, 3, generator=torch.Generator().manual_seed(7)) * torch.tensor([1.0, 5.0, 0.1]) + rank * 0
    statistics.update(data[rank] + 10 * rank, built[0].ranks)
    alone = ObservationNormalizer(observation_space(3))
    alone.update(torch.cat((data[0], data[1] + 10)))
    for name in ("mean", "variance", "count"):
        torch.testing.assert_close(getattr(statistics, name), getattr(alone, name), atol=1e-4, rtol=1e-5)
    return built[0], inner(*arguments)[1]
module.build_learner = build
summary = module.train(RunConfig(learner=learner), clip, folder)
weights = torch.cat([value.flatten().double() for value in built[0].network.state_dict().values()])
out = {"samples": summary.samples, "weights": weights.tolist(), "pose": built[0].core.worlds.qpos[0].tolist()}
Path(f"{folder}.{rank}.json").write_text(json.dumps(out))
"""


def torchrun(folder: Path, clip: Path, samples: int) -> list[dict]:
    script = folder.parent / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script)]
    done = subprocess.run(
        [*command, str(folder), str(clip), str(samples)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(Path(f"{folder}.{rank}.json").read_text()) for rank in range(2)]


@pytest.mark.slow
def test_two_processes_train_one_network_on_their_own_worlds(short_clip, tmp_path):
    clip = tmp_path / "clip.npz"
    short_clip.save(clip)
    first, second = torchrun(tmp_path / "run", clip, 1024)
    assert first["weights"] == second["weights"]
    assert first["pose"] != second["pose"]
    assert first["samples"] == second["samples"] == 1024  # 4 updates of 2 x 16 x 8
    summary = read_summary(tmp_path / "run")
    assert summary is not None
    assert summary.nr > 0
    load_policy(tmp_path / "run")
    rows = (tmp_path / "run" / "progress.csv").read_text().splitlines()
    assert len(rows) == 5  # the head and one line an update, of one process
    assert {path.name for path in (tmp_path / "run").glob("checkpoint*")} == {"checkpoint.npz", "checkpoint.1.npz"}


def test_alone_nothing_is_sent():
    alone, numbers = Ranks(), torch.tensor([1.0, 2.0])
    assert alone.average(numbers) is numbers
    assert alone.decide(True, torch.device("cpu"))
    alone.meet()


def test_every_process_has_a_gpu_of_its_own(monkeypatch):
    assert own_device("cuda") == "cuda"
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert own_device("cuda") == "cuda:3"
    assert own_device("cpu") == "cpu"
