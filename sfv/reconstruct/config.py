"""Settings of the reconstruction; every number of the energy has its place here."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from sfv.detect.describe import MOVING_SHARE
from sfv.ranges import Checked, Fps, NotNegative, Number, Positive, PositiveSeconds, Range, Seconds, Share


@dataclass(frozen=True)
class ReconstructConfig(Checked):
    """How a clip of landmarks becomes a body motion. Residuals are divided by their ``*_sigma``: smaller pulls harder."""

    OLD_KEYS: ClassVar[dict[str, str | None]] = dict.fromkeys(
        ("swap_speed", "swap_jump_max", "swap_whole_cost", "swap_group_cost")
    )

    focal_px: Annotated[float, Range(1, 1e6)] | None = None
    """Focal length of the camera in pixels; without it focal_ratio times the longer side is assumed."""
    focal_ratio: Annotated[float, Range(0.1, 100)] = 1.2
    """Assumed focal length over the longer image side; 1.2 is a phone's main camera."""
    focal_sigma: Positive = 0.25
    """Standard deviation of the assumed focal length, as a logarithm; perspective decides within it. A given focal
    length is kept."""
    up_c: tuple[Number, Number, Number] | None = None
    """The world's up in camera axes (x right, y down, z forward) where it is known, as of a calibrated or levelled camera."""
    min_seconds: Seconds = 1.0
    """Seconds for which a person must be seen to be reconstructed."""
    trim_confidence: Share = 0.6
    """First and last frames in which a leg is seen with less confidence than this are left out; 0 keeps all."""

    camera_moves: NotNegative = MOVING_SHARE
    """Median motion of the background a frame, over the image's longer side, from which the camera counts as moving:
    contacts and ground are left out then, and the body stays in place; 0 trusts every camera to stand still."""

    unswap: bool = True
    """Find and undo frames in which the detector took left for right, in keypoints of which it is not known to be done (those
    of other programs; sfv detect does it itself)."""

    init: Literal["best", "hmr", "landmarks", "taylor"] = "best"
    """Start of the fit: the learned regressor, the detector's 3D landmarks, Taylor's closed-form lift, or the best of
    them."""
    pose_steps: Annotated[int, Range(0, 10_000)] = 4
    """Greatest number of Gauss-Newton steps against 3D landmarks alone."""
    start_steps: Annotated[int, Range(0, 10_000)] = 2
    """Greatest number of steps of every start against the image; the best goes on."""
    image_steps: Annotated[int, Range(0, 10_000)] = 3
    """Greatest number of further steps against the image without a ground."""
    contact_steps: Annotated[int, Range(0, 10_000)] = 3
    """Greatest number of steps with contacts and ground; contacts are judged anew before each of two stages."""
    plant_steps: Annotated[int, Range(0, 10_000)] = 6
    """Greatest number of steps of the last stage, in which stance feet are held still on the ground."""

    image_sigma: Positive = 0.03
    """Standard deviation of the 2D error, metres at the person's depth."""
    image_scale: Positive = 0.1
    """Size of the 2D error beyond which a landmark counts as wrong (Geman-McClure), metres."""
    face_weight: NotNegative = 0.3
    """Weight of nose and ears in the image term."""
    foot_weight: NotNegative = 0.6
    """Weight of heels and toes in the image term."""
    landmark_sigma: Positive = 0.10
    """Standard deviation of the error against the detector's 3D landmarks, metres."""
    landmark_scale: Positive = 0.25
    """Size of the error against the detector's 3D landmarks beyond which a landmark counts as wrong (Geman-McClure), metres."""
    landmark_weight: NotNegative = 0.03
    """Weight of the detector's 3D landmarks: they err alike for many frames, so 30 of them count as one."""
    landmark_tilt: Annotated[float, Range(-2, 2)] = 0.1
    """Radians by which BlazePose leans its 3D landmarks, feet away from the camera (measured against four calibrated cameras)."""
    landmark_tilt_sigma: Positive = 0.07
    """Standard deviation of a clip's own lean of the 3D landmarks from landmark_tilt, about any axis, radians."""
    acceleration_gain: Positive = 5.0
    """Ratio of the standard deviation of accelerations (the smoothness term) to the mean acceleration seen in the
    image."""
    acceleration_range: tuple[Positive, Positive] = (15.0, 200.0)
    """Limits of the standard deviation of accelerations, m/s^2."""
    fit_fps: Fps = 30.0
    """Frames a second at which the fit works; of faster videos neighbouring frames are averaged, and the result has
    every frame."""
    knot_seconds: PositiveSeconds = 0.1
    """Distance of spline knots for a mean acceleration of 10 m/s^2; shorter for livelier motion."""
    knot_range: tuple[PositiveSeconds, PositiveSeconds] = (0.04, 0.09)
    """Limits of the distance of knots, seconds."""
    limit_sigma: Positive = 0.08
    """Standard deviation of joint angles beyond their limits, radians."""
    prior_weight: NotNegative = 0.1
    """Weight of the pose prior."""
    shape_weight: NotNegative = 0.05
    """Weight of the prior on betas, times the number of frames."""
    betas_sigma: Positive = 0.3
    """Standard deviation of betas (1 is the population's) in their prior: the smoothness of lively motion would shrink
    the body."""
    offset_sigma: Positive = 0.007
    """Standard deviation of the detector's landmarks from where they usually lie on the body model, metres."""

    stick_weight: NotNegative = 0.3
    """Weight of the regressor's pose (SfV's L_init), less in frames where it misses the image; 0 lets it only start the
    fit."""
    stick_sigma: Positive = 0.10
    """Standard deviation of a landmark from its place in the regressor's pose, metres."""
    stick_scale: Positive = 0.25
    """Size of the departure from the regressor's pose beyond which a landmark counts as wrong (Geman-McClure), metres."""

    contact_speed: NotNegative = 0.35
    """Foot speed at which contact is as likely as not, m/s; seen in the image, at the person's depth."""
    contact_speed_width: Positive = 0.08
    """Softness of the threshold contact_speed, m/s."""
    contact_height: NotNegative = 0.04
    """Height above the ground at which contact is as likely as not, metres."""
    contact_height_width: Positive = 0.015
    """Softness of the threshold contact_height, metres."""
    stance_speed_sigma: Positive = 0.12
    """Standard deviation of the speed of a foot in contact, m/s."""
    stance_speed_scale: Positive = 0.5
    """Speed beyond which a contact is taken for a wrong one, m/s."""
    stance_height_sigma: Positive = 0.02
    """Standard deviation of the height of a foot in contact, metres."""
    stance_height_scale: Positive = 0.1
    """Height beyond which a contact is taken for a wrong one, metres."""
    penetration_sigma: Positive = 0.01
    """Standard deviation of the depth of any point of the feet below the ground, metres."""
    plant_stick: NotNegative = 50.0
    """Weight of the pose before the last stage in the last stage: feet are planted by small changes."""
    plant_gain: Positive = 10.0
    """Divisor of stance_speed_sigma, stance_height_sigma and penetration_sigma in the last stage."""
    up_sigma: Positive = 0.3
    """Standard deviation of the camera's roll and pitch, radians: cameras are usually held about level."""
    camera_height: Positive = 1.4
    """Usual height of a camera above the ground, metres."""
    camera_height_sigma: Positive = 0.5
    """Standard deviation of the camera's height above the ground, metres."""
    balance_sigma: Positive = 0.02
    """Standard deviation of the mean distance of the centre of mass from above the feet, metres."""
    level_sigma: Positive = 0.02
    """Standard deviation of the mean sideways tilt of an upright pelvis, radians."""
    level_scale: Positive = 0.1
    """Sideways tilt of the pelvis beyond which it is taken for meant, radians."""

    def __post_init__(self) -> None:
        """Raise SettingError for numbers out of their ranges, or in the wrong order."""
        super().__post_init__()
        self.in_order("acceleration_range")
        self.in_order("knot_range")
