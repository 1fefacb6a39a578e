"""What is switched off in the ablation: a name for the table, and the settings that do it. Edit here when a term comes or goes."""

from dataclasses import fields, replace
from typing import Any

from sfv.errors import UnknownNameError
from sfv.reconstruct.config import ReconstructConfig

_OFF = 1e6
"""A deviation so large that a term pulls at nothing."""

ABLATIONS: dict[str, dict[str, Any]] = {
    "everything": {},
    "start: regressor": {"init": "hmr"},
    "start: 3D landmarks": {"init": "landmarks"},
    "start: Taylor's lift": {"init": "taylor"},
    "no 3D landmarks in the energy": {"landmark_weight": 0.0},
    "no smoothness": {"acceleration_range": (_OFF, _OFF)},
    "one smoothness for all clips": {"acceleration_range": (20.0, 20.0), "knot_range": (0.06, 0.06)},
    "no joint limits": {"limit_sigma": _OFF},
    "no pose prior": {"prior_weight": 0.0},
    "no joint limits, no pose prior": {"limit_sigma": _OFF, "prior_weight": 0.0},
    "no shape prior": {"shape_weight": 0.0},
    "landmarks exactly on the body": {"offset_sigma": 1e-4},
    "no contact velocity": {"stance_speed_sigma": _OFF},
    "no contact height": {"stance_height_sigma": _OFF},
    "no penetration term": {"penetration_sigma": _OFF},
    "no contacts, no ground": {"stance_speed_sigma": _OFF, "stance_height_sigma": _OFF, "penetration_sigma": _OFF},
    "no planting at the end": {"plant_steps": 0},
    "robust scale off": {"image_scale": _OFF},
    "no stick to the regressor's pose": {"stick_weight": 0.0},
    "thrice that stick": {"stick_weight": 0.9},
}
"""Settings that differ from the usual ones."""


def ablated(name: str, config: ReconstructConfig) -> ReconstructConfig:
    """The settings of one row. Raises UnknownNameError for a name that is not in the table, or that names a setting which is gone."""
    if name not in ABLATIONS:
        raise UnknownNameError("ablation", name, ABLATIONS)
    known = [field.name for field in fields(config)]
    for setting in ABLATIONS[name]:
        if setting not in known:
            raise UnknownNameError("setting of the reconstruction", setting, known)
    return replace(config, **ABLATIONS[name])
