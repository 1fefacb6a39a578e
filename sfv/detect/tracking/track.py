"""Following people: candidates for the pose of everybody in every frame, gathered forwards and backwards."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sfv.detect.background import BackgroundMeter
from sfv.detect.blazepose.ahead import ahead
from sfv.detect.blazepose.geometry import box, pose_distance
from sfv.detect.blazepose.look import Expectation, look
from sfv.detect.blazepose.networks import BlazePose, Pose
from sfv.detect.blazepose.roi import Roi
from sfv.detect.blazepose.search import Search, distinct
from sfv.detect.config import AssociationConfig, DetectConfig, TrackConfig
from sfv.detect.tracking.appearance import Appearance, appearance_of
from sfv.detect.tracking.associate import Seen, assign, cost, predict, seen
from sfv.detect.tracking.choice import change_cost, unary_cost
from sfv.video import Video

_READ_AHEAD = 4
"""Frames that are decoded while people are looked for in the one before."""

Progress = Callable[[int, int], None]
"""Told after every frame: frames done, frames in all."""


@dataclass
class Track:
    """One person: candidate poses by frame, and what is known of them now."""

    last: Pose
    """The pose that is followed from, the one thought best in the last frame with candidates."""
    candidates: dict[int, list[Pose]] = field(default_factory=dict)
    before: Pose | None = None
    """The one of the frame before that; None where they were not followed then."""
    recent: list[tuple[int, Seen]] = field(default_factory=list)
    """Frames and features of the last poses that were followed."""
    appearance: Appearance | None = None
    """Running mean over all frames."""
    unsure: list[int] = field(default_factory=list)
    """The last frames, without a gap, in which no pose was sure."""
    worth: float = 1.0
    """Running mean of the quality of their poses."""
    lost: int = 0
    """Frames since an acceptable pose was seen."""
    cut: bool = False
    """Whether the video cut to another shot since."""

    def shows(self, pose: Pose, config: TrackConfig) -> bool:
        """Whether a pose in the same frame is this person's."""
        return pose_distance(self.last.xy_px, pose.xy_px) < config.same

    def place(self, frame: int, damping: float) -> np.ndarray:
        """Where they are expected: x, y and log of their scale. Shape (3,)."""
        return predict([t for t, _ in self.recent], [s.place for _, s in self.recent], frame, damping)

    def region(self, frame: int, damping: float) -> Roi:
        """The region to look at."""
        if not self.recent:
            return self.last.roi
        return self.last.roi.moved(self.place(frame, damping)[:2] - self.last.roi.centre)

    def follow(self, frame: int, pose: Pose, rgb: np.ndarray, config: AssociationConfig) -> None:
        """They were seen so."""
        appearance = appearance_of(rgb, pose)
        self.appearance = self.appearance.updated(appearance) if self.appearance else appearance
        self.recent = [*self.recent, (frame, seen(pose, appearance))][-config.history :]
        self.before = self.last if len(self.recent) > 1 and not self.lost else None
        self.last, self.lost, self.cut = pose, 0, False

    def cost(self, frame: int, found: Seen, fps: float, damping: float, config: AssociationConfig) -> float:
        """Minus log likelihood that they are the one found."""
        at, last = self.recent[-1]
        known = Seen(last.place, last.joints_c, self.appearance or last.appearance)
        return cost(known, self.place(frame, damping), found, abs(frame - at) / fps, self.cut, config)


class Follower:
    """Everybody in one pass over the frames, of which the last ``look_back`` seconds are held in memory."""

    def __init__(self, net: BlazePose, video: Video, config: DetectConfig) -> None:
        self._net, self._config, self._fps = net, config, video.fps
        settings = config.track
        frame_mb = 3 * video.size[0] * video.size[1] / 1e6
        held = min(settings.look_back * video.fps, settings.look_back_mb / frame_mb)
        self._memory: deque[tuple[int, np.ndarray]] = deque(maxlen=max(round(held), 1))
        self._every = max(round(config.search.every * video.fps), 1)
        self._next_search = 0
        self._patience = max(round(settings.max_lost * video.fps), 1)
        self._search = Search(config, video.fps)
        self.background = BackgroundMeter(config.background, video.fps)
        self._live: list[Track] = []
        self._away: list[Track] = []

    @property
    def tracks(self) -> list[Track]:
        """Everybody so far."""
        return self._away + self._live

    def add(self, index: int, rgb: np.ndarray) -> None:
        """The next frame, (H, W, 3) uint8."""
        cut = self.background.add(rgb, self._boxes())
        if cut:
            self._memory.clear()
            self._away += self._live
            self._live = []
            for track in self._away:
                track.cut = True
        self._follow(index, rgb)
        if cut or index >= self._next_search:
            self._next_search = index + self._every
            found = self._search.find(self._net, rgb, index, self._boxes(), everywhere=cut)
            new = [pose for pose in found if not any(track.shows(pose, self._config.track) for track in self._live)]
            self._welcome(index, rgb, new)
        self._away += [track for track in self._live if track.lost > self._patience]
        self._live = [track for track in self._live if track.lost <= self._patience]
        self._memory.append((index, rgb))

    def pass_over(self) -> None:
        """The next frame has no picture of its own."""
        self.background.pass_over()

    def _look_again(self, index: int, rgb: np.ndarray, track: Track) -> None:
        """They are sure again: follow them backwards through the frames in which they were not, for more candidates."""
        back = Track(track.last, worth=track.worth)
        back.follow(index, track.last, rgb, self._config.association)
        for earlier, image in reversed(self._memory):
            if earlier < track.unsure[0] or self._config.mode == "tracker":
                break
            self._step(earlier, image, back, self._look(earlier, image, back)[0])
        for frame, poses in back.candidates.items():
            track.candidates.setdefault(frame, []).extend(poses)
        track.unsure = []

    def _boxes(self) -> np.ndarray:
        """Boxes around everybody who is followed. Shape (N, 4), pixels."""
        return np.array([box(track.last.xy_px) for track in self._live if not track.lost]).reshape(-1, 4)

    def _look(self, index: int, rgb: np.ndarray, track: Track) -> tuple[list[Pose], bool]:
        reach = self._config.track.max_step * np.sqrt(1 + track.lost)
        region = track.region(index, self._patience)
        xy = 2 * track.last.xy_px - track.before.xy_px if track.before and not track.lost else None
        expected = Expectation(region, float(reach), xy, index % 2 == 1, track.worth >= self._config.track.worth)
        return look(self._net, rgb, expected, self._config.mode, self._config.track)

    def _follow(self, index: int, rgb: np.ndarray) -> None:
        """Everybody who is followed, into the next frame."""
        looks = [self._look(index, rgb, track) for track in self._live]
        settings = self._config.track
        shares = self._shares(index, rgb, [poses for poses, _ in looks])
        for track, own, (_, reliable) in zip(self._live, shares, looks):
            self._step(index, rgb, track, own)
            if not (own and reliable):
                track.unsure.append(index)
            elif track.unsure:
                self._look_again(index, rgb, track)
            if track.worth < settings.give_up and len(track.candidates) > settings.worth_seconds * self._fps:
                track.lost = self._patience + 1

    def _shares(self, index: int, rgb: np.ndarray, poses: list[list[Pose]]) -> list[list[Pose]]:
        """Candidates of each track without those that show somebody else who is followed too."""
        same = self._config.track.same
        if not any(
            pose_distance(a.xy_px, b.xy_px) < same
            for i, mine in enumerate(poses) for theirs in poses[:i] for a in mine for b in theirs
        ):  # fmt: skip
            return poses
        bodies = distinct([pose for own in poses for pose in own], same)
        features = [seen(body, appearance_of(rgb, body)) for body in bodies]
        costs = self._costs(index, self._live, features)
        for k, own in enumerate(poses):  # a body that they were not looked for at is not theirs
            for b, body in enumerate(bodies):
                if not any(pose_distance(pose.xy_px, body.xy_px) < same for pose in own):
                    costs[k, b] = np.inf
        owner = {f: k for k, f in assign(costs, np.finfo(float).max)}

        def belongs(pose: Pose, k: int) -> bool:
            nearest = min(range(len(bodies)), key=lambda f: pose_distance(pose.xy_px, bodies[f].xy_px))
            return owner.get(nearest, k) == k

        return [[pose for pose in own if belongs(pose, k)] for k, own in enumerate(poses)]

    def _costs(self, index: int, tracks: list[Track], found: list[Seen]) -> np.ndarray:
        settings = self._config.association
        rows = [[track.cost(index, one, self._fps, self._patience, settings) for one in found] for track in tracks]
        return np.array(rows).reshape(len(tracks), len(found))

    def _step(self, index: int, rgb: np.ndarray, track: Track, poses: list[Pose]) -> None:
        """Follow a person into a frame where these are the candidates."""
        if not poses:
            track.lost += 1
            return
        settings = self._config.track
        best = min(poses, key=lambda pose: unary_cost(pose, settings) + change_cost(track.last, pose, settings))
        track.candidates.setdefault(index, []).extend(poses)
        memory = np.exp(-1 / (settings.worth_seconds * self._fps))
        track.worth = memory * track.worth + (1 - memory) * best.quality
        track.follow(index, best, rgb, self._config.association)

    def _welcome(self, index: int, rgb: np.ndarray, poses: list[Pose]) -> None:
        """People whom the search found: those who were here before are followed on, others are new."""
        settings = self._config.association
        absent = [track for track in self.tracks if track.lost]
        absent = [track for track in absent if index - track.recent[-1][0] <= settings.max_away * self._fps]
        features = [seen(pose, appearance_of(rgb, pose)) for pose in poses]
        known = {found: absent[k] for k, found in assign(self._costs(index, absent, features), settings.max_cost)}
        found = [self._begin(index, rgb, pose, known.get(number)) for number, pose in enumerate(poses)]
        self._live = [track for track in self._live if not any(track is other for other in found)] + found
        self._away = [track for track in self._away if not any(track is other for other in found)]

    def _begin(self, index: int, rgb: np.ndarray, pose: Pose, before: Track | None) -> Track:
        """Somebody found, followed backwards as far as memory reaches or to where they were lost, ready to be followed forwards."""
        back = Track(pose, worth=pose.quality)
        self._step(index, rgb, back, [pose, *self._look(index, rgb, back)[0]])
        first = back.last
        for earlier, image in reversed(self._memory):
            if before and earlier <= before.recent[-1][0]:
                break
            self._step(earlier, image, back, self._look(earlier, image, back)[0])
            if back.lost > self._patience:
                break
        track = before or Track(first)
        track.worth = back.worth
        for frame, poses in back.candidates.items():
            track.candidates.setdefault(frame, []).extend(poses)
        track.recent, track.unsure = [], []  # they are followed forwards from here
        track.follow(index, first, rgb, self._config.association)
        return track


def follow_everybody(
    net: BlazePose, video: Video, config: DetectConfig, progress: Progress | None = None
) -> tuple[list[Track], BackgroundMeter]:
    """All people of a video in one pass over its frames, and what the background did.

    Somebody new whom the search finds is first followed backwards, then forwards with the others.
    """
    follower = Follower(net, video, config)
    for index, rgb in enumerate(ahead(video, _READ_AHEAD)):
        if video.held[index]:
            follower.pass_over()
        else:
            follower.add(index, rgb)
        if progress:
            progress(index + 1, len(video))
    return follower.tracks, follower.background
