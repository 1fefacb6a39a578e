"""Measures of motions, the same for product, report and benchmark; ``score_true_motion`` is all of them against a true motion.

The parts take plain arrays in metres (or pixels, degrees) and return them, one value a frame where that makes sense; the tables turn
them into millimetres and means.
"""

from sfv.metrics.angles import MOVED, AngleErrors, angle_errors, bone_axes, rotation_error, swing_and_twist
from sfv.metrics.certainty import Calibration, calibration, sure_within, together
from sfv.metrics.events import EventScore, event_score, feet_stand, flight_height
from sfv.metrics.ground import BodyOnGround, deepest_penetration, foot_slide, on_ground, soles_stand, stance
from sfv.metrics.joints import BODY_NAMES, HIPS, acceleration_error, centred, jitter, mpjpe, pa_mpjpe, procrustes
from sfv.metrics.path import path_error, root_spread
from sfv.metrics.picture import inverted, pck, torso_px
from sfv.metrics.rate import RATE_HZ, stride
from sfv.metrics.true_motion import TrueMotionScore, score_true_motion
from sfv.metrics.turns import TURNS, count_turns, same_turns, turns_in_words

__all__ = [
    "BODY_NAMES", "HIPS", "MOVED", "RATE_HZ", "TURNS", "AngleErrors", "BodyOnGround", "Calibration", "EventScore", "TrueMotionScore",
    "acceleration_error", "angle_errors", "bone_axes", "calibration", "centred", "count_turns", "deepest_penetration", "event_score",
    "feet_stand", "flight_height", "foot_slide", "inverted", "jitter", "mpjpe", "on_ground", "pa_mpjpe", "path_error", "pck",
    "procrustes", "root_spread", "rotation_error", "same_turns", "score_true_motion", "soles_stand", "stance", "stride",
    "sure_within", "swing_and_twist", "together", "torso_px", "turns_in_words",
]  # fmt: skip
