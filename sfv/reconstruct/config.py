"""Settings of the reconstruction; every number of the energy has its place here."""

from dataclasses import dataclass
from typing import Literal

from sfv.detect.describe import MOVING_SHARE


@dataclass(frozen=True)
class ReconstructConfig:
    """How a clip of landmarks becomes a body motion. Residuals are divided by their ``*_sigma``: smaller pulls harder."""

    focal_px: float | None = None
    """Focal length of the camera in pixels; without it ``focal_ratio`` times the longer side is assumed."""
    focal_ratio: float = 1.2
    """Assumed focal length over the longer image side; 1.2 is a phone's main camera."""
    focal_sigma: float = 0.25
    """How far the assumed focal length may be off, as a logarithm; perspective decides within that. A given one is kept."""
    up_c: tuple[float, float, float] | None = None
    """The world's up in camera axes (x right, y down, z forward) where it is known, as of a calibrated or levelled camera."""
    min_seconds: float = 1.0
    """A person seen for less than this is refused."""
    trim_confidence: float = 0.6
    """First and last frames in which a leg is seen with less confidence than this are left out; 0 keeps all."""

    camera_moves: float = MOVING_SHARE
    """Median motion of the background a frame, over the image's longer side, from which the camera counts as moving: contacts and
    ground are left out then, and the body stays in place. 0 trusts every camera to stand still."""

    unswap: bool = True
    """Find and undo frames in which the detector took left for right."""
    swap_speed: float = 7.2
    """Landmark speed that counts as one unit of jump, torso lengths a second."""
    swap_jump_max: float = 4.0
    """Greatest jump a landmark can count."""
    swap_whole_cost: float = 0.003
    """Cost of calling a whole body swapped in one frame."""
    swap_group_cost: float = 0.015
    """Cost of calling only the arms or only the legs swapped in one frame."""

    init: Literal["best", "hmr", "landmarks", "taylor"] = "best"
    """Where the fit starts: the learned regressor, the detector's 3D landmarks, Taylor's closed-form lift, or the best of them."""
    pose_steps: int = 4
    """Most Gauss-Newton steps against 3D landmarks alone."""
    start_steps: int = 2
    """Most steps of every start against the image; the best goes on."""
    image_steps: int = 3
    """Most further steps without a ground."""
    contact_steps: int = 3
    """Most steps with contacts and ground; contacts are judged anew before each of two such stages."""
    plant_steps: int = 6
    """Most steps of the last stage: stance feet are held still on the ground."""

    image_sigma: float = 0.03
    """2D error, metres at the person's depth."""
    image_scale: float = 0.1
    """2D error beyond which a landmark counts as wrong (Geman-McClure), metres."""
    face_weight: float = 0.3
    """Weight of nose and ears in the image term."""
    foot_weight: float = 0.6
    """Weight of heels and toes in the image term."""
    landmark_sigma: float = 0.10
    """Error against the detector's 3D landmarks, metres."""
    landmark_scale: float = 0.25
    """The same, scale of Geman-McClure."""
    landmark_weight: float = 0.03
    """They err alike for many frames: 30 of them count as one."""
    landmark_tilt: float = 0.1
    """Radians by which BlazePose leans its 3D landmarks, feet away from the camera (measured against four calibrated cameras)."""
    landmark_tilt_sigma: float = 0.07
    """How far a clip may differ from that, about any axis, radians."""
    acceleration_gain: float = 5.0
    """Smoothness: the deviation of accelerations is this times the mean acceleration seen in the image."""
    acceleration_range: tuple[float, float] = (15.0, 200.0)
    """Limits of that deviation, m/s^2."""
    fit_fps: float = 30.0
    """Frames a second at which the fit looks; of faster videos neighbouring frames are averaged, the result has every frame."""
    knot_seconds: float = 0.1
    """Distance of spline knots for a mean acceleration of 10 m/s^2; shorter for livelier motion."""
    knot_range: tuple[float, float] = (0.04, 0.09)
    """Limits of the distance of knots, seconds."""
    limit_sigma: float = 0.08
    """Joint angle beyond its limit, radians."""
    prior_weight: float = 0.1
    """Weight of the pose prior."""
    shape_weight: float = 0.05
    """Weight of the prior on betas, times the number of frames."""
    betas_sigma: float = 0.3
    """Deviation of betas (1 is the population's) for that weight: the smoothness of lively motion would shrink the body."""
    offset_sigma: float = 0.007
    """How far the detector's landmarks may lie from where they usually lie on the body model, metres."""

    stick_weight: float = 0.3
    """Pull of the regressor's pose (SfV's L_init), less in frames where it misses the image. 0 leaves it to start the fit."""
    stick_sigma: float = 0.10
    """Departure of a landmark from its place in that pose, metres."""
    stick_scale: float = 0.25
    """The same, scale of Geman-McClure."""

    contact_speed: float = 0.35
    """Foot speed at which contact is as likely as not, m/s; seen in the image, at the person's depth."""
    contact_speed_width: float = 0.08
    """Softness of that threshold, m/s."""
    contact_height: float = 0.04
    """Height above the ground at which contact is as likely as not, metres."""
    contact_height_width: float = 0.015
    """Softness of that threshold, metres."""
    stance_speed_sigma: float = 0.12
    """Speed of a foot in contact, m/s."""
    stance_speed_scale: float = 0.5
    """Speed beyond which a contact is taken for a wrong one, m/s."""
    stance_height_sigma: float = 0.02
    """Height of a foot in contact, metres."""
    stance_height_scale: float = 0.1
    """Height beyond which a contact is taken for a wrong one, metres."""
    penetration_sigma: float = 0.01
    """Depth of any point of the feet below the ground, metres."""
    plant_stick: float = 50.0
    """Pull of the pose before the last stage, as ``stick_weight``: feet are planted by small changes."""
    plant_gain: float = 10.0
    """In the last stage the three sigmas above are divided by this."""
    up_sigma: float = 0.3
    """Camera's roll and pitch, radians: cameras are usually held about level."""
    camera_height: float = 1.4
    """Usual height of a camera above the ground, metres."""
    camera_height_sigma: float = 0.5
    """How far it may differ, metres."""
    balance_sigma: float = 0.02
    """Mean distance of the centre of mass from above the feet, metres."""
    level_sigma: float = 0.02
    """Mean sideways tilt of an upright pelvis, radians."""
    level_scale: float = 0.1
    """Tilt beyond which it is taken for meant, radians."""
