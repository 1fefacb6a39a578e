"""What ``sfv.complete`` gives: a pose in simulation, and what became of it, in numbers and words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sfv.evaluate.completion_config import CompletionConfig

if TYPE_CHECKING:
    from sfv.evaluate.complete import Completion


@dataclass(frozen=True)
class Completed:
    """A pose in simulation, and what became of it."""

    completion: "Completion"
    """Poses, references and forces over time."""
    facts: dict[str, Any]
    """What the JSON file says: skill, phase, distance of the pose, how it ended."""

    def __str__(self) -> str:
        """The result in a few lines."""
        return "\n".join(words(self.facts))


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


def words(facts: dict[str, Any]) -> list[str]:
    """The facts in a few lines."""
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
