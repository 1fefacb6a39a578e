"""Every reader of files from outside, with a valid seed that the product writes itself.

The imports lie inside the functions: each reader is loaded once, in the parent, when its seed is read the first time.
"""

import functools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sfv.bench.reliability.fuzz import Reader

FRAMES = 12
"""Of made-up motions."""
_SIZE = (64, 48)


def own_readers() -> list[Reader]:
    """Readers of what sfv writes and of what a user writes for it."""
    return [
        Reader("clip.npz", _clip, _read_clip, "npz"),
        Reader("motion.npz", _motion, loader("sfv.motion.body_motion", "BodyMotion.load"), "npz"),
        Reader("keypoints.npz", _keypoints, loader("sfv.detect.keypoints", "Keypoints.load"), "npz"),
        Reader("policy.npz", _policy, loader("sfv.learn.run.policy", "load_policy"), "npz"),
        Reader("whole policy.npz", _whole_policy, loader("sfv.learn.run.policy", "load_policy"), "npz"),
        Reader("checkpoint.npz", _checkpoint, _resumed, "npz"),
        Reader("report.json", _report, lambda path: call("sfv.evaluate.report", "load_report", path.parent), "text"),
        Reader("run config.toml", _run, lambda path: call("sfv.learn.run.folder", "read_run", path.parent), "text"),
        Reader(
            "summary.json", _summary, lambda path: call("sfv.learn.run.folder", "read_summary", path.parent), "text"
        ),
        Reader(
            "progress.csv", _progress, lambda path: call("sfv.learn.run.folder", "read_progress", path.parent), "text"
        ),
        Reader("skill.toml", _skill, lambda path: call("sfv.names.skill", "read_skill", path.parent), "text"),
        Reader(
            "results.json", _results, lambda path: call("sfv.bench.results", "read_rows", "train", path.parent), "text"
        ),
        Reader("character.toml", _character("character.toml"), _character_of, "text"),
        Reader("character MJCF", _character("humanoid.xml"), _character_of, "text"),
        Reader("env.toml", _environment("env.toml"), _environment_of, "text"),
        Reader("scene.xml", _environment("scene.xml"), _environment_of, "text"),
    ]


def film_readers() -> list[Reader]:
    """Films and folders of images, every frame decoded."""
    films = [Reader(f"film {kind}", _film(kind), _frames) for kind in ("mp4", "mov", "mkv", "avi", "webm")]
    return [*films, Reader("folder of png", _images, lambda path: _frames(path.parent))]


def loader(module: str, name: str) -> Callable[[Path], Any]:
    """A function of a module, to be called with a file's path."""
    return lambda path: call(module, name, path)


def call(module: str, name: str, *arguments: Any) -> Any:
    """Call a function or method of a module by name."""
    import importlib

    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found(*arguments)


def walk() -> Path:
    """A clip of DeepMimic."""
    from sfv.assets import fetch

    return fetch("humanoid3d_walk")


def _clip(folder: Path) -> Path:
    from sfv.character import load_character
    from sfv.motion.deepmimic import read_deepmimic
    from sfv.retarget.clip_to_clip import report_clip

    clip = read_deepmimic(walk())
    report = report_clip(clip, load_character(clip.character)).as_dict()
    replace(clip, contacts=np.full((len(clip), 4), 0.5), report=report).save(folder / "clip.npz")
    return folder / "clip.npz"


def _read_clip(path: Path) -> None:
    """The clip, and the report that it remembers, as `sfv evaluate` reads it."""
    from sfv.motion.clip import Clip
    from sfv.retarget.report import RetargetReport

    clip = Clip.load(path)
    if clip.report is not None:
        RetargetReport.from_dict(clip.report)


def _motion(folder: Path) -> Path:
    from sfv.motion.mocap.deepmimic import read_deepmimic_body

    read_deepmimic_body(walk()).save(folder / "motion.npz")
    return folder / "motion.npz"


def _keypoints(folder: Path) -> Path:
    from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints

    rng, shape = np.random.default_rng(0), (2, FRAMES, len(BLAZEPOSE_NAMES))
    xy = rng.uniform(0, 400, (*shape, 2))
    Keypoints(
        xy,
        np.ones(shape),
        rng.normal(size=(*shape, 3)),
        30.0,
        (400, 400),
        video="film.mp4",
        background_px=np.zeros(FRAMES),
    ).save(folder / "keypoints.npz")
    return folder / "keypoints.npz"


def _shipped() -> Path:
    from sfv.names.skill import SHIPPED

    return SHIPPED / "humanoid" / "walk"


def _policy(folder: Path) -> Path:
    return Path(shutil.copyfile(_shipped() / "policy.npz", folder / "policy.npz"))


@functools.cache
def _learner() -> Any:
    """A small learner after its first update; the worlds are one thread's, so that a child process can go on with them."""
    from stable_baselines3.common.logger import configure

    from sfv.learn.config import RunConfig, TrainConfig
    from sfv.learn.train import build_learner
    from sfv.motion.deepmimic import read_deepmimic

    settings = TrainConfig(
        worlds=4,
        n_steps=2,
        batch_size=8,
        n_epochs=1,
        hidden=(8,),
        nr_starts=1,
        physics_threads=1,
        torch_threads=1,
        device="cpu",
    )
    learner, _ = build_learner(RunConfig(learner=settings), [read_deepmimic(walk())])
    learner.set_logger(configure(None, []))
    learner.warm_up(2)
    learner.update(64)
    return learner


def _whole_policy(folder: Path) -> Path:
    from sfv.learn.run.policy import save_policy

    save_policy(_learner().network, folder / "policy.npz")
    return folder / "policy.npz"


def _checkpoint(folder: Path) -> Path:
    from sfv.learn.run.checkpoint import Counters, save_checkpoint

    save_checkpoint(folder, _learner(), Counters(samples=8))
    return folder / "checkpoint.npz"


def _resumed(path: Path) -> Any:
    return call("sfv.learn.run.checkpoint", "load_checkpoint", path.parent, _learner())


def _report(folder: Path) -> Path:
    from sfv.evaluate.protocols.result import Failure, Row
    from sfv.evaluate.report import Case, Done, Report, save_report

    row = Row("nr", "undisturbed, on flat", "nr", 0.9, 0.8, 1.0, 32)
    fall = Failure("push", "push", "300 N", 3, 32, 1.5, 0.4, "fell", poses=np.zeros((2, 43)))
    head = ("own", "humanoid", "walk", True, 1.2, "flat", "flat", "nr")
    save_report(
        Report(*head, {"nr": Done(1, {"starts": 32}, 100)}, [row], [Case.of(fall, "a foot")], ["none"], []), folder
    )
    return folder / "report.json"


def _run(folder: Path) -> Path:
    _clip(folder)
    return Path(shutil.copyfile(_shipped() / "config.toml", folder / "config.toml"))


def _skill(folder: Path) -> Path:
    _policy(folder)
    _run(folder)
    return Path(shutil.copyfile(_shipped() / "skill.toml", folder / "skill.toml"))


def _summary(folder: Path) -> Path:
    from sfv.learn.run.folder import Summary, write_summary

    _run(folder)
    write_summary(
        folder,
        Summary(
            reason="samples", samples=1000, minutes=1.0, nr=0.9, nr_samples=1000, finished=1.0, precision="float32"
        ),
    )
    return folder / "summary.json"


def _progress(folder: Path) -> Path:
    from sfv.learn.run.folder import ProgressFile
    from sfv.learn.train import COLUMNS

    rows = ProgressFile(folder, COLUMNS, 0)
    for number in range(1, 9):
        rows.append(
            {"samples": number * 1024, "minutes": number / 60, "steps_per_s": 9000.0, "reward": 0.5, "kl": 0.01}
        )
    return folder / "progress.csv"


def _results(folder: Path) -> Path:
    from sfv.bench.results import write_results

    write_results("train", "sfv bench train", [{"what": "physics", "worlds": 512, "steps_per_s": 1e5}], folder)
    return folder / "train.json"


def _character(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        from sfv.character import load_character

        shutil.copytree(load_character("humanoid").folder, folder / "own")
        return folder / "own" / name

    return make


def _character_of(path: Path) -> Any:
    return call("sfv.character", "load_character", str(path.parent)).model()


def _environment(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        from sfv.finder import find_data

        shutil.copytree(find_data("envs", "yard", "env.toml"), folder / "own")
        return folder / "own" / name

    return make


def _environment_of(path: Path) -> Any:
    return call("sfv.environment", "load_environment", str(path.parent))


def _pictures() -> np.ndarray:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 255, (FRAMES, 6, 8, 3), dtype=np.uint8)
    return small.repeat(8, axis=1).repeat(8, axis=2)


def _film(kind: str) -> Callable[[Path], Path]:
    codecs = {"webm": "libvpx-vp9", "avi": "mpeg4"}

    def make(folder: Path) -> Path:
        import av

        path = folder / f"film.{kind}"
        with av.open(str(path), "w") as container:
            stream: Any = container.add_stream(codecs.get(kind, "libx264"), 25)
            stream.width, stream.height, stream.pix_fmt = *_SIZE, "yuv420p"
            for picture in _pictures():
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            container.mux(stream.encode())
        return path

    return make


def _images(folder: Path) -> Path:
    import cv2

    for number, picture in enumerate(_pictures()):
        cv2.imwrite(str(folder / f"{number:04d}.png"), picture)
    return folder / "0003.png"


def _frames(path: Path) -> int:
    film = call("sfv.video", "open_video", path)
    return sum(1 for _ in film)


def with_json(path: Path, value: Any) -> Path:
    """Write a seed in JSON; returns its path."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path
