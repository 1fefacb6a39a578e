"""Names of the task's own terms, as logs and columns have them; added terms need others."""

DEEPMIMIC = ("pose", "velocity", "end_effector", "com")
"""DeepMimic's reward, in the order of ``Step.terms``."""
BEYONDMIMIC = (
    "anchor_position", "anchor_rotation", "body_position", "body_rotation", "linear_velocity", "angular_velocity",
)  # fmt: skip
"""BeyondMimic's reward, as ``BeyondMimicConfig`` has its weights."""
PENALTIES = ("action_rate", "joint_acceleration", "joint_limits")
"""What training may subtract."""
GOAL = "goal"
"""Of a task with an object."""
ENDS = ("diverged", "fall", "strayed", "pose", "object_lost")
"""Early terminations; the last two only where the settings or the environment ask for them."""
