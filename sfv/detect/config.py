"""Settings of the detection stage."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from sfv.ranges import Checked, Count, Degrees, Fps, NotNegative, Positive, PositiveSeconds, Range, Seconds, Share

Mode = Literal["tracker", "pooled", "rotations"]
"""How a person is looked for in the next frame."""
Scale = Literal["auto", "pixels", "0..1", "-1..1"]
"""What another program's coordinates are measured in."""


@dataclass(frozen=True)
class SearchConfig(Checked):
    """The search for people, large and small, in overlapping tiles of a few frames."""

    every: PositiveSeconds = 0.5
    """Seconds between two searched frames."""
    tiles: tuple[Annotated[float, Range(0, 1, open_low=True)], ...] = (1.0, 0.56, 0.33)
    """Sides of the square tiles, as shares of the picture's shorter side; the whole picture is always looked at. A person
    is found when about a third of a tile high or more."""
    overlap: Annotated[float, Range(0, 1, open_high=True)] = 0.4
    """Share of a tile that its neighbour covers too."""
    min_score: Share = 0.5
    """Least probability of a detection that is looked at more closely."""
    promising: Share = 0.5
    """A detection is confirmed by a second look where the first reaches this share of what a person must have."""
    max_size: Positive = 1.6
    """Largest region of a detection, as a multiple of the tile's side: larger ones lie mostly outside the tile."""
    full: PositiveSeconds = 4.0
    """Seconds between two searches of all tiles; in between only those are searched in which something changed since, people
    who are followed already left out."""
    change_level: NotNegative = 20.0
    """Grey levels by which a pixel (of a small copy of the picture) differs to count as changed."""
    change_share: Share = 0.004
    """Share of a tile's pixels that must have changed."""


@dataclass(frozen=True)
class TrackConfig(Checked):
    """Following one person from frame to frame."""

    min_flag: Share = 0.5
    """Least probability of the landmark network that its region shows a person."""
    min_peak: Share = 0.45
    """Least mean peak of the heatmaps, in [0, 1]; people have .6 and more, trees and windows .4 and less."""
    max_lost: Seconds = 0.3
    """Seconds without an acceptable pose after which a person has left."""
    look_back: Seconds = 1.0
    """Seconds that a newly found person is followed backwards."""
    look_back_mb: NotNegative = 400.0
    """Megabytes of frames that are held in memory for that; fewer seconds where they do not suffice."""
    crop: Positive = 1.5
    """Side of the square in which the detector looks for the person again, as a multiple of her last region's."""
    min_score: Share = 0.3
    """Least probability of a detection in that square."""
    calm_quality: Share = 0.85
    """A first look of this quality is enough ..."""
    calm_distance: NotNegative = 0.08
    """... when its joints lie so near to where the last two frames point, torso lengths on average. Every other frame is seen
    mirrored, and single looks are averaged with their neighbours: a second opinion and less noise at no cost."""
    sure_quality: Share = 0.75
    """Where no pose of a frame reaches this quality, more are tried ..."""
    sure_trunk: NotNegative = 0.3
    """... and where shoulders or hips of poses nearly as good lie farther off than this, torso lengths ..."""
    sure_distance: NotNegative = 0.12
    """... or joints do on average, what is seen better counting more."""
    rival_quality: Share = 0.7
    """A pose is nearly as good when its quality is more than this share of the best one's."""
    retry_sizes: tuple[Positive, ...] = (0.9, 1.25)
    """Those are regions this many times as large: half-hidden legs are often right in one of them ..."""
    turn_quality: Share = 0.6
    """Where no pose reaches this quality either ..."""
    turns_deg: tuple[Degrees, ...] = (90.0, 180.0, 270.0)
    """... they are regions turned by so much (mode rotations)."""
    max_step: NotNegative = 0.3
    """Farthest that a person's region moves between two frames, as a share of its side."""
    max_growth: Annotated[float, Range(1, 1000)] = 1.6
    """Largest factor by which it grows or shrinks between two frames."""
    worth: Share = 0.65
    """Only people of this quality (running mean) are looked at more than once; what is worse is a ghost most often."""
    give_up: Share = 0.5
    """Nobody of less quality is begun to be followed; what stays worse is followed no more until a search finds it again."""
    worth_seconds: PositiveSeconds = 0.7
    """Time constant of that mean."""
    good_quality: Share = 0.6
    """Poses of this quality ..."""
    good_slack: NotNegative = 1.6
    """... may move and grow this many times as much."""
    same: NotNegative = 0.5
    """Two poses closer than this (mean distance of the limbs' landmarks whichever side is called left, torso lengths) are
    the same person."""
    same_share: Share = 0.7
    """Two tracks are one person when they are the same in this share of the frames that both have."""
    edge: Share = 0.05
    """Somebody who comes or goes over the left or right edge is left out while her limbs are nearer to it than this share of
    her height: the network then puts the hidden leg onto the other. Not so where she is at the edge half of the time."""
    edge_gap: Seconds = 0.4
    """Seconds in between that she may seem to be farther from it."""
    min_inside: Share = 0.5
    """A frame counts when at least this share of the limbs' landmarks lies inside the picture."""
    min_length: Seconds = 0.5
    """Seconds; shorter tracks are dropped."""
    min_quality: Share = 0.65
    """Tracks of less median quality (flag x mean confidence) are dropped: people have .8 and more, ghosts .6 and less."""
    min_end_quality: Share = 0.6
    """The first and last frames of a track go while they are worse than this: too little of the person is in view."""
    step: Positive = 0.25
    """Torso lengths that landmarks may move between frames at a cost of one when poses are chosen over time."""
    max_step_cost: NotNegative = 4.0
    """Most that one such move costs, so that a real jump is possible."""
    quality_weight: NotNegative = 2.0
    """Cost of a pose of quality zero, in the same choice."""


@dataclass(frozen=True)
class AssociationConfig(Checked):
    """Who is who (after PHALP): minus log likelihoods of appearance, 3D pose, place and nearness, added up."""

    history: Count = 7
    """Frames from which place and nearness are extrapolated."""
    max_away: Seconds = 30.0
    """Seconds that somebody may be out of sight and still be the same person."""
    max_cost: NotNegative = 2.5
    """Most that a person found may cost to be one who is known. Measured on two videos with two people each: after a while
    out of sight the same person costs about 1.5 (2.4 in the worst tenth of frames), another one 1.7 to 3.1."""
    appearance: NotNegative = 1.5
    """Weight of the squared difference of the colours of head, upper arms, trunk, thighs and shins, in just noticeable units."""
    colour_noise: Positive = 6.0
    """Difference in Lab that one such unit is: light, shading and sampling change colours by so much."""
    lightness: NotNegative = 0.7
    """How much lightness counts in it against hue: shadows change it more."""
    pose: NotNegative = 4.0
    """Weight of the mean squared distance of the limbs' 3D landmarks, hips at the origin, metres^2."""
    place: Positive = 1.0
    """Torso lengths off the expected place that cost one."""
    nearness: Positive = 0.25
    """Log ratio of sizes off the expected one that costs one."""
    fade: PositiveSeconds = 0.3
    """Seconds out of sight after which place, nearness and pose count half; they do not count after a cut."""


@dataclass(frozen=True)
class BackgroundConfig(Checked):
    """Motion of the background, which tells a moving camera, and cuts."""

    every: PositiveSeconds = 0.1
    """Seconds between two measurements of the motion from one frame to the next."""
    width: Annotated[float, Range(16, 16_384)] = 320.0
    """Longer side of the copy of the picture that is looked at, pixels."""
    points: Annotated[int, Range(1, 100_000)] = 150
    """Most points that are followed."""
    agree: Share = 0.4
    """Share of the points that must move together (shift, turn and zoom)."""
    cut_change: NotNegative = 22.0
    """Mean change of a very small copy of the picture, grey levels, from which a frame may begin another shot ..."""
    cut_ratio: NotNegative = 4.0
    """... where it is also this many times what was usual ..."""
    cut_frames: Count = 10
    """... in so many frames before."""


@dataclass(frozen=True)
class ChoiceConfig(Checked):
    """The choice among candidates over time, for trunk, arms and legs apart."""

    radius: Positive = 0.15
    """Candidates agree when the joints of the part lie within this many torso lengths."""
    blend: NotNegative = 0.1
    """Torso lengths; landmarks of agreeing candidates this near to the best one's are averaged with it (less noise)."""
    power: NotNegative = 2.0
    """Candidates count with confidence x quality to this power."""
    max_hypotheses: Annotated[int, Range(1, 10_000)] = 8
    """Most groups of agreeing candidates that are kept of a frame."""
    support_weight: NotNegative = 6.0
    """Cost of a group that no other candidate supports."""
    bend: Positive = 0.2
    """Torso lengths that joints may lie from where their last two places point, at a cost of one."""
    max_cost: NotNegative = 3.0
    """Most that one joint costs, so that a real jerk is possible."""
    steady_distance: Positive = 0.4
    """Torso lengths off every line through its neighbours in time that halve a landmark's confidence ..."""
    steady_frames: Annotated[int, Range(1, 10_000)] = 4
    """... which are at most so many frames away."""


@dataclass(frozen=True)
class SwapConfig(Checked):
    """Undoing exchanges of left and right (costs of a Viterbi path over which of torso, arms and legs are exchanged)."""

    flip: NotNegative = 0.003
    """Cost a frame of a body whose torso and face are exchanged."""
    disagree: NotNegative = 0.015
    """Cost a frame of arms or legs that are exchanged when the torso is not, and the other way round."""
    step: Positive = 0.12
    """Torso lengths that landmarks may lie from where their last two places point, at a cost of one."""
    max_cost: NotNegative = 4.0
    """Most that one landmark costs."""


@dataclass(frozen=True)
class DetectConfig(Checked):
    """Settings of ``sfv detect``."""

    detector: str = "blazepose"
    """Which detector: blazepose (runs here); openpose, json or npz, which are one: what another program wrote is read from --keypoints
    (OpenPose, AlphaPose, ControlNet, COCO, MMPose, ViTPose, MediaPipe, YOLO, arrays) and told apart by what it holds."""
    mode: Mode = "rotations"
    """How blazepose follows people. tracker: only in the region that the last pose names (fails on flips; for comparison).
    pooled: mirrored, by the detector and in other regions too, wherever the first look is not sure. rotations: moreover in
    regions turned by quarters where nothing good is found then."""
    keypoints: str = ""
    """File or folder of another program's keypoints, which the detectors openpose, json and npz read."""
    layout: str = "auto"
    """Order of the points in it: auto (by their number, names or places), body_25, body_25b, body_19, body_135, coco_17, coco_18,
    coco_wholebody_133, halpe_26, halpe_136, h36m_17, mpii_16, mpi_15 or mediapipe_33."""
    scale: Scale = "auto"
    """What its coordinates are measured in: auto (by their size), pixels, 0..1 or -1..1 (shares of the picture)."""
    first_number: Annotated[int, Range(0, 10**9)] | None = None
    """Number that the video's first frame has in it; found by the numbers where it is not given."""
    start: NotNegative | None = None
    """Where to begin, seconds into the video as it plays (at --fps where that is given)."""
    stop: Positive | None = None
    """Where to end, seconds into the video as it plays."""
    fps: Fps | None = None
    """Pictures a second at which the film really plays, where its header is wrong; of a folder of images (30 by default)."""
    slow_motion: Annotated[float, Range(0.01, 1000)] = 1.0
    """The film plays so many times slower than life: 4 for 120 pictures a second that are played at 30."""
    threads: Annotated[int, Range(1, 1024)] = 2
    """Regions of a frame that are looked at side by side."""
    min_seconds: Seconds = 1.0
    """Somebody must be seen for this long."""
    search: SearchConfig = field(default_factory=SearchConfig)
    track: TrackConfig = field(default_factory=TrackConfig)
    association: AssociationConfig = field(default_factory=AssociationConfig)
    background: BackgroundConfig = field(default_factory=BackgroundConfig)
    choice: ChoiceConfig = field(default_factory=ChoiceConfig)
    swaps: SwapConfig = field(default_factory=SwapConfig)

    def __post_init__(self) -> None:
        """Raise SettingError for numbers out of their ranges, or in the wrong order."""
        super().__post_init__()
        self.in_order("start", "stop")
