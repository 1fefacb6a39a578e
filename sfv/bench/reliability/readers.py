"""Every reader of files from outside, with a valid seed that the product writes itself.

The imports lie inside the functions: each reader is loaded once, in the parent, when its seed is read the first time.
"""

import functools
import itertools
import json
import lzma
import pickle
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sfv.bench.reliability.fuzz import Reader

_FRAMES = 12
_SIZE = (64, 48)


def own_readers() -> list[Reader]:
    """Readers of what sfv writes and of what a user writes for it."""
    return [
        Reader("clip.npz", _clip, _read_clip, "npz"),
        Reader("motion.npz", _motion, _load("sfv.motion.body_motion", "BodyMotion.load"), "npz"),
        Reader("keypoints.npz", _keypoints, _load("sfv.detect.keypoints", "Keypoints.load"), "npz"),
        Reader("policy.npz", _policy, _load("sfv.learn.run.policy", "load_policy"), "npz"),
        Reader("whole policy.npz", _whole_policy, _load("sfv.learn.run.policy", "load_policy"), "npz"),
        Reader("checkpoint.npz", _checkpoint, _resumed, "npz"),
        Reader("report.json", _report, lambda path: _call("sfv.evaluate.report", "load_report", path.parent), "text"),
        Reader("run config.toml", _run, lambda path: _call("sfv.learn.run.folder", "read_run", path.parent), "text"),
        Reader(
            "summary.json", _summary, lambda path: _call("sfv.learn.run.folder", "read_summary", path.parent), "text"
        ),
        Reader(
            "progress.csv", _progress, lambda path: _call("sfv.learn.run.folder", "read_progress", path.parent), "text"
        ),
        Reader("skill.toml", _skill, lambda path: _call("sfv.names.skill", "read_skill", path.parent), "text"),
        Reader(
            "results.json", _results, lambda path: _call("sfv.bench.results", "read_rows", "train", path.parent), "text"
        ),
        Reader("character.toml", _character("character.toml"), _character_of, "text"),
        Reader("character MJCF", _character("humanoid.xml"), _character_of, "text"),
        Reader("env.toml", _environment("env.toml"), _environment_of, "text"),
        Reader("scene.xml", _environment("scene.xml"), _environment_of, "text"),
    ]


def foreign_readers() -> list[Reader]:
    """Readers of other programs' files whose seeds are simple to write."""
    return [
        Reader("DeepMimic txt", _deepmimic, _load("sfv.motion.deepmimic", "read_deepmimic"), "text"),
        Reader("DeepMimic xz", _deepmimic_xz, _load("sfv.motion.deepmimic", "read_deepmimic")),
        Reader("AMP npz", _amp, _load("sfv.motion.mocap.cmu_amp", "read_cmu_amp"), "npz"),
        Reader("Acclaim asf", _acclaim("asf"), _acclaim_of, "text"),
        Reader("Acclaim amc", _acclaim("amc"), _acclaim_of, "text"),
        Reader("BVH", _bvh, _load("sfv.motion.mocap.captured", "read_captured"), "text"),
        Reader("MimicKit pkl", _mimickit, _load("sfv.motion.mocap.captured", "read_captured"), "pickle"),
        Reader("body model npz", _body_npz, _load("sfv.body.model", "load_body"), "npz"),
        Reader("body model pkl", _body_pickle, _load("sfv.body.model", "load_body"), "pickle"),
    ]


def film_readers() -> list[Reader]:
    """Films and folders of images, every frame decoded."""
    films = [Reader(f"film {kind}", _film(kind), _frames) for kind in ("mp4", "mov", "mkv", "avi", "webm")]
    return [*films, Reader("folder of png", _images, lambda path: _frames(path.parent))]


def _load(module: str, name: str) -> Callable[[Path], Any]:
    return lambda path: _call(module, name, path)


def _call(module: str, name: str, *arguments: Any) -> Any:
    import importlib

    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found(*arguments)


def _walk() -> Path:
    from sfv.assets import fetch

    return fetch("humanoid3d_walk")


def _clip(folder: Path) -> Path:
    from sfv.character import load_character
    from sfv.motion.deepmimic import read_deepmimic
    from sfv.retarget.clip_to_clip import report_clip

    clip = read_deepmimic(_walk())
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

    read_deepmimic_body(_walk()).save(folder / "motion.npz")
    return folder / "motion.npz"


def _keypoints(folder: Path) -> Path:
    from sfv.detect.keypoints import BLAZEPOSE_NAMES, Keypoints

    rng, shape = np.random.default_rng(0), (2, _FRAMES, len(BLAZEPOSE_NAMES))
    xy = rng.uniform(0, 400, (*shape, 2))
    Keypoints(
        xy,
        np.ones(shape),
        rng.normal(size=(*shape, 3)),
        30.0,
        (400, 400),
        video="film.mp4",
        background_px=np.zeros(_FRAMES),
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
    learner, _ = build_learner(RunConfig(learner=settings), [read_deepmimic(_walk())])
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
    return _call("sfv.learn.run.checkpoint", "load_checkpoint", path.parent, _learner())


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
    return _call("sfv.character", "load_character", str(path.parent)).model()


def _environment(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        from sfv.finder import find_data

        shutil.copytree(find_data("envs", "yard", "env.toml"), folder / "own")
        return folder / "own" / name

    return make


def _environment_of(path: Path) -> Any:
    return _call("sfv.environment", "load_environment", str(path.parent))


def _deepmimic(folder: Path) -> Path:
    content = _walk().read_bytes()
    path = folder / "humanoid3d_walk.txt"
    path.write_bytes(lzma.decompress(content) if content[:6] == b"\xfd7zXZ\x00" else content)
    return path


def _deepmimic_xz(folder: Path) -> Path:
    path = folder / "humanoid3d_walk.txt.xz"
    path.write_bytes(lzma.compress(_deepmimic(folder).read_bytes()))
    return path


def _amp(folder: Path) -> Path:
    from sfv.motion.mocap.cmu_amp import NODES

    turn = np.zeros((_FRAMES, len(NODES), 4), np.float32)
    turn[..., 3] = 1
    place = np.tile(np.array([0, 0, 0.9], np.float32), (_FRAMES, 1))
    path = folder / "amp_humanoid_stand.npz"
    np.savez(path, rotation_xyzw=turn, root_translation=place, node_names=np.asarray(list(NODES)), fps=np.asarray(30.0))
    return path


_ASF_CHAINS = (
    "root lhipjoint lfemur ltibia lfoot ltoes", "root rhipjoint rfemur rtibia rfoot rtoes",
    "root lowerback upperback thorax lowerneck upperneck head", "thorax lclavicle lhumerus lradius lwrist lhand",
    "thorax rclavicle rhumerus rradius rwrist rhand",
)  # fmt: skip
_ASF_BONES = {bone: parent for chain in _ASF_CHAINS for parent, bone in itertools.pairwise(chain.split())}
"""The CMU skeleton: each bone's parent."""


def _acclaim(which: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        bones = "".join(
            f" begin\n  id {number}\n  name {name}\n  direction 0 {-1 if 'f' in name else 1} 0.1\n  length 2\n  axis 0 0 0 XYZ\n"
            "  dof rx ry rz\n  limits (-90 90)\n  (-90 90)\n  (-90 90)\n end\n"
            for number, name in enumerate(_ASF_BONES, 1)
        )
        tree = "".join(f"  {parent} {name}\n" for name, parent in _ASF_BONES.items())
        (folder / "07.asf").write_text(
            ":version 1.10\n:name own\n:units\n mass 1.0\n length 0.45\n angle deg\n:root\n order TX TY TZ RX RY RZ\n"
            f" axis XYZ\n position 0 0 0\n orientation 0 0 0\n:bonedata\n{bones}:hierarchy\n begin\n{tree} end\n"
        )
        frame = "root 0 17 0 0 0 0\n" + "".join(f"{name} 1 2 3\n" for name in _ASF_BONES)
        (folder / "07_01.amc").write_text(
            ":FULLY-SPECIFIED\n:DEGREES\n" + "".join(f"{n}\n{frame}" for n in range(1, _FRAMES))
        )
        return folder / ("07.asf" if which == "asf" else "07_01.amc")

    return make


def _acclaim_of(path: Path) -> Any:
    return _call("sfv.motion.mocap.acclaim", "read_acclaim", path.parent / "07_01.amc", path.parent / "07.asf")


_BVH = {
    "Hips": ("", "0 90 0"), "LeftUpLeg": ("Hips", "9 -8 0"), "LeftLeg": ("LeftUpLeg", "0 -40 0"), "LeftFoot": ("LeftLeg", "0 -40 0"),
    "LeftToe": ("LeftFoot", "0 -6 14"), "RightUpLeg": ("Hips", "-9 -8 0"), "RightLeg": ("RightUpLeg", "0 -40 0"),
    "RightFoot": ("RightLeg", "0 -40 0"), "RightToe": ("RightFoot", "0 -6 14"), "Spine": ("Hips", "0 12 0"),
    "Chest": ("Spine", "0 20 0"), "Head": ("Chest", "0 30 0"), "LeftArm": ("Chest", "17 18 0"), "LeftForeArm": ("LeftArm", "28 0 0"),
    "LeftHand": ("LeftForeArm", "26 0 0"), "RightArm": ("Chest", "-17 18 0"), "RightForeArm": ("RightArm", "-28 0 0"),
    "RightHand": ("RightForeArm", "-26 0 0"),
}  # fmt: skip
"""Parent and offset of each joint of a made-up person, centimetres."""


def _bvh(folder: Path) -> Path:
    def joint(name: str) -> str:
        parent, offset = _BVH[name]
        inner = "".join(joint(child) for child, (above, _) in _BVH.items() if above == name)
        place, head = ("", "JOINT") if parent else ("Xposition Yposition Zposition ", "ROOT")
        end = "" if inner else "End Site\n{\nOFFSET 0 0 0\n}\n"
        channels = f"CHANNELS {3 if parent else 6} {place}Zrotation Xrotation Yrotation"
        return f"{head} {name}\n{{\nOFFSET {offset}\n{channels}\n{inner}{end}}}\n"

    rows = "".join("0 90 0 " + f"{n} 2 3 " * len(_BVH) + "\n" for n in range(_FRAMES))
    (folder / "a.bvh").write_text(f"HIERARCHY\n{joint('Hips')}MOTION\nFrames: {_FRAMES}\nFrame Time: 0.0333333\n{rows}")
    return folder / "a.bvh"


def _mimickit(folder: Path) -> Path:
    frames = np.zeros((_FRAMES, 34))
    frames[:, 2], frames[:, 6:] = 0.9, np.linspace(0, 0.5, _FRAMES)[:, None]
    (folder / "a.pkl").write_bytes(pickle.dumps({"loop_mode": 0, "fps": 30, "frames": frames.tolist()}))
    return folder / "a.pkl"


def _body_arrays() -> dict[str, np.ndarray]:
    from sfv.body.model import OPEN_BODY

    with np.load(OPEN_BODY) as data:
        return {name: data[name] for name in data.files if name not in ("source", "body_name")}


def _body_npz(folder: Path) -> Path:
    np.savez_compressed(folder / "SMPL_NEUTRAL.npz", allow_pickle=False, **_body_arrays())
    return folder / "SMPL_NEUTRAL.npz"


def _body_pickle(folder: Path) -> Path:
    import pickle

    import scipy.sparse

    arrays = _body_arrays()
    content = arrays | {"J_regressor": scipy.sparse.csc_matrix(arrays["J_regressor"])}
    (folder / "SMPL_NEUTRAL.pkl").write_bytes(pickle.dumps(content, 2))
    return folder / "SMPL_NEUTRAL.pkl"


def _pictures() -> np.ndarray:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 255, (_FRAMES, 6, 8, 3), dtype=np.uint8)
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
    film = _call("sfv.video", "open_video", path)
    return sum(1 for _ in film)


def with_json(path: Path, value: Any) -> Path:
    """Write a seed in JSON; returns its path."""
    path.write_text(json.dumps(value), encoding="utf-8")
    return path
