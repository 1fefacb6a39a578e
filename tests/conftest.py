"""What several rooms' tests share: the humanoid, its ground, a captured walk and a made-up cycle that turns."""

import signal
from dataclasses import replace

import mujoco
import numpy as np
import pytest
import torch

from sfv.assets import fetch
from sfv.character import load_character
from sfv.environment import load_environment
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.train import train
from sfv.motion.clip import Clip
from sfv.motion.deepmimic import read_deepmimic
from sfv.physics.config import PhysicsConfig
from sfv.physics.model import build_model, joint_layout
from sfv.video import open_video, write_video


@pytest.fixture(autouse=True, scope="session")
def _one_torch_thread():
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _signals_as_usual():
    """The tests send signals to themselves: under nohup they are ignored, and Ray leaves a handler of its own behind."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def humanoid():
    return load_character("humanoid")


@pytest.fixture(scope="session")
def flat():
    return load_environment("flat")


@pytest.fixture(scope="session")
def flat_model(humanoid, flat):
    return build_model(humanoid, flat, PhysicsConfig())


@pytest.fixture(scope="session")
def walk_clip():
    return read_deepmimic(fetch("humanoid3d_walk"))


@pytest.fixture(scope="session")
def short_clip(walk_clip):
    """The captured walk as a clip that ends."""
    return replace(walk_clip, cyclic=False, name="short")


@pytest.fixture(scope="session")
def turning_clip(flat_model):
    """A closed cycle of 1.1 s that walks an arc: 0.5 m and 0.4 rad a period, every joint swinging once."""
    frames, fps, turn = 34, 30.0, 0.4
    names, widths = joint_layout(flat_model)
    time = np.linspace(0.0, 1.0, frames)
    qpos = np.zeros((frames, flat_model.nq))
    radius = 0.5 / turn
    qpos[:, 0], qpos[:, 1] = radius * np.sin(turn * time), radius * (1 - np.cos(turn * time))
    qpos[:, 2] = 0.9 + 0.02 * np.sin(4 * np.pi * time)
    qpos[:, 3], qpos[:, 6] = np.cos(0.5 * turn * time), np.sin(0.5 * turn * time)
    start = 7
    for i, width in enumerate(widths):
        swing = 0.2 * np.sin(2 * np.pi * time + i)
        if width == 4:
            axis = np.array([1.0, 0.5, -0.3]) / np.linalg.norm([1.0, 0.5, -0.3])
            for frame in range(frames):
                mujoco.mju_axisAngle2Quat(qpos[frame, start : start + 4], axis, swing[frame])
        else:
            qpos[:, start] = swing + (-0.5 if "knee" in names[i] else 0.5)
        start += width
    return Clip(qpos, fps, "humanoid", names, widths, cyclic=True, name="turning")


@pytest.fixture(scope="session")
def walk_crop_video(tmp_path_factory):
    """The demo's woman for 2.2 s (about two strides), cut out of the picture: 1000x514 pixels, 30 fps, nobody else."""
    path = tmp_path_factory.mktemp("walk") / "walk.mp4"
    whole = open_video(fetch("demo_video"), start=95 / 30, stop=161 / 30)
    write_video(path, (frame[480:, 250:1250] for frame in whole), whole.fps)
    return path


TINY = TrainConfig(worlds=32, n_steps=8, batch_size=64, hidden=(32, 16), total_samples=256, nr_starts=2)


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory, walk_clip):
    """Run folder of a finished training that learned next to nothing, of a cyclic clip."""
    folder = tmp_path_factory.mktemp("tiny") / "walk"
    train(RunConfig(learner=TINY), walk_clip, folder)
    return folder


@pytest.fixture(scope="session")
def tiny_ending_run(tmp_path_factory, short_clip):
    """The same of a clip that ends."""
    folder = tmp_path_factory.mktemp("tiny") / "short"
    train(RunConfig(learner=TINY), short_clip, folder)
    return folder
