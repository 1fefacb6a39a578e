"""Every setting of the chain in one dataclass."""

from dataclasses import dataclass, field, replace

from sfv.detect.config import DetectConfig
from sfv.imitate.config import ImitationConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.physics.config import PhysicsConfig
from sfv.reconstruct.config import ReconstructConfig
from sfv.retarget.config import RetargetConfig


@dataclass(frozen=True)
class ChainConfig:
    """Every setting of every stage of ``sfv run``."""

    person: str = "nearest"
    """Person to reconstruct: nearest (feet lowest in the picture), longest, largest, left, right, or a number that `sfv
    detect` prints."""
    character: str = "humanoid"
    """Character, by name or by the path of its folder."""
    env: str = "flat"
    """Environment, by name or by the path of its folder."""
    body: str | None = None
    """Body model file in SMPL's format; by default $SFV_BODY, then the open body that ships with sfv."""
    detect: DetectConfig = field(default_factory=DetectConfig)
    """Detection of people and their 2D keypoints."""
    reconstruct: ReconstructConfig = field(default_factory=ReconstructConfig)
    """Reconstruction of the body from the keypoints."""
    retarget: RetargetConfig = field(default_factory=RetargetConfig)
    """Retargeting of the motion to the character."""
    physics: PhysicsConfig = field(default_factory=PhysicsConfig)
    """Physics of the simulation."""
    imitation: ImitationConfig = field(default_factory=ImitationConfig)
    """The imitation task: observations, rewards, start states, early termination, disturbances."""
    learner: TrainConfig = field(default_factory=TrainConfig)
    """The learner (PPO) and how long it trains."""

    def training(self) -> RunConfig:
        """What the training stage needs."""
        return RunConfig(
            character=self.character,
            env=self.env,
            physics=self.physics,
            imitation=self.imitation,
            learner=self.learner,
        )


def with_defaults(config: ChainConfig, training: RunConfig) -> ChainConfig:
    """``config`` with the training settings that suit a clip."""
    return replace(config, physics=training.physics, imitation=training.imitation, learner=training.learner)
