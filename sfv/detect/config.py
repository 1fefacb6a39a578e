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
    """Share of what a person must have from which a detection gets a second look that may confirm it."""
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
    """Megabytes of frames that are held in memory to follow a newly found person backwards; fewer seconds where they do
    not suffice."""
    crop: Positive = 1.5
    """Side of the square in which the detector looks for a person again, as a multiple of the side of the person's last
    region."""
    min_score: Share = 0.3
    """Least probability of a detection in the square in which a person is looked for again."""
    calm_quality: Share = 0.85
    """Quality from which the first look at a person is enough, if the joints also lie within calm_distance of where the
    last two frames point."""
    calm_distance: NotNegative = 0.08
    """Mean distance of the joints from where the last two frames point, torso lengths, up to which a first look of
    calm_quality is enough. Every other frame is seen mirrored, and single looks are averaged with their neighbours: a
    second opinion and less noise at no cost."""
    sure_quality: Share = 0.75
    """Quality below which a frame's best pose is doubted, so that further regions are tried."""
    sure_trunk: NotNegative = 0.3
    """Distance of shoulders or hips between a frame's best pose and others nearly as good, torso lengths, above which
    further regions are tried."""
    sure_distance: NotNegative = 0.12
    """Mean distance of all joints between a frame's best pose and others nearly as good, torso lengths, above which
    further regions are tried; joints that are seen better count more."""
    rival_quality: Share = 0.7
    """A pose is nearly as good when its quality is more than this share of the best one's."""
    retry_sizes: tuple[Positive, ...] = (0.9, 1.25)
    """Sizes of the further regions that are tried for a doubtful pose, as multiples of the person's region: half-hidden
    legs are often right in one of them."""
    turn_quality: Share = 0.6
    """Quality below which turned regions are tried too, where no other region gave a better pose (mode rotations)."""
    turns_deg: tuple[Degrees, ...] = (90.0, 180.0, 270.0)
    """Angles of the turned regions that are tried last, degrees (mode rotations)."""
    max_step: NotNegative = 0.3
    """Farthest that a person's region moves between two frames, as a share of its side."""
    max_growth: Annotated[float, Range(1, 1000)] = 1.6
    """Largest factor by which a person's region grows or shrinks between two frames."""
    worth: Share = 0.65
    """Quality (running mean) from which a person is looked at more than once; what is worse is a ghost most often."""
    give_up: Share = 0.5
    """Quality below which nobody is begun to be followed; what stays worse is followed no more until a search finds it
    again."""
    worth_seconds: PositiveSeconds = 0.7
    """Time constant of a person's running mean of quality, seconds."""
    good_quality: Share = 0.6
    """Quality from which a pose may move and grow good_slack times as much as others."""
    good_slack: NotNegative = 1.6
    """Factor by which max_step and max_growth are larger for poses of good_quality."""
    same: NotNegative = 0.5
    """Mean distance of the limbs' landmarks, whichever side is called left, in torso lengths, below which two poses are
    the same person."""
    same_share: Share = 0.7
    """Share of the frames that two tracks have in common in which they must be the same person to become one track."""
    edge: Share = 0.05
    """Distance from the left or right edge, as a share of the person's height, within which the limbs of somebody who
    comes or goes over that edge are left out: the network then puts the hidden leg onto the other. A person who is at
    the edge half of the time is kept."""
    edge_gap: Seconds = 0.4
    """Seconds that a person who comes or goes over an edge may seem to be farther from it in between."""
    min_inside: Share = 0.5
    """Share of the limbs' landmarks that must lie inside the picture for a frame to count."""
    min_length: Seconds = 0.5
    """Seconds that a track must last; shorter ones are dropped."""
    min_quality: Share = 0.65
    """Median quality (flag x mean confidence) below which a track is dropped: people have .8 and more, ghosts .6 and
    less."""
    min_end_quality: Share = 0.6
    """Quality below which the first and last frames of a track are dropped: too little of the person is in view."""
    step: Positive = 0.25
    """Torso lengths that landmarks may move between frames at a cost of one when poses are chosen over time."""
    max_step_cost: NotNegative = 4.0
    """Greatest cost of a landmark's move when poses are chosen over time, so that a real jump is possible."""
    quality_weight: NotNegative = 2.0
    """Cost of a pose of quality zero when poses are chosen over time."""


@dataclass(frozen=True)
class AssociationConfig(Checked):
    """Who is who (after PHALP): minus log likelihoods of appearance, 3D pose, place and nearness, added up."""

    history: Count = 7
    """Frames from which place and nearness are extrapolated."""
    max_away: Seconds = 30.0
    """Seconds that somebody may be out of sight and still be the same person."""
    max_cost: NotNegative = 2.5
    """Greatest cost at which a person found is one who is known. Measured on two videos with two people each: after a
    while out of sight the same person costs about 1.5 (2.4 in the worst tenth of frames), another one 1.7 to 3.1."""
    appearance: NotNegative = 1.5
    """Weight of the squared difference of the colours of head, upper arms, trunk, thighs and shins, in units of
    colour_noise."""
    colour_noise: Positive = 6.0
    """Difference in Lab that is one unit of a colour's difference: light, shading and sampling change colours by so
    much."""
    lightness: NotNegative = 0.7
    """Weight of lightness against hue in the difference of two colours: shadows change it more."""
    pose: NotNegative = 4.0
    """Weight of the mean squared distance of the limbs' 3D landmarks, hips at the origin, metres^2."""
    place: Positive = 1.0
    """Distance from the expected place, torso lengths, that costs one."""
    nearness: Positive = 0.25
    """Deviation of the logarithm of a person's size from the expected one that costs one."""
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
    """Greatest number of points that are followed."""
    agree: Share = 0.4
    """Share of the points that must move together (shift, turn and zoom)."""
    cut_change: NotNegative = 22.0
    """Mean change of a very small copy of the picture, grey levels, from which a frame may begin another shot."""
    cut_ratio: NotNegative = 4.0
    """Ratio of a picture's change to what was usual in the frames before, from which a frame begins another shot."""
    cut_frames: Count = 10
    """Number of frames before that tell what change of the picture is usual."""


@dataclass(frozen=True)
class ChoiceConfig(Checked):
    """The choice among candidates over time, for trunk, arms and legs apart."""

    radius: Positive = 0.15
    """Distance of the part's joints, torso lengths, within which candidates agree."""
    blend: NotNegative = 0.1
    """Distance from the best candidate's landmark, torso lengths, within which those of agreeing candidates are
    averaged with it (less noise)."""
    power: NotNegative = 2.0
    """Power of confidence x quality with which candidates count."""
    max_hypotheses: Annotated[int, Range(1, 10_000)] = 8
    """Greatest number of groups of agreeing candidates that are kept of a frame."""
    support_weight: NotNegative = 6.0
    """Cost of a group that no other candidate supports."""
    bend: Positive = 0.2
    """Distance of a joint from where its last two places point, torso lengths, that costs one."""
    max_cost: NotNegative = 3.0
    """Greatest cost of one joint, so that a real jerk is possible."""
    steady_distance: Positive = 0.4
    """Distance from every line through a landmark's neighbours in time, torso lengths, that halves its confidence."""
    steady_frames: Annotated[int, Range(1, 10_000)] = 4
    """Greatest distance of the neighbours in time by which a landmark is judged, frames."""


@dataclass(frozen=True)
class SwapConfig(Checked):
    """Undoing exchanges of left and right (costs of a Viterbi path over which of torso, arms and legs are exchanged)."""

    flip: NotNegative = 0.003
    """Cost a frame of a body whose torso and face are exchanged."""
    disagree: NotNegative = 0.015
    """Cost a frame of arms or legs that are exchanged when the torso is not, and the other way round."""
    step: Positive = 0.12
    """Distance of a landmark from where its last two places point, torso lengths, that costs one."""
    max_cost: NotNegative = 4.0
    """Greatest cost of one landmark."""


@dataclass(frozen=True)
class DetectConfig(Checked):
    """Settings of ``sfv detect``."""

    detector: str = "blazepose"
    """Detector to use: blazepose runs here; openpose, json and npz, which are one, read from --keypoints what another
    program wrote (OpenPose, AlphaPose, ControlNet, COCO, MMPose, ViTPose, MediaPipe, YOLO, arrays) and recognise it by
    its content."""
    mode: Mode = "rotations"
    """How blazepose follows people: tracker looks only in the region that the last pose names (fails on flips; for
    comparison); pooled looks mirrored, by the detector and in other regions too, wherever the first look is not sure;
    rotations moreover looks in regions turned by quarters where nothing good is found then."""
    keypoints: str = ""
    """File or folder of another program's keypoints, which the detectors openpose, json and npz read."""
    layout: str = "auto"
    """Order of the points in another program's keypoints: auto (by their number, names or places), body_25, body_25b,
    body_19, body_135, coco_17, coco_18, coco_wholebody_133, halpe_26, halpe_136, h36m_17, mpii_16, mpi_15 or
    mediapipe_33."""
    scale: Scale = "auto"
    """Unit of the coordinates in another program's keypoints: auto (by their size), pixels, 0..1 or -1..1 (shares of
    the picture)."""
    first_number: Annotated[int, Range(0, 10**9)] | None = None
    """Number that the video's first frame has in another program's keypoints; found by the numbers where it is not
    given."""
    start: NotNegative | None = None
    """Second of the video at which detection begins, as it plays (at --fps where that is given)."""
    stop: Positive | None = None
    """Second of the video at which detection ends, as it plays."""
    fps: Fps | None = None
    """Pictures a second at which the film really plays, where its header is wrong; of a folder of images (30 by default)."""
    slow_motion: Annotated[float, Range(0.01, 1000)] = 1.0
    """Factor by which the film plays slower than life: 4 for 120 pictures a second that are played at 30."""
    threads: Annotated[int, Range(1, 1024)] = 2
    """Number of regions of a frame that are looked at side by side."""
    min_seconds: Seconds = 1.0
    """Seconds for which a person must be seen to be kept."""
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
