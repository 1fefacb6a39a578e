"""How a clip of any length and rate is cut into the windows that the network was trained on."""

from dataclasses import dataclass

import numpy as np

from sfv.reconstruct.hmr.config import NetworkConfig

_OVERLAP = 2  # windows that see each frame
_SLOWEST = 0.62
"""Share of the network's rate below which frames are too far apart: motions are trained up to 1.6 times as fast."""
_EDGE = 0.25  # weight of a window's first and last frame against its middle


@dataclass(frozen=True)
class Windows:
    """W windows of L frames."""

    rows: np.ndarray
    """Frame of the clip at each place. Shape (W, L)."""
    inside: np.ndarray
    """1 where that frame is shown, 0 for padding and for frames that stand in between two of a slow video. Shape (W, L)."""
    weight: np.ndarray
    """Weight of the answer there; the weights of each frame sum to one. Shape (W, L)."""

    @classmethod
    def plan(cls, frames: int, fps: float, config: NetworkConfig) -> "Windows":
        """Cover a clip of ``frames`` frames.

        A fast video is treated as several slow ones, every k-th frame each. In a video slower than the network can follow,
        places without a landmark are left between the frames.
        """
        length = config.window
        stride = max(1, round(fps / config.fps))
        spread = max(1, int(np.ceil(_SLOWEST * config.fps / fps)))
        rows, inside = [], []
        for phase in range(min(stride, frames)):
            track = np.arange(phase, frames, stride)
            places = np.repeat(track, spread)
            shown = np.tile(np.arange(spread) == 0, len(track))
            for start in _starts(len(places), length):
                index = np.arange(start, start + length)
                within = (index >= 0) & (index < len(places))
                clipped = np.clip(index, 0, len(places) - 1)
                rows.append(places[clipped])
                inside.append(within & shown[clipped])
        where, shown_at = np.array(rows), np.array(inside)
        ramp = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)) / (length / 2)
        weight = (_EDGE + ramp) * shown_at
        total = np.bincount(where.ravel(), weight.ravel(), minlength=frames)
        return cls(where, shown_at.astype(np.float32), (weight / total[where]).astype(np.float32))

    def take(self, first: int, end: int) -> "Windows":
        """Windows first .. end - 1."""
        return Windows(self.rows[first:end], self.inside[first:end], self.weight[first:end])


def _starts(frames: int, length: int) -> list[int]:
    """First frame of each window; a short clip lies in the middle of one."""
    if frames <= length:
        return [-((length - frames) // 2)]
    count = int(np.ceil((frames - length) / (length // _OVERLAP))) + 1
    return [round(start) for start in np.linspace(0, frames - length, count)]
