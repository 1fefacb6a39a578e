"""A skeleton in motion as any capture file gives it: links with parents, their places and rotations."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Links:
    """N links over T frames; each link's rotation carries its own frame, whatever that is, into the file's world."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    """Index of each link's parent, which comes before it; -1 for the root. Length N."""
    places: np.ndarray
    """Where each link begins, in the file's unit and axes. Shape (T, N, 3)."""
    rotations: np.ndarray
    """Shape (T, N, 3, 3)."""
    ends: dict[int, np.ndarray]
    """End of links that have no child, where the file gives one, in the link's own frame. Shape (3,) each."""
    fps: float

    def thinned(self, most_fps: float) -> "Links":
        """Every k-th frame, so that there are hardly more than ``most_fps`` a second."""
        step = max(1, round(self.fps / most_fps))
        return replace(self, places=self.places[::step], rotations=self.rotations[::step], fps=self.fps / step)

    def turned(self, turn: np.ndarray) -> "Links":
        """In other world axes. ``turn`` (3, 3)."""
        return replace(self, places=self.places @ turn.T, rotations=turn @ self.rotations)

    def ancestors(self, link: int) -> list[int]:
        """The link itself, its parent and so on to the root."""
        found = []
        while link >= 0:
            found.append(link)
            link = self.parents[link]
        return found

    def direction(self, start: int, end: int) -> np.ndarray:
        """Unit vectors from the beginning of one link to that of another in every frame. Shape (T, 3)."""
        away = self.places[:, end] - self.places[:, start]
        return away / np.linalg.norm(away, axis=-1, keepdims=True).clip(1e-9)

    def length(self, start: int, end: int) -> float:
        """Median distance, file's unit."""
        return float(np.median(np.linalg.norm(self.places[:, end] - self.places[:, start], axis=-1)))

    def own(self, link: int, vectors: np.ndarray) -> np.ndarray:
        """Vectors of the world seen from the link's frame. Shape (T, 3)."""
        return np.einsum("tji,tj->ti", self.rotations[:, link], vectors)
