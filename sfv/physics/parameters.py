"""Model parameters that may differ from world to world."""

PARAMETERS = (
    "body_mass",
    "body_inertia",
    "body_ipos",
    "geom_friction",
    "actuator_gainprm",
    "actuator_biasprm",
    "actuator_forcerange",
    "gravity",
)
"""MuJoCo's names. Each world has its own row: Shape (N, ...) as in mjModel, gravity (N, 3)."""
INERTIAL = ("body_mass", "body_inertia", "body_ipos")
"""Those from which constants follow that have to be computed anew."""
