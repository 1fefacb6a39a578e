"""Settings of the network and of its training."""

from dataclasses import dataclass, field
from typing import Annotated

from sfv.ranges import Checked, Count, Fps, NotNegative, Positive, Range, Seed, Share


@dataclass(frozen=True)
class NetworkConfig(Checked):
    """Shape of the network; stored in the weights file."""

    window: Annotated[int, Range(2, 1024)] = 16
    """Number of frames that the network sees at once."""
    fps: Fps = 15.0
    """Frames a second that the network sees; a video of 30 is seen as two of 15. Twice the rate cost twice the time for
    the same second of motion."""
    width: Annotated[int, Range(1, 65_536)] = 224
    """Features of a frame."""
    hidden: Annotated[int, Range(1, 65_536)] = 448
    """Hidden units of the layers that mix a frame's features."""
    blocks: Annotated[int, Range(1, 100)] = 5
    """Number of mixer blocks."""
    iterations: Annotated[int, Range(1, 100)] = 3
    """Number of refinements from the mean pose (HMR: 3)."""
    landmarks_3d: bool = False
    """Whether the network is told the detector's 3D landmarks too, where there are any; the one that ships is not."""
    certainty: bool = False
    """Whether the network says of each landmark how far it expects to be wrong; the one that ships does not."""


@dataclass(frozen=True)
class MotionConfig(Checked):
    """Which motions the synthetic landmarks are made of."""

    held_out: tuple[str, ...] = (
        "walk", "run", "cartwheel", "backflip", "spinkick", "roll", "dance_a", "crawl",
    )  # fmt: skip
    """Clips of the benchmark, which are never trained on and which checks are made with."""
    held_out_too: tuple[str, ...] = (
        "s_018_1_2", "s_005_1_2", "B_boy_2_thomas", "B_boy_3_jump", "wd2_Physics_Raise02", "wd2_n_kick", "wd2_long_broad_jump",
        "boxing_round_round_girl2", "tennis_KangTennisF17", "cmu_indian_94_03_1", "s_007_5_1", "s_009_2_1", "humanoid_speed_vault00",
        "humanoid_mid_climb00", "humanoid_reverse_vault00", "B_test", "13_29", "86_01", "wd2_098", "getup_faceup",
    )  # fmt: skip
    """More clips that are never trained on, of kinds that the others lack as well as of kinds they have."""
    duplicates: tuple[str, ...] = ("smpl_getup_faceup",)
    """Clips left out by name: the same recording as a held-out one on another skeleton, which its poses do not betray."""
    copy_mm: NotNegative = 12.5
    """Mean distance of joints, millimetres, below which half a second of a clip is a held-out clip's recording, and the
    clip is left out: copies are at 1 to 12, the nearest others at 14 (of the same person standing) and 31."""
    alike_mm: NotNegative = 50.0
    """Median distance to the nearest pose of ``held_out``, millimetres, below which a clip is left out: the same recordings
    on another skeleton are at 39 to 50, some clips of ordinary walking too."""
    alike_too_mm: NotNegative = 35.0
    """Median distance to the nearest pose of ``held_out_too``, millimetres, below which a clip is left out."""
    rare: tuple[str, ...] = (
        "sideflip", "getup", "spin", "kick", "jump", "hop", "dance", "amp_cartwheel", "punch", "01_", "02_04",
    )  # fmt: skip
    """Clips whose name starts with or holds one of these are drawn more often."""
    rare_factor: Positive = 2.5
    """Factor by which rare clips are drawn more often; otherwise clips are drawn by the square root of their length."""
    slowest: Annotated[float, Range(0, 100, open_low=True)] = 0.6
    """Least factor on the speed of a motion."""
    fastest: Annotated[float, Range(0, 100, open_low=True)] = 1.6
    """Greatest factor on the speed of a motion."""
    mixed: Share = 0.3
    """Share of windows whose upper body comes from another motion."""
    key_poses: Share = 0.15
    """Share of windows that go smoothly through random poses of all motions."""
    exaggerated: Share = 0.3
    """Share of windows with each joint's bend scaled."""
    exaggeration: tuple[NotNegative, NotNegative] = (0.75, 1.35)
    """Range of the scales of a joint's bend in exaggerated windows."""
    noisy: Share = 0.5
    """Share of windows whose joints drift smoothly from the motion."""
    noise_rad: NotNegative = 0.2
    """Standard deviation of the joints' drift in noisy windows, radians; a third of it for spine and neck."""
    tumbled: Share = 0.25
    """Share of windows whose whole motion is turned to any attitude in the world; half of them also spin."""
    spin_rad_s: NotNegative = 6.0
    """Standard deviation of the spin of tumbled windows, rad/s."""
    betas_std: NotNegative = 1.0
    """Standard deviation of each shape coefficient."""

    def __post_init__(self) -> None:
        """Raise SettingError for numbers out of their ranges, or in the wrong order."""
        super().__post_init__()
        self.in_order("slowest", "fastest")
        self.in_order("exaggeration")

    @property
    def never_trained_on(self) -> frozenset[str]:
        """Names of clips that are left out whatever they hold."""
        return frozenset((*self.held_out, *self.held_out_too, *self.duplicates))


@dataclass(frozen=True)
class ViewConfig(Checked):
    """Random cameras; they look at the person."""

    pitch_deg: tuple[Annotated[float, Range(-90, 90)], Annotated[float, Range(-90, 90)]] = (-25.0, 35.0)
    """Range of the angle by which cameras look down, degrees."""
    roll_deg: Annotated[float, Range(0, 360)] = 4.0
    """Standard deviation of the roll of a camera held upright, degrees."""
    any_roll: Share = 0.3
    """Share of cameras with any roll at all (SfV's rotation augmentation)."""
    distance: tuple[Positive, Positive] = (1.7, 10.0)
    """Range of distances, in body heights, drawn evenly in their logarithm."""
    size_noise: NotNegative = 0.2
    """Standard deviation of the logarithm of the apparent size as told to the network: the focal length is often a guess."""

    def __post_init__(self) -> None:
        """Raise SettingError for numbers out of their ranges, or in the wrong order."""
        super().__post_init__()
        self.in_order("pitch_deg")
        self.in_order("distance")


@dataclass(frozen=True)
class NoiseConfig(Checked):
    """What is wrong with detected landmarks, in shares of a torso's length unless said otherwise."""

    white: NotNegative = 0.012
    """Independent error of each frame."""
    drift: NotNegative = 0.02
    """Slow error."""
    drift_frames: Count = 4
    """Frames between the knots of the slow error."""
    extremities: NotNegative = 1.7
    """Factor on the errors of wrists, ankles and feet."""
    clean: Share = 0.15
    """Share of windows without white and slow errors and without displaced definitions."""
    definition_m: NotNegative = 0.01
    """Standard deviation of where a landmark is defined about its usual place on the body, metres, constant in a window."""
    swapped: Share = 0.1
    """Share of windows with a run of frames in which left and right, or both legs or arms, are exchanged."""
    outliers: Share = 0.01
    """Share of landmarks that are badly wrong, with low confidence."""
    outlier: NotNegative = 0.4
    """Standard deviation of the landmarks that are badly wrong."""
    lost: Share = 0.02
    """Share of landmarks without confidence."""
    limb_lost: Share = 0.1
    """Share of windows in which a limb is unseen for a run of frames."""
    frames_lost: Share = 0.1
    """Share of windows with a run of frames without any landmark, at a random place or at one end."""
    cut_off: Share = 0.05
    """Share of windows in which a part of the person lies outside the picture."""
    no_feet: Share = 0.06
    """Share of windows without heels and toes, as in COCO's 17 points."""
    no_depth: Share = 0.4
    """Share of windows without 3D landmarks, as other programs' keypoints are."""
    depth: "DepthNoiseConfig" = field(default_factory=lambda: DepthNoiseConfig())
    """Errors of the detector's 3D landmarks."""


@dataclass(frozen=True)
class DepthNoiseConfig(Checked):
    """What is wrong with a detector's 3D landmarks, about mid-hips, camera axes.

    About what BlazePose's are against rendered people (five motions, two sides each): 0.05 m across and 0.11 m along the line of
    sight, half of it gone after 0.1 to 0.3 s, twice as much where a landmark is not seen, depth at 0.5 to 0.9 of the true one.
    """

    scale: NotNegative = 0.08
    """Standard deviation of the logarithm of the body's size, constant in a window."""
    tilt_rad: NotNegative = 0.08
    """Standard deviation of the turn of the whole body about each axis, constant in a window, radians."""
    white_m: NotNegative = 0.015
    """Independent error of each frame across the line of sight, metres."""
    drift_m: NotNegative = 0.04
    """Slow error across the line of sight, metres."""
    along: NotNegative = 2.0
    """Factor on these errors along the line of sight."""
    depth_gain: NotNegative = 0.8
    """Mean share of the true depth about mid-hips: detectors flatten."""
    depth_gain_std: NotNegative = 0.15
    """Standard deviation of that share, constant in a window."""
    turned: Share = 0.15
    """Share of windows in which a limb goes towards the camera instead of away, or the other way, for a run of frames."""
    unseen_m: NotNegative = 0.1
    """Slow error of landmarks that are not seen in the picture, metres; they are guessed."""


@dataclass(frozen=True)
class LossConfig(Checked):
    """Weights of the loss."""

    joints: NotNegative = 6.0
    """Mean distance of joints and landmarks from the truth about the pelvis, metres."""
    rotations: NotNegative = 2.0
    """Mean squared difference of the joints' rotations as 6D, all iterations."""
    root: NotNegative = 2.0
    """Mean squared difference of the pelvis' rotation as 6D, all iterations."""
    betas: NotNegative = 0.1
    """Mean squared error of the shape coefficients."""
    reprojection: NotNegative = 1.0
    """Mean distance in the image, in units of the person's size."""
    velocity: NotNegative = 5.0
    """Mean error of the joints' steps from frame to frame, metres."""
    certainty: NotNegative = 0.02
    """How unlikely the landmarks' errors are by what the network says of them (Laplace), the errors themselves held fixed."""
    adversarial: NotNegative = 0.005
    """HMR's prior: how far the discriminators tell predicted poses and shapes from real ones (LSGAN)."""


@dataclass(frozen=True)
class RegressorTrainConfig(Checked):
    """Training of the regressor on landmarks made from motion capture."""

    steps: Count = 17000
    """Number of updates of the network."""
    minutes: Annotated[float, Range(0, 100_000)] = 0.0
    """Minutes after which to be done even with fewer updates: the learning rate falls by whichever is further on; 0
    sets no limit, and then the same seed gives the same weights."""
    batch: Annotated[int, Range(1, 1_000_000)] = 96
    """Number of windows in an update."""
    matrix_rate: Annotated[float, Range(0, 1, open_low=True)] = 3e-3
    """Greatest learning rate of the matrices (Muon, Jordan 2024); it rises over the first twentieth and falls along a half cosine."""
    learning_rate: Annotated[float, Range(0, 1, open_low=True)] = 1.5e-3
    """Greatest learning rate of biases and norms (AdamW); it rises over the first twentieth and falls along a half
    cosine."""
    weight_decay: Share = 0.01
    """Weight decay of matrices, biases and norms."""
    average: Annotated[float, Range(0, 1, open_high=True)] = 0.998
    """Decay of the running average of the weights, which is what is kept."""
    clip_norm: Positive = 1.0
    """Greatest norm of the gradient."""
    discriminator_rate: Annotated[float, Range(0, 1, open_low=True)] = 4e-4
    """Learning rate of the discriminators."""
    adversarial_frames: Count = 256
    """Frames of a batch that the discriminators see."""
    log_every: Count = 50
    """Steps between rows of the log."""
    check_every: Count = 1000
    """Steps between checks on the held-out clips and checkpoints."""
    bfloat16: bool = True
    """Whether the network runs in half precision (2.8 times as fast on a CPU with AVX512-BF16; slower on one without)."""
    seed: Seed = 0
    """Seed of everything random."""
    network: NetworkConfig = field(default_factory=NetworkConfig)
    """Shape of the network."""
    motion: MotionConfig = field(default_factory=MotionConfig)
    """Motions that windows are drawn from, and how they are varied."""
    view: ViewConfig = field(default_factory=ViewConfig)
    """Cameras that windows are seen from."""
    noise: NoiseConfig = field(default_factory=NoiseConfig)
    """Errors of the landmarks."""
    loss: LossConfig = field(default_factory=LossConfig)
    """Weights of the loss."""


@dataclass(frozen=True)
class SpinConfig(Checked):
    """SPIN's loop on a user's own clips: the optimised bodies supervise the network."""

    steps: Count = 50
    """Updates of the network in a round."""
    batch: Annotated[int, Range(1, 1_000_000)] = 16
    """Number of windows in an update."""
    learning_rate: Annotated[float, Range(0, 1, open_low=True)] = 1.5e-4
    """Learning rate of Adam at the start, which falls along a half cosine."""
    any_roll: Share = 0.5
    """Share of windows that are turned in the picture's plane."""
    jitter: NotNegative = 0.01
    """Error added to the landmarks, in shares of a torso, so that the same window is never seen twice."""
    worst_torsos: NotNegative = 0.35
    """Mean distance of the optimised body from its landmarks, in torsos, above which a frame is not learned from."""
    seed: Seed = 0
    """Seed of everything random."""
    loss: LossConfig = field(default_factory=lambda: LossConfig(adversarial=0.02))
    """Weights of the loss; the prior counts for more than in training, because an optimised body is no truth."""
