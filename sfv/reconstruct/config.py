"""Settings of the reconstruction; every number of the energy has its place here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReconstructConfig:
    """How a clip of landmarks becomes a body motion. Residuals are divided by their ``*_sigma``: smaller pulls harder."""

    focal_px: float | None = None
    """Focal length of the camera in pixels; without it ``focal_ratio`` times the longer side is assumed."""
    focal_ratio: float = 1.2
    """Assumed focal length over the longer image side; 1.2 is a phone's main camera."""
    min_seconds: float = 1.0
    """A person seen for less than this is refused."""
    trim_confidence: float = 0.6
    """First and last frames in which a leg is seen with less confidence than this are left out; 0 keeps all."""

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

    pose_steps: int = 80
    """Steps of the first stage: pose against the detector's 3D landmarks."""
    place_steps: int = 40
    """Steps of the second stage: only the path and the pelvis's rotation, against the image."""
    image_steps: int = 140
    """Steps of the third stage: pose, path and shape against the image."""
    contact_steps: int = 200
    """Steps of the fourth stage: the ground and the feet's contacts are added."""
    plant_steps: int = 120
    """Steps of the last stage: stance feet are held still on the ground."""
    learning_rate: float = 0.03
    """Adam's step; shape and ground take a tenth of it. 0.1 falls into wrong minima."""

    image_sigma: float = 0.015
    """2D error, metres at the person's depth."""
    image_scale: float = 0.06
    """2D error beyond which a landmark counts as wrong (Geman-McClure), metres."""
    face_weight: float = 0.3
    """Weight of nose and ears in the image term."""
    foot_weight: float = 0.6
    """Weight of heels and toes in the image term."""
    landmark_sigma: float = 0.10
    """Error against the detector's 3D landmarks, metres."""
    landmark_scale: float = 0.25
    """The same, scale of Geman-McClure."""
    landmark_weight: float = 0.02
    """They err alike for many frames: 50 of them count as one."""
    landmark_tilt: float = 0.1
    """Radians by which BlazePose leans its 3D landmarks, feet away from the camera (measured against four calibrated cameras)."""
    landmark_tilt_sigma: float = 0.07
    """How far a clip may differ from that, about any axis, radians."""
    acceleration_gain: float = 3.0
    """Smoothness: the deviation of accelerations is this times the mean acceleration seen in the image."""
    acceleration_range: tuple[float, float] = (15.0, 200.0)
    """Limits of that deviation, m/s^2."""
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
    offset_sigma: float = 0.015
    """How far the detector's landmarks may lie from where they usually lie on the body model, metres."""

    contact_speed: float = 0.35
    """Foot speed at which contact is as likely as not, m/s; seen in the image, at the person's depth."""
    contact_speed_width: float = 0.08
    """Softness of that threshold, m/s."""
    contact_height: float = 0.05
    """Height above the ground at which contact is as likely as not, metres."""
    contact_height_width: float = 0.015
    """Softness of that threshold, metres."""
    stance_speed_sigma: float = 0.05
    """Speed of a foot in contact, m/s."""
    stance_speed_scale: float = 0.5
    """Speed beyond which a contact is taken for a wrong one, m/s."""
    stance_height_sigma: float = 0.02
    """Height of a foot in contact, metres."""
    stance_height_scale: float = 0.1
    """Height beyond which a contact is taken for a wrong one, metres."""
    penetration_sigma: float = 0.01
    """Depth of any point of the feet below the ground, metres."""
    plant_gain: float = 6.0
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
