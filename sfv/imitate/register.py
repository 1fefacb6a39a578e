"""Registration of the environments with Gymnasium."""

import gymnasium

IMITATION_ID = "sfv/Imitation-v0"
"""Name for ``gymnasium.make``."""


def register_environments() -> None:
    """Make ``gymnasium.make("sfv/Imitation-v0", clip=...)`` work; the environment's own imports wait until it is made."""
    if IMITATION_ID not in gymnasium.registry:
        gymnasium.register(IMITATION_ID, entry_point="sfv.imitate.gym_env:ImitationEnv")
