"""Settings of retargeting."""

from dataclasses import dataclass
from typing import Annotated, Literal

from sfv.motion import contact
from sfv.ranges import Checked, NotNegative, Positive, PositiveSeconds, Range, Share


@dataclass(frozen=True)
class RetargetConfig(Checked):
    """How a recovered motion, or a clip of another character, becomes a clip of a character."""

    cyclic: Literal["auto", "yes", "no"] = "auto"
    """Make a seamless loop: "auto" where the motion repeats itself (walking, running), "yes" by force, "no" never."""
    min_period: PositiveSeconds = 0.5
    """Shortest cycle that is looked for, seconds; one cycle of a gait is a left and a right step."""
    max_period: PositiveSeconds = 2.5
    """Longest cycle that is looked for, seconds."""
    max_mismatch: NotNegative = 0.25
    """Difference of poses one period apart, as a share of that of poses anywhere apart (0 is an exact copy, 1 is
    unrelated), below which cyclic "auto" takes a motion for cyclic."""
    min_activity: NotNegative = 0.03
    """Variation of the limbs (mean square of direction vectors) below which cyclic "auto" takes a motion for standing
    still."""
    average_cycles: bool = True
    """Average all complete cycles into one, weighted by how typical each is: removes noise of the recovery."""
    straight: bool = True
    """Let a cycle that turns by less than 17 degrees go straight along the mean heading, without lateral drift."""
    level: bool = True
    """Take the mean sideways lean out of a straight cycle: trunk upright, left and right limbs mirror images on average. A single
    camera at somebody's side sees leaning worst; leave it out for a person who limps."""
    balance: bool = True
    """Lean the legs of a cycle sideways, by one angle, until the mean centre of mass is above the mean stance: a single
    camera does not see the legs' depth, and somebody who walks steadily is in balance."""
    balance_rounds: Annotated[int, Range(0, 1000)] = 3
    """Rounds of the balance correction; each leaves a few percent of the imbalance before it."""
    iterations: Annotated[int, Range(0, 1_000_000)] = 150
    """Greatest number of iterations of the whole-clip optimisation (L-BFGS)."""
    flight_iterations: Annotated[int, Range(0, 1_000_000)] = 600
    """Greatest number of iterations for a motion that leaves the ground: a flight's path hangs together from end to
    end, and after 150 iterations a backflip's centre of mass fell at half of gravity."""
    limb_weight: NotNegative = 1.0
    """Weight of limb directions (squared error of unit vectors)."""
    orientation_weight: NotNegative = 0.1
    """Weight of whole orientations, so also of the twist of limbs, which is recovered worse than their direction."""
    trunk_weight: NotNegative = 1.0
    """Weight of the whole orientation of bodies without one limb direction: pelvis, chest, head, feet."""
    root_weight: NotNegative = 20.0
    """Weight of the scaled position of the hips (squared metres)."""
    ankle_weight: NotNegative = 20.0
    """Weight of the ankles' scaled position relative to the hips (squared metres)."""
    contact_weight: NotNegative = 2000.0
    """Weight of stance points on the ground (squared metres)."""
    slide_weight: NotNegative = 20000.0
    """Weight of stance points that move between frames (squared metres per frame)."""
    penetration_weight: NotNegative = 5000.0
    """Weight of points below the ground (squared metres)."""
    collision_weight: NotNegative = 1000.0
    """Weight of links that overlap (squared metres, summed over spheres that fill them)."""
    link_clearance: Annotated[float, Range(0, 1)] = 0.01
    """Distance that links which are not neighbours keep from each other, metres."""
    smooth_weight: NotNegative = 2.0
    """Weight of the joints' acceleration: squared second difference, radians, at 30 Hz."""
    root_smooth_weight: NotNegative = 200.0
    """Weight of the root's acceleration: squared second difference, metres, at 30 Hz."""
    limit_weight: NotNegative = 50.0
    """Weight of joint angles beyond their limits (squared radians)."""
    clearance: Annotated[float, Range(0, 1)] = 0.002
    """Height that points of bodies other than stance feet keep above the ground, metres."""
    contact_threshold: Share = contact.STANDS
    """Probability above which a foot point counts as standing."""
    contact_height: Annotated[float, Range(0, 10)] = contact.SOLE_HEIGHT
    """Height below which a foot point that is slower than contact_speed stands, metres, where no contacts are
    recorded."""
    contact_speed: Annotated[float, Range(0, 100)] = contact.SOLE_SPEED
    """Speed below which a low foot point stands, m/s, where no contacts are recorded."""
    touch_weight: NotNegative = 2000.0
    """Weight of the height of bodies' lowest points that touch the ground in the source, soles that stand apart (squared metres)."""
    touch_height: Annotated[float, Range(0, 10)] = contact.TOUCHES
    """Height of a body's lowest point, metres, below which it touches the ground for sure, where the source is a
    clip."""
    touch_fade: Annotated[float, Range(0, 10)] = contact.TOUCHES_NOT
    """Height of a body's lowest point, metres, above which it does not touch the ground, where the source is a clip."""
    mesh_touch_height: Annotated[float, Range(0, 10)] = contact.RECOVERED_TOUCHES
    """Height of the lowest vertex that a joint moves, metres, below which it touches the ground for sure, where the
    source is a recovered body."""
    mesh_touch_fade: Annotated[float, Range(0, 10)] = contact.RECOVERED_TOUCHES_NOT
    """Height of the lowest vertex that a joint moves, metres, above which it does not touch the ground, where the
    source is a recovered body; recovered heights err by some centimetres."""
    flight_weight: NotNegative = 100000.0
    """Weight of the centre of mass' deviation from free fall while nothing touches the ground (squared second
    difference, metres, at 30 Hz). Hips that only follow the source's would let a character whose trunk weighs more drop
    its centre of mass as soon as it turns over."""
    max_push: Annotated[float, Range(0, 1000)] = 3.0
    """Greatest push of the ground, as a multiple of the character's weight; flight_weight counts for what lies above,
    and for pulling."""
    max_joint_speed: Positive = 25.0
    """Joint speed above which the report counts a spike, rad/s."""

    def __post_init__(self) -> None:
        """Raise SettingError for numbers out of their ranges, or in the wrong order."""
        super().__post_init__()
        self.in_order("min_period", "max_period")
        self.in_order("touch_height", "touch_fade")
        self.in_order("mesh_touch_height", "mesh_touch_fade")
