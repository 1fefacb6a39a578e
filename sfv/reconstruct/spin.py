"""SPIN's loop on one person's own film (Kolotouros et al., ICCV 2019): the fit teaches the regressor, which starts the fit anew."""

from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.fit import Progress
from sfv.reconstruct.hmr.config import SpinConfig
from sfv.reconstruct.hmr.training.spin import spin
from sfv.reconstruct.hmr.weights import load_weights
from sfv.reconstruct.reconstruct import reconstruct


def spin_and_recover(
    keypoints: Keypoints, config: ReconstructConfig, body: Body, rounds: int, progress: Progress | None = None
) -> BodyMotion:
    """Recover one person, then ``rounds`` times: teach the regressor with the result and recover again from its answer.

    Raises what ``reconstruct`` raises, and SfvError where the camera moves (nothing can be learned without a camera).
    """
    weights = load_weights()
    total = rounds + 1

    def part(number: int) -> Progress:
        return lambda share, name: progress((number + share) / total, name) if progress else None

    motion = reconstruct(keypoints, config, body, part(0))
    for number in range(1, total):
        weights = spin([keypoints], [motion], weights, SpinConfig(), body)
        motion = reconstruct(keypoints, config, body, part(number), weights.regressor)
    return motion
