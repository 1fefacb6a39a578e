"""What the character has to do with an object while it imitates its clip, as data: the table [task] of an environment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sfv.environment.objects import ObjectConfig
from sfv.errors import SfvError, UnknownNameError
from sfv.ranges import Checked, NotNegative


@dataclass(frozen=True)
class TaskConfig(Checked):
    """Reward = imitation_weight * (that of the imitation) + goal_weight * goal, as in DeepMimic (Peng et al. 2018, section 4)."""

    kind: Literal["push"] = "push"
    """push: the object shall move along the way of the clip as fast as the clip does; an episode of training ends when it is
    left behind."""
    object: str = ""
    """Name of the object; empty: the first."""
    imitation_weight: NotNegative = 0.7
    """Weight of the imitation's reward."""
    goal_weight: NotNegative = 0.3
    """Weight of the goal."""
    speed_scale: NotNegative = 2.5
    """push: sharpness of exp(-scale * (missing speed)^2), s^2/m^2."""

    def imitation_only(self) -> "TaskConfig":
        """The same task, seen but not rewarded: what NR is measured with."""
        return replace(self, imitation_weight=1.0, goal_weight=0.0)

    def number(self, objects: Sequence[ObjectConfig]) -> int:
        """Which of ``objects`` is meant. Raises UnknownNameError, and SfvError where it does not lie ready at the start."""
        names = [item.name for item in objects]
        if not names:
            raise SfvError(
                'a [task] needs an object to do it with; add [[objects]] with name = "box", size, mass and place'
            )
        name = self.object or names[0]
        if name not in names:
            raise UnknownNameError("object", name, names, "Mend [task] object")
        if objects[names.index(name)].place is None:
            raise SfvError(f"object '{name}' of the [task] has no place at the start; give it one: [ahead, left, up]")
        return names.index(name)

    def check(self, objects: Sequence[ObjectConfig]) -> None:
        """Raise SfvError for a task that cannot be done with ``objects``."""
        self.number(objects)
        if min(self.imitation_weight, self.goal_weight) < 0 or self.speed_scale <= 0:
            raise SfvError("weights of a [task] must not be negative, and its speed_scale must be positive")
