"""Clip: a reference motion of ONE character, as MuJoCo qpos over time."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sfv.errors import FileFormatError, SfvError
from sfv.files import load_npz, read_npz, save_npz

SCHEMA, VERSION = "sfv.clip", 1


@dataclass(frozen=True)
class Clip:
    """Reference motion at a fixed rate.

    A cyclic clip holds one period with BOTH ends: the last frame is the first one moved by the period's displacement
    (position and heading of the root), so its duration is (T - 1) / fps for cyclic and acyclic clips alike.
    """

    qpos: np.ndarray
    """Free root joint (position, quaternion wxyz), then the joints in the order of ``joints``. Shape (T, nq), metres, radians."""
    fps: float
    character: str
    """Name of the character whose qpos this is."""
    joints: tuple[str, ...]
    """Joint names after the free joint, in qpos order."""
    widths: tuple[int, ...]
    """qpos entries of each joint: 4 for a ball joint, 1 for a hinge or slide."""
    cyclic: bool = False
    name: str = "clip"
    source: str = ""
    """Where the motion came from, in words."""
    first_frame: int = 0
    """Frame of the source video that frame 0 belongs to, and of the whole-rate motion it was cut from."""
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.qpos.ndim != 2 or self.qpos.shape[1] != 7 + sum(self.widths) or len(self.joints) != len(self.widths):
            raise FileFormatError(
                f"qpos has shape {self.qpos.shape}, but the named joints need (T, {7 + sum(self.widths)})"
            )
        if len(self.qpos) < 2:
            raise FileFormatError("a clip needs at least two frames")
        if not np.isfinite(self.qpos).all():
            raise FileFormatError("the clip holds NaN or infinity; retarget it again")

    def __len__(self) -> int:
        return len(self.qpos)

    @property
    def seconds(self) -> float:
        """Duration; one period of a cyclic clip."""
        return (len(self) - 1) / self.fps

    def check_character(self, character: str, joints: tuple[str, ...]) -> None:
        """Raise SfvError unless this clip belongs to ``character`` with exactly these joints, in this order."""
        if self.character != character or self.joints != tuple(joints):
            raise SfvError(
                f"the clip is for character '{self.character}' ({len(self.joints)} joints), not '{character}' ({len(joints)}); "
                f"retarget the motion with --character {character}, or train with --character {self.character}"
            )

    def save(self, path: Path | str) -> None:
        """Write ``clip.npz``."""
        save_npz(
            path,
            SCHEMA,
            VERSION,
            {
                "qpos": self.qpos,
                "fps": float(self.fps),
                "character": self.character,
                "joint_names": np.asarray(self.joints),
                "joint_widths": np.asarray(self.widths),
                "cyclic": self.cyclic,
                "name": self.name,
                "source": self.source,
                "first_frame": self.first_frame,
                "notes": np.asarray(self.notes, dtype=np.str_),
            },
        )

    @classmethod
    def load(cls, path: Path | str) -> "Clip":
        """Read ``clip.npz``. Raises FileFormatError."""
        data = load_npz(path, SCHEMA, VERSION, ("qpos", "fps", "character", "joint_names", "joint_widths", "cyclic"))
        return cls(
            qpos=data["qpos"],
            fps=float(data["fps"]),
            character=str(data["character"]),
            joints=tuple(str(name) for name in data["joint_names"]),
            widths=tuple(int(width) for width in data["joint_widths"]),
            cyclic=bool(data["cyclic"]),
            name=str(data.get("name", "clip")),
            source=str(data.get("source", "")),
            first_frame=int(data.get("first_frame", 0)),
            notes=tuple(str(note) for note in data.get("notes", ())),
        )


def is_clip(path: Path) -> bool:
    """Whether an npz says that it is a clip. Raises FileFormatError for a file that is no npz."""
    return str(read_npz(path).get("schema", "")) == SCHEMA
