"""Clips of the repertoire: motion capture as it is, or what the stages before training make of a video."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sfv.assets import fetch
from sfv.bench.recovery.sets.synthetic import FPS as SYNTHETIC_FPS
from sfv.bench.recovery.sets.synthetic_set import film_case
from sfv.bench.skills.flight import after_take_off
from sfv.bench.skills.names import MOCAP, SYNTHETIC, source_of
from sfv.body import load_body
from sfv.character import Character, load_character
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.names import find_clip
from sfv.pipeline.chain import Chain
from sfv.pipeline.config import ChainConfig
from sfv.retarget.config import RetargetConfig
from sfv.retarget.retarget import retarget
from sfv.storage.outputs import writable_folder
from sfv.system.progress import console, stage_progress

__all__ = ["SYNTHETIC_FPS", "SYNTHETIC_VIEW", "clip_of_skill", "make_video_clips"]

SYNTHETIC_VIEW = ("side", "plain")
"""From where a clip is filmed, and before what. From the side, as most of SfV's videos were."""


@dataclass(frozen=True)
class VideoSkill:
    """How a clip is made from a video."""

    video: Path
    person: str = "nearest"
    """As ``sfv reconstruct --person``."""
    cyclic: Literal["auto", "no"] = "auto"
    leaps_down: bool = False
    """The motion begins on a roof: only what comes after the take-off can be done on flat ground."""


def clip_of_skill(name: str, character: str, runs: Path) -> Clip:
    """The clip; that of a video must have been made. Raises SfvError."""
    if name in MOCAP:
        return find_clip(f"humanoid3d_{name}", character)
    return Clip.load(clip_file(name, load_character(character), runs))


def clip_file(name: str, character: Character, runs: Path) -> Path:
    """Where the clip of a video is kept."""
    return runs / "clips" / f"{name}_{character.name}.npz"


def video_skill(name: str, runs: Path) -> VideoSkill:
    """The video behind a skill; a synthetic one is rendered where it is not there yet."""
    if name in SYNTHETIC:
        folder = writable_folder(runs / "reconstruct" / "videos")
        film = film_case(source_of(name)[0], *SYNTHETIC_VIEW, load_body(name="open"), folder)
        return VideoSkill(film, cyclic="no")
    return {
        "demo_walk": lambda: VideoSkill(fetch("demo_video")),
        # he is in the picture from the first frame to the last, she only while she walks by
        "demo_leap": lambda: VideoSkill(fetch("demo_video"), person="longest", cyclic="no", leaps_down=True),
        "balance": lambda: VideoSkill(fetch("balance_cam01")),
    }[name]()


def make_video_clips(name: str, characters: Sequence[str], runs: Path) -> None:
    """Detect and recover once, retarget to each character; stages that are done are skipped."""
    skill = video_skill(name, runs)
    chain = Chain(skill.video, writable_folder(runs / name), ChainConfig(person=skill.person), console.print)
    chain.detect()
    chain.reconstruct()
    config = RetargetConfig(cyclic=skill.cyclic)
    for character in map(load_character, characters):
        target = f"clip_{character.name}.npz"

        def work(character: Character = character, target: str = target) -> dict[str, Any]:
            with stage_progress(f"retarget to {character.name}"):
                clip, report = retarget(BodyMotion.load(chain.file("motion.npz")), character, config, name=name)
            clip.save(chain.stages.place(target))
            return {"words": report.words()}

        inputs = [chain.file("motion.npz"), character.mjcf, character.folder / "character.toml"]
        chain.stage(f"retarget_{character.name}", {target: Clip.load}, {"retarget": config}, inputs, work)
        clip = replace(Clip.load(chain.file(target)), name=name)
        clip = after_take_off(clip, character) if skill.leaps_down else clip
        clip.save(clip_file(name, character, runs))
