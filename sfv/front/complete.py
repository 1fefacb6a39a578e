"""``sfv.complete``: a still image becomes a simulated character that goes on from its pose."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sfv.errors import SfvError
from sfv.evaluate.completion_config import CompletionConfig
from sfv.files import write_text
from sfv.front.completed import Completed, outcome
from sfv.front.outputs import path_of, ready
from sfv.front.settings import Log, quiet
from sfv.names import as_body, as_run, character_name, check_file, check_film, check_names
from sfv.reconstruct.config import ReconstructConfig
from sfv.render.config import RenderConfig
from sfv.storage.outputs import writable_video

if TYPE_CHECKING:
    import numpy as np

    from sfv.body.model import Body
    from sfv.character import Character
    from sfv.detect.keypoints import Keypoints
    from sfv.learn.run.policy import Policy
    from sfv.motion.body_motion import BodyMotion
    from sfv.names.skill import Skill
    from sfv.skills.nearest import RankedSkill

_NAMED = 3  # nearest skills that are named


def complete(
    image: str | Path,
    out: str | Path | None = None,
    *,
    skill: "Policy | Skill | str | Path | None" = None,
    character: "Character | str | Path | None" = None,
    person: str | int = "nearest",
    body: "Body | str | Path | None" = None,
    config: CompletionConfig | None = None,
    recovery: ReconstructConfig | None = None,
    look: RenderConfig | None = None,
    keep_older: bool = False,
    log: Log = quiet,
) -> Completed:
    """Put the pose in a still image into simulation and let a trained policy go on from there.

    The person is detected and reconstructed, carried over to the character, and found in the skill's motion; the simulation starts in
    that pose at that moment.

    Args:
        image: Picture of a person.
        out: Video of both to write, with a JSON file beside it that says how near the pose was and how it ended; None writes nothing.
        skill: Name of a skill, a run folder or a policy; None is the skill of the character whose motion comes nearest.
        character: Whose skill, by name, by path or as it is; None is the humanoid's, or that of the one that has it.
        person: Whom: nearest, longest, largest, left, right, or a number.
        body: Body model, or its file in SMPL's format; None is $SFV_BODY, then the open body that ships with sfv.
        config: How the pose is found and continued.
        recovery: How the body is recovered.
        look: How the video looks.
        keep_older: Keep what lies at ``out`` under a dated name instead of replacing it.
        log: Called with each line about whom was recovered, the nearest skills and how it ended.

    Returns:
        The simulation and the facts; printed, they are a few readable lines.

    Raises:
        NoPersonError: Nobody is in the picture.
        UnknownNameError: There is no such skill or character.
        SfvError: The image is a video, or the skill is another character's.
    """
    picture, target = Path(image).expanduser(), path_of(out)
    check_film(check_file(picture, "a picture of a person"))
    whose = None if character is None else character_name(character)
    check_names(whose, body=body if isinstance(body, (str, Path)) else None)
    from sfv.learn.run.folder import read_run
    from sfv.names.skill import DEFAULT_CHARACTER

    folder = None if skill is None else as_run(skill, whose)
    name = (whose or DEFAULT_CHARACTER) if folder is None else read_run(folder)[0].character
    if whose not in (None, name):
        raise SfvError(f"{skill} is a policy of '{name}', not of '{whose}'; leave --character out")
    if target is not None:
        writable_video(target)
    from sfv.character import load_character
    from sfv.evaluate.complete import complete as go_on
    from sfv.retarget.still import retarget_still
    from sfv.skills.nearest import skills_of

    config, loaded = config or CompletionConfig(), load_character(name)
    skills = skills_of(loaded.name) if folder is None else []
    model = as_body(body)
    keypoints, number, motion = _recover(picture, str(person), model, recovery or ReconstructConfig(), log)
    pose = retarget_still(motion, loaded, body=model)
    ranked = _nearest_skills(pose, skills, config, log) if skills else []
    folder = folder or ranked[0].skill.run_folder()
    completion = go_on(folder, pose, config)
    clip = read_run(folder)[1]
    facts = {
        "image": str(image),
        "skill": ranked[0].skill.card.name if skill is None else _name(skill),
        "character": name,
        **outcome(completion, clip.seconds, clip.cyclic, config),
        "nearest_skills": {one.skill.card.name: round(one.moment.distance, 3) for one in ranked},
    }
    completed = Completed(completion, facts)
    log(str(completed))
    if target is not None:
        from sfv.render.policy.completion import completion_video
        from sfv.system.progress import stage_progress

        beside = target.with_suffix(".json")
        ready(target, keep_older)
        ready(beside, keep_older)
        write_text(beside, json.dumps(facts, indent=1) + "\n")
        log(f"wrote {beside}")
        with stage_progress("render") as progress:
            completion_video(
                picture, keypoints, number, motion, model, completion, clip.name, target,
                character=loaded, hold_seconds=config.hold_seconds, config=look or RenderConfig(), progress=progress,
            )  # fmt: skip
        log(f"wrote {target}")
    return completed


def _name(skill: "Policy | Skill | str | Path") -> str:
    """What the facts call a skill that was given."""
    if isinstance(skill, (str, Path)):
        return str(skill)
    from sfv.names.skill import Skill

    return skill.card.name if isinstance(skill, Skill) else str(skill.folder)


def _recover(
    image: Path, person: str, body: "Body", config: ReconstructConfig, log: Log
) -> "tuple[Keypoints, int, BodyMotion]":
    """Landmarks of everybody in the image, the number of the person that is meant, and their motion. Raises SfvError."""
    from sfv.detect.config import DetectConfig
    from sfv.detect.describe import choose_person, describe
    from sfv.detect.run import detect
    from sfv.reconstruct.reconstruct import reconstruct
    from sfv.video import open_video

    if len(open_video(image)) > 1:
        raise SfvError(f"{image} is a video; give a picture, or use sfv run to learn from the video")
    keypoints = detect(image, DetectConfig())
    number = choose_person(keypoints, person)
    log(describe(keypoints)[number])
    return keypoints, number, reconstruct(keypoints.select(number), config, body)


def _nearest_skills(
    pose: "np.ndarray", skills: "Sequence[Skill]", config: CompletionConfig, log: Log
) -> "list[RankedSkill]":
    """Skills by their distance from the pose (nq,)."""
    from sfv.skills.nearest import rank_skills

    ranked = rank_skills(pose, skills, config)
    nearest = (f"{one.skill.card.name} {one.moment.distance:.2f} rad" for one in ranked[:_NAMED])
    log(f"nearest skills: {', '.join(nearest)}")
    return ranked
