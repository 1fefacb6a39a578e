"""What the imitation task is: targets, reward, termination, starts."""

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from sfv.motion.contact import MAY_TOUCH
from sfv.ranges import Checked, Count, NotNegative, Positive, Range, Seconds, Seed, Share, Whole

Metres = Annotated[float, Range(-100, 100)]


@dataclass(frozen=True)
class RewardConfig(Checked):
    """Weights and scales of DeepMimic's reward (Peng et al., SIGGRAPH 2018, equations 6 to 9)."""

    pose_weight: NotNegative = 0.65
    """Weight of the joint-rotation term."""
    velocity_weight: NotNegative = 0.10
    """Weight of the joint-velocity term."""
    end_effector_weight: NotNegative = 0.15
    """Weight of the hands' and feet's position term."""
    com_weight: NotNegative = 0.10
    """Weight of the centre-of-mass term."""
    pose_scale: NotNegative = 2.0
    """Sharpness of the pose term, 1/rad^2."""
    velocity_scale: NotNegative = 0.1
    """Sharpness of the velocity term, s^2/rad^2."""
    end_effector_scale: NotNegative = 40.0
    """Sharpness of the end-effector term, 1/m^2."""
    com_scale: NotNegative = 10.0
    """Sharpness of the centre-of-mass term, 1/m^2."""
    action_rate_weight: NotNegative = 0.0
    """Weight of the penalty on the action rate in training: the sum over actuators of the squared change of the action
    since the last step."""
    joint_acceleration_weight: NotNegative = 0.0
    """Weight of the penalty on joint accelerations in training: the sum over joint coordinates of the squared
    acceleration, (rad/s^2)^2, from the change of the velocity over the control step (2.5e-7 is usual)."""


@dataclass(frozen=True)
class BeyondMimicConfig(Checked):
    """BeyondMimic's tracking reward (Liao et al. 2025, HybridRobotics/whole_body_tracking), its weights divided by their sum
    of 5, so that a perfect step earns one here as well. Each term is exp(-error / std^2)."""

    anchor_position_weight: NotNegative = 0.1
    """Weight of the root position in the world (0.5 of 5)."""
    anchor_rotation_weight: NotNegative = 0.1
    """Weight of the root rotation (0.5 of 5)."""
    body_position_weight: NotNegative = 0.2
    """Weight of the positions of all bodies in the heading frame (1 of 5)."""
    body_rotation_weight: NotNegative = 0.2
    """Weight of the rotations of all bodies in the heading frame (1 of 5)."""
    linear_velocity_weight: NotNegative = 0.2
    """Weight of the velocities of all bodies in the world (1 of 5)."""
    angular_velocity_weight: NotNegative = 0.2
    """Weight of the angular velocities of all bodies in the world (1 of 5)."""
    anchor_position_std: Positive = 0.3
    """Scale of the root position error, metres."""
    anchor_rotation_std: Positive = 0.4
    """Scale of the root rotation error, radians."""
    body_position_std: Positive = 0.3
    """Scale of the body position error, metres."""
    body_rotation_std: Positive = 0.4
    """Scale of the body rotation error, radians."""
    linear_velocity_std: Positive = 1.0
    """Scale of the linear velocity error, m/s."""
    angular_velocity_std: Positive = 3.14
    """Scale of the angular velocity error, rad/s."""
    action_rate_weight: NotNegative = 0.02
    """Weight of the penalty on the action rate: the sum over actuators of the squared change of the action since the
    last step (0.1 of 5)."""
    joint_limit_weight: NotNegative = 2.0
    """Weight of the penalty on joint limits: the sum over joints of the radians beyond their soft limits (10 of 5)."""
    soft_limit: Annotated[float, Range(0, 1, open_low=True)] = 0.9
    """Share of a joint's range, about its middle, that soft limits span."""


@dataclass(frozen=True)
class AsiConfig(Checked):
    """Adaptive state initialisation (Peng et al., SFV, SIGGRAPH Asia 2018): the distribution of start poses is learned."""

    bins: Annotated[int, Range(1, 10_000)] = 10
    """Number of equally spaced phases at which episodes start, each with a Gaussian over poses."""
    step_size: NotNegative = 0.1
    """Step of plain gradient ascent for the Gaussians' means and log standard deviations. SfV's is 0.001, for 150
    million samples: in 300,000 it moved a walk's means by 0.002 rad, so runs of a few million need a hundred times as
    much."""
    episodes: Count = 500
    """Episodes between two updates of the Gaussians (SfV: 2000)."""
    discount: Annotated[float, Range(0, 1, open_low=True, open_high=True)] = 0.95
    """Discount factor for each control step in the return that the Gaussians climb."""
    baseline: bool = True
    """Subtract the mean return of the phase's other episodes: the same expected gradient; its variance, with an untrained policy,
    is 0.03 (walk) and 0.28 (backflip) of what it is without."""
    spread: Positive = 0.2
    """Standard deviations of the Gaussians at the start, as a factor on those of the reference's poses (SfV: 1.0). A
    flip's root turns all the way round, so there 1.0 means starts that tumble (1.2 rad); 0.2 keeps them near the
    reference."""
    min_std: Positive = 0.01
    """Least standard deviation of the Gaussians, metres and radians."""
    redraws: Whole = 4
    """Number of times that a start that is a failure already (an episode of return zero to the Gaussian) is drawn again
    before the world starts at the reference itself."""


@dataclass(frozen=True)
class FailureConfig(Checked):
    """Which phases count as hard when ``failure_weight`` is above zero (BeyondMimic's bins, average, kernel and floor)."""

    bins: Annotated[int, Range(1, 10_000)] = 20
    """Number of equal parts of the clip in which failures are counted (BeyondMimic: parts of 1 s, for clips of
    minutes); with ASI its own phases are used."""
    memory: Annotated[float, Range(0, 1, open_low=True)] = 0.01
    """Weight of one control step in the exponential average of failure counts (BeyondMimic: 0.001, for runs of billions)."""
    kernel: Annotated[int, Range(1, 10_000)] = 3
    """Number of parts that a failure counts for, its own and the ones before: what went wrong lies earlier."""
    kernel_decay: Share = 0.8
    """Factor by which each part further back counts less for a failure."""
    floor: NotNegative = 0.1
    """Failures a control step that are added to all parts together: hardly any failures mean uniform starts."""


@dataclass(frozen=True)
class ImitationConfig(Checked):
    """The task of imitating one clip."""

    OLD_KEYS: ClassVar[dict[str, str | None]] = {"leash": "max_reference_distance", "start_shove": "start_push_speed"}

    targets: Literal["residual", "absolute"] = "residual"
    """Targets of the servos: the coming reference pose plus the action (residual), or the action alone around the zero
    pose (absolute)."""
    lead_servos: bool = True
    """Let residual targets look ahead by each servo's lag kv/kp (0.1 s with DeepMimic's gains), so that the reference
    is followed without delay; otherwise they look ahead by one control step."""
    action_scale: Positive = 0.5
    """Radians of servo target for an action of one (0.5 for residual targets, 1.0 is usual for absolute ones)."""
    observe_reference: bool = True
    """Show the policy how far it is from the reference, so that it can come back; otherwise it sees the phase only, as
    in DeepMimic."""
    clip_view: Literal["phase", "targets"] = "phase"
    """How the policy knows what to do: by the phase (and, of several clips, which one it is), or by the poses to come."""
    target_seconds: tuple[Annotated[float, Range(0, 60, open_low=True)], ...] = (1 / 30, 0.2, 0.5)
    """Times ahead at which clip_view targets shows the reference's root and joints, seconds."""
    height_map: bool = False
    """Show the policy the heights of the ground around it; environments with terrain ask for it (``[observation]`` of env.toml)."""
    height_map_ahead: tuple[Metres, ...] = (-0.45, -0.3, -0.15, 0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
    """Distances before the root, in its heading, at which the height map looks, metres."""
    height_map_aside: tuple[Metres, ...] = (-0.3, -0.15, 0.0, 0.15, 0.3)
    """Distances to the left of the root at which the height map looks, metres."""
    max_reference_distance: Positive | None = None
    """Greatest distance of the reference from the character in the plane, metres: the reference waits for a character
    that was pushed aside. For playing and robustness only; none lets it go its way."""
    one_of: tuple[Whole, Whole] | None = None
    """Number of the clip, and how many clips there are, where a policy was trained on several: the phase view tells the
    policy which one it is. Written by training, for each clip's own folder."""
    episode_seconds: Annotated[float, Range(0.01, 3600)] = 20.0
    """Length of an episode of a cyclic clip; other clips end with the clip."""
    start: Literal["rsi", "first", "asi"] = "rsi"
    """Start states of episodes: at a random time of the clip (rsi, reference state initialisation), at its first frame
    (first), or from learned Gaussians around the poses of a few phases (asi, adaptive state initialisation)."""
    asi: AsiConfig = field(default_factory=AsiConfig)
    """Adaptive state initialisation, with start "asi"."""
    failure_weight: Share = 0.0
    """Share of the starts whose phase is drawn in proportion to recent failures there, the rest uniform: 0 is plain
    RSI, 0.9 about BeyondMimic's. Phases that FAIL are visited more often; ASI within a phase prefers poses that
    SUCCEED."""
    failure: FailureConfig = field(default_factory=FailureConfig)
    """Starts where failures are frequent, with failure_weight above zero."""
    start_pose_noise: NotNegative = 0.02
    """Standard deviation of the noise on every joint's angle at the start, radians (not with ASI, which has its
    own)."""
    start_velocity_noise: NotNegative = 0.1
    """Standard deviation of the noise on every velocity at the start, rad/s and m/s."""
    start_position_noise: NotNegative = 0.0
    """Standard deviation of the root's place in the plane at the start, metres, in training only, so that the policy
    learns to come back to the reference's place (not with ASI)."""
    start_push_speed: Annotated[float, Range(0, 1000)] = 0.0
    """Greatest velocity perturbation of the root in the plane at the start, m/s, in training only, so that the policy
    learns to catch itself (an external push of 300 N for 0.2 s gives 45 kg 1.3 m/s). Size and direction are drawn
    uniformly."""
    min_remaining_seconds: Seconds = 0.3
    """Least time from an episode's start to the end of a clip that is not cyclic, seconds."""
    termination_distance: Positive = 1.0
    """Distance of the root or the centre of mass from the reference's, metres, that ends the episode (early
    termination)."""
    termination_distance_end: Positive | None = None
    """Distance to which termination_distance goes linearly in the first curriculum_share of the samples, in training
    only; none leaves it as it is."""
    curriculum_share: Annotated[float, Range(0, 1, open_low=True)] = 0.5
    """Share of all samples after which termination_distance_end is reached."""
    pose_termination: Positive | None = None
    """Distance of any body from its place in the reference's heading frame (horizontally relative to the root,
    vertically above the ground), metres, that also ends the episode, in training only; none never does."""
    ground_contact: Literal["reference", "feet", "any"] = "reference"
    """Bodies that may touch the ground without early termination: the feet and what the reference brings near it at
    about that time (a cartwheel's hands, a roll's back); only what the character's fall_bodies leave out; or any, as
    DeepMimic has it for rolls."""
    contact_margin: Annotated[float, Range(0, 100)] = MAY_TOUCH
    """Height of a body's lowest point in the reference below which it may touch the ground with ground_contact
    "reference", metres."""
    contact_window: Seconds = 0.4
    """Time before and after the reference brings a body near the ground in which it may touch with ground_contact
    "reference", seconds."""
    table_hz: Annotated[float, Range(1, 100_000)] = 240.0
    """Rate of the reference table and so the resolution of start times, a multiple of the control rate."""
    reward_kind: Literal["deepmimic", "beyondmimic"] = "deepmimic"
    """Reward that is trained on; NR is DeepMimic's reward with its published weights whichever is chosen."""
    reward: RewardConfig = field(default_factory=RewardConfig)
    """Weights and scales of DeepMimic's reward, and penalties for either."""
    beyondmimic: BeyondMimicConfig = field(default_factory=BeyondMimicConfig)
    """Weights and scales of BeyondMimic's reward."""
    rewards: tuple[str, ...] = ()
    """Reward terms of other packages that training adds, each "name" or "name:weight=0.1,key=number"; NR never has them."""
    terminations: tuple[str, ...] = ()
    """Early terminations of other packages that training adds, each "name" or "name:key=number"; NR never has them."""
    observations: tuple[str, ...] = ()
    """Observations of other packages that the policy sees besides, each "name" or "name:key=number"."""


@dataclass(frozen=True)
class NrConfig(Checked):
    """How the normalised return (NR) is measured: deterministic policy, many disturbed starts, failures count zero from there on."""

    starts: Annotated[int, Range(1, 100_000)] = 32
    """Start states: random phases of a cyclic clip, the first frame of others."""
    seconds: Annotated[float, Range(0.01, 3600)] = 20.0
    """Length of an episode of a cyclic clip; others are played to their end."""
    pose_noise: NotNegative = 0.02
    """Standard deviation of every joint angle's disturbance at the start, radians."""
    velocity_noise: NotNegative = 0.1
    """Standard deviation of every velocity's disturbance at the start, rad/s and m/s."""
    seed: Seed = 1000
    """Seed of the start states."""
