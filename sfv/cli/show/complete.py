"""``sfv complete``: a still image -> a simulated character that goes on from its pose."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sfv.cli.support.parse import parse
from sfv.errors import SfvError
from sfv.evaluate.completion_config import CompletionConfig
from sfv.reconstruct.config import ReconstructConfig
from sfv.render.config import RenderConfig

if TYPE_CHECKING:
    import numpy as np

    from sfv.body.model import Body
    from sfv.detect.keypoints import Keypoints
    from sfv.evaluate.complete import Completion
    from sfv.motion.body_motion import BodyMotion
    from sfv.skills.nearest import RankedSkill
    from sfv.skills.skill import Skill


_OUT = Path("complete.mp4")


COMMON = (
    "seconds",
    "most_distance",
    "fall_seconds",
    "hold_seconds",
)
"""Settings that the short help shows too."""


@dataclass(frozen=True)
class CompleteArguments:
    """Put the pose in a still image into simulation and let a trained policy go on from there.

    The person is detected and reconstructed, carried over to the character, and found in the skill's motion; the simulation starts in
    that pose at that moment. Writes a video of both and, beside it, a JSON file that says how near the pose was and how it ended.
    """

    image: Annotated[Path, tyro.conf.Positional]
    """Picture of a person."""
    skill: str | None = None
    """Name of a skill (`sfv play` lists them) or a run folder; by default the skill of the character whose motion comes nearest."""
    character: str | None = None
    """Character whose skill it is; by default the humanoid, or the one that has the skill."""
    out: Path = _OUT
    """Video to write."""
    person: str = "nearest"
    """Person to reconstruct: nearest (feet lowest in the picture), longest, largest, left, right, or a number that `sfv
    detect` printed."""
    body: Path | None = None
    """Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv."""
    completion: Annotated[CompletionConfig, tyro.conf.arg(name="")] = field(default_factory=CompletionConfig)
    """How the pose is found and continued."""
    reconstruct: ReconstructConfig = field(default_factory=ReconstructConfig)
    """How the body is recovered."""
    video: RenderConfig = field(default_factory=RenderConfig)
    """How the video looks."""


_NAMED = 3  # nearest skills that are told


def complete(given: CompleteArguments) -> None:
    """Image -> pose -> moment of a skill -> simulation -> files."""
    from sfv.learn.run.folder import read_run
    from sfv.names import check_file, check_film, check_names
    from sfv.outputs import make_way, writable_video
    from sfv.progress import stage_progress
    from sfv.skills.skill import DEFAULT_CHARACTER, find_playable

    check_film(check_file(given.image, "a picture of a person"))
    check_names(given.character, body=given.body)
    folder = None if given.skill is None else find_playable(given.skill, given.character)
    name = (given.character or DEFAULT_CHARACTER) if folder is None else read_run(folder)[0].character
    if given.character not in (None, name):
        raise SfvError(f"{given.skill} is a policy of '{name}', not of '{given.character}'; leave --character out")
    writable_video(given.out)
    from sfv.character import load_character
    from sfv.evaluate.complete import complete as go_on
    from sfv.render.policy.completion import completion_video
    from sfv.retarget.still import retarget_still
    from sfv.skills.nearest import skills_of

    character = load_character(name)
    skills = skills_of(character.name) if folder is None else []
    keypoints, person, motion, body = recover(given)
    pose = retarget_still(motion, character, body=body)
    ranked = nearest_skills(pose, skills, given.completion) if skills else []
    folder = folder or ranked[0].skill.run_folder()
    skill = given.skill or ranked[0].skill.card.name
    completion = go_on(folder, pose, given.completion)
    clip = read_run(folder)[1]
    facts = {
        "image": str(given.image),
        "skill": skill,
        "character": name,
        **outcome(completion, clip.seconds, clip.cyclic, given.completion),
        "nearest_skills": {one.skill.card.name: round(one.moment.distance, 3) for one in ranked},
    }
    print("\n".join(words(facts)))
    make_way(given.out, _OUT)
    make_way(given.out.with_suffix(".json"), _OUT.with_suffix(".json"))
    save(facts, given.out.with_suffix(".json"))
    with stage_progress("render") as progress:
        completion_video(
            given.image, keypoints, person, motion, body, completion, clip.name, given.out,
            character=character, hold_seconds=given.completion.hold_seconds, config=given.video, progress=progress,
        )  # fmt: skip
    print(f"wrote {given.out}")


def recover(given: CompleteArguments) -> tuple["Keypoints", int, "BodyMotion", "Body"]:
    """Landmarks of everybody in the image, the number of the person that is meant, and his or her body. Raises SfvError."""
    from sfv.body.model import load_body
    from sfv.detect.config import DetectConfig
    from sfv.detect.describe import choose_person, describe
    from sfv.detect.run import detect
    from sfv.reconstruct.reconstruct import reconstruct
    from sfv.video import open_video

    if len(open_video(given.image)) > 1:
        raise SfvError(f"{given.image} is a video; give a picture, or use sfv run to learn from the video")
    keypoints = detect(given.image, DetectConfig())
    person = choose_person(keypoints, given.person)
    print(describe(keypoints)[person])
    body = load_body(given.body)
    return keypoints, person, reconstruct(keypoints.select(person), given.reconstruct, body), body


def nearest_skills(pose: "np.ndarray", skills: Sequence["Skill"], config: CompletionConfig) -> list["RankedSkill"]:
    """Skills by their distance from the pose (nq,); the nearest are printed."""
    from sfv.skills.nearest import rank_skills

    ranked = rank_skills(pose, skills, config)
    told = (f"{one.skill.card.name} {one.moment.distance:.2f} rad" for one in ranked[:_NAMED])
    print(f"nearest skills: {', '.join(told)}")
    return ranked


def outcome(completion: "Completion", seconds: float, cyclic: bool, config: CompletionConfig) -> dict[str, object]:
    """What the JSON file says of a completion in a clip that lasts ``seconds``."""
    moment = completion.moment
    return {
        "phase": round(moment.phase, 4),
        "phase_seconds": round(moment.seconds, 3),
        "clip_seconds": round(seconds, 3),
        "cyclic": cyclic,
        "pose_distance_rad": round(moment.distance, 3),
        "shows_the_skill": moment.distance <= config.most_distance,
        "fell": completion.fell,
        "fell_after_seconds": None if completion.fell_after is None else round(completion.fell_after, 3),
        "simulated_seconds": round((len(completion.qpos) - 1) / completion.fps, 3),
    }


def words(facts: dict[str, object]) -> list[str]:
    """The same in a few lines."""
    lines = [
        f"{facts['skill']}: nearest at {facts['phase_seconds']:.2f} s of {facts['clip_seconds']:.2f} s, "
        f"{facts['pose_distance_rad']:.2f} rad from the pose (root mean square over joints)"
    ]
    if not facts["shows_the_skill"]:
        lines.append(
            "the picture does not show this skill, or was not recovered well: what follows starts in a pose the policy hardly knows"
        )
    if facts["fell"]:
        lines.append(f"it fell after {facts['fell_after_seconds']:.2f} s")
    else:
        end = "and would go on" if facts["cyclic"] else "to the clip's end"
        lines.append(f"it went on for {facts['simulated_seconds']:.2f} s without a fall, {end}")
    return lines


def save(facts: dict[str, object], path: Path) -> None:
    """Write as JSON."""
    import json

    from sfv.files import write_text

    write_text(path, json.dumps(facts, indent=1) + "\n")
    print(f"wrote {path}")


def main(arguments: list[str]) -> None:
    """Parse and run."""
    complete(parse(CompleteArguments, arguments, "sfv complete", common=COMMON))
