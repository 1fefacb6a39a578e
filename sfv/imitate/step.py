"""What one control step of the imitation task gives."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Step:
    """What one control step gave, for N worlds."""

    observation: Tensor
    """Of the new episode where one ended and resets are automatic. Shape (N, observation_size), float32."""
    reward: Tensor
    """What is trained on; zero where the episode failed. Shape (N,)."""
    terms: Tensor
    """Unweighted terms of DeepMimic's reward, whichever is trained on, in the order of ``term_names.DEEPMIMIC``; zero where the episode
    failed. Shape (N, 4)."""
    named: dict[str, Tensor]
    """Every other term of the reward that is trained on, unweighted, by name: penalties, and what was added. Shape (N,) each."""
    ended_by: dict[str, Tensor]
    """Early terminations by name: which worlds each of them ended. Shape (N,), bool each."""
    failed: Tensor
    """Fell, strayed or diverged. Shape (N,), bool."""
    completed: Tensor
    """Came to the end of a clip that is not cyclic: nothing follows, so there is no value to bootstrap. Shape (N,), bool."""
    timed_out: Tensor
    """Came to the time limit of a cyclic clip: the motion would go on, so its value should be bootstrapped. Shape (N,), bool."""
    diverged: Tensor
    """Physics broke down (part of ``failed``). Shape (N,), bool."""
    final_observation: Tensor
    """What was seen before episodes began anew, in worlds ``final_worlds``. Shape (K, observation_size), float32."""
    final_worlds: Tensor | None
    """The worlds that ended, ascending; None where the device would have to be waited for to know them: then it is all of them.
    Shape (K,), int64."""
    episode_return: Tensor
    """Sums of the rewards of the episodes so far, those that ended included. Shape (N,)."""
    episode_length: Tensor
    """Their numbers of control steps. Shape (N,), int64."""

    @property
    def ended(self) -> Tensor:
        """Worlds whose episode ended. Shape (N,), bool."""
        return self.failed | self.completed | self.timed_out
