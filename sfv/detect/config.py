"""Settings of the detection stage."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class SearchConfig:
    """The search for people, large and small, in overlapping tiles of a few frames."""

    every: float = 0.5
    """Seconds between two searched frames."""
    tiles: tuple[float, ...] = (1.0, 0.56, 0.33)
    """Sides of the square tiles, as shares of the picture's shorter side; the whole picture is always looked at. A person
    is found when about a third of a tile high or more."""
    overlap: float = 0.5
    """Share of a tile that its neighbour covers too."""
    min_score: float = 0.5
    """Least probability of a detection that is looked at more closely."""
    max_size: float = 1.6
    """Largest region of a detection, as a multiple of the tile's side: larger ones lie mostly outside the tile."""


@dataclass(frozen=True)
class TrackConfig:
    """Following one person from frame to frame."""

    min_flag: float = 0.5
    """Least probability of the landmark network that its region shows a person."""
    min_peak: float = 0.45
    """Least mean peak of the heatmaps, in [0, 1]; people have .6 and more, trees and windows .4 and less."""
    max_lost: float = 0.3
    """Seconds without an acceptable pose after which a person has left."""
    look_back: float = 1.0
    """Seconds that a newly found person is followed backwards."""
    look_back_mb: float = 400.0
    """Megabytes of frames that are held in memory for that; fewer seconds where they do not suffice."""
    crop: float = 1.5
    """Side of the square in which the detector looks for the person again, as a multiple of her last region's."""
    min_score: float = 0.3
    """Least probability of a detection in that square."""
    retry_quality: float = 0.8
    """Where no pose of a frame reaches this quality, more are tried ..."""
    retry_sizes: tuple[float, ...] = (0.9, 1.25)
    """... in regions this many times as large: half-hidden legs are often right in one of them."""
    max_step: float = 0.3
    """Farthest that a person's region moves between two frames, as a share of its side."""
    max_growth: float = 1.6
    """Largest factor by which it grows or shrinks between two frames."""
    same: float = 0.5
    """Two poses closer than this (mean distance of the limbs' landmarks whichever side is called left, torso lengths) are
    the same person."""
    same_share: float = 0.7
    """Two tracks are one person when they are the same in this share of the frames that both have."""
    edge: float = 0.05
    """Somebody who comes or goes over the left or right edge is left out while her limbs are nearer to it than this share of
    her height: the network then puts the hidden leg onto the other. Not so where she is at the edge half of the time."""
    edge_gap: float = 0.4
    """Seconds in between that she may seem to be farther from it."""
    max_gap: float = 1.0
    """Seconds that somebody may be out of sight and still be the same person, found again nearby."""
    max_gap_move: float = 1.0
    """Farthest that her region may have moved meanwhile, as a share of its side."""
    min_inside: float = 0.5
    """A frame counts when at least this share of the limbs' landmarks lies inside the picture."""
    min_length: float = 0.5
    """Seconds; shorter tracks are dropped."""
    min_quality: float = 0.65
    """Tracks of less median quality (flag x mean confidence) are dropped: people have .8 and more, ghosts .6 and less."""
    min_end_quality: float = 0.6
    """The first and last frames of a track go while they are worse than this: too little of the person is in view."""
    step: float = 0.25
    """Torso lengths that landmarks may move between frames at a cost of one when poses are chosen over time."""
    max_step_cost: float = 4.0
    """Most that one such move costs, so that a real jump is possible."""
    blend: float = 0.1
    """Torso lengths; landmarks of other candidates this near to the chosen one's are averaged with it (less noise)."""
    quality_weight: float = 2.0
    """Cost of a pose of quality zero, in the same choice."""


@dataclass(frozen=True)
class SwapConfig:
    """Undoing exchanges of left and right (costs of a Viterbi path over which of torso, arms and legs are exchanged)."""

    flip: float = 0.003
    """Cost a frame of a body whose torso and face are exchanged."""
    disagree: float = 0.015
    """Cost a frame of arms or legs that are exchanged when the torso is not, and the other way round."""
    step: float = 0.12
    """Torso lengths that landmarks may lie from where their last two places point, at a cost of one."""
    max_cost: float = 4.0
    """Most that one landmark costs."""


@dataclass(frozen=True)
class DetectConfig:
    """Settings of ``sfv detect``."""

    detector: str = "blazepose"
    """Which detector: blazepose (runs here), openpose (folder of JSON files) or npz (arrays)."""
    keypoints: str = ""
    """File or folder that the detectors openpose and npz read."""
    start: float | None = None
    """Where to begin, seconds into the video."""
    stop: float | None = None
    """Where to end, seconds into the video."""
    fps: float | None = None
    """Frames per second of a folder of images (30 where it is not given)."""
    threads: int = 1
    """Threads of each network; more than one gains little."""
    min_seconds: float = 1.0
    """Somebody must be seen for this long."""
    search: SearchConfig = field(default_factory=SearchConfig)
    track: TrackConfig = field(default_factory=TrackConfig)
    swaps: SwapConfig = field(default_factory=SwapConfig)
