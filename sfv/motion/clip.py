"""Clip: a reference motion of ONE character, as MuJoCo qpos over time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from sfv.budget import parse_json
from sfv.errors import FileFormatError, SfvError
from sfv.files import load_npz, save_npz
from sfv.motion.contact import CONTACT_POINTS
from sfv.motion.fields import fields_of, flag, frame_rate, numbers, plain_name, text, texts, unit_quats, whole
from sfv.recognise import is_npz, schema_of, unknown

SCHEMA, VERSION = "sfv.clip", 2


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
    contacts: np.ndarray | None = field(default=None, repr=False)
    """Probability that each of BodyMotion's CONTACT_POINTS stands, as the motion that it was made of knew it (see
    ``sfv.motion.contact``); None where nobody recorded any: files of version 1, motion capture. Shape (T, 4), in [0, 1]."""
    report: Mapping[str, Any] | None = field(default=None, repr=False)
    """What retargeting said of this clip (``RetargetReport.as_dict``); None where it was not retargeted, or changed since."""

    def __post_init__(self) -> None:
        """Raise FileFormatError for what is no clip; quaternions that are slightly off length one are brought to it."""
        if len(self.joints) != len(self.widths):
            raise FileFormatError(f"{len(self.joints)} joint names and {len(self.widths)} widths do not fit together")
        if wrong := [width for width in self.widths if width not in (1, 4)]:
            raise FileFormatError(f"a joint is {wrong[0]} numbers wide; hinges have 1 and ball joints 4")
        qpos = numbers(self.qpos, "qpos of the named joints", (None, 7 + sum(self.widths)))
        if len(qpos) < 2:
            raise FileFormatError("a clip needs at least two frames")
        if len(set(self.joints)) < len(self.joints):
            raise FileFormatError("two joints of the clip have the same name")
        starts = 7 + np.cumsum([0, *self.widths])
        balls = {
            joint: slice(int(start), int(start) + 4)
            for joint, start, width in zip(self.joints, starts, self.widths)
            if width == 4
        }
        object.__setattr__(self, "qpos", unit_quats(qpos, {"the root": slice(3, 7)} | balls))
        object.__setattr__(self, "fps", frame_rate(self.fps))
        whole(self.first_frame, "first_frame")
        if self.contacts is not None:
            contacts = numbers(self.contacts, "contacts", (len(qpos), len(CONTACT_POINTS)))
            if ((contacts < 0) | (contacts > 1)).any():
                raise FileFormatError("contacts of the clip are probabilities; they lie between 0 and 1")
            object.__setattr__(self, "contacts", contacts)
        plain_name(self.name, "the clip's name")
        plain_name(self.character, "the clip's character")

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
        """Write ``clip.npz``, with contacts and report where there are any."""
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
                **({} if self.contacts is None else {"contacts": self.contacts}),
                **({} if self.report is None else {"report": json.dumps(self.report)}),
            },
        )

    @classmethod
    def load(cls, path: Path | str) -> "Clip":
        """Read ``clip.npz`` of this version or an older one. Raises FileFormatError."""
        if not is_npz(path):
            raise unknown(path, "clip.npz of sfv")
        data = load_npz(path, SCHEMA, VERSION, ("qpos", "fps", "character", "joint_names", "joint_widths", "cyclic"))
        with fields_of(path, "clip"):
            names = texts(data["joint_names"], "joint_names")
            widths = numbers(data["joint_widths"], "joint_widths", (len(names),))
            return cls(
                qpos=data["qpos"],
                fps=frame_rate(data["fps"]),
                character=text(data["character"], "character"),
                joints=names,
                widths=tuple(int(width) if width == int(width) else 0 for width in widths),
                cyclic=flag(data["cyclic"], "cyclic"),
                name=text(data.get("name", "clip"), "name"),
                source=text(data.get("source", ""), "source"),
                first_frame=whole(data.get("first_frame", 0), "first_frame"),
                notes=texts(data.get("notes", ()), "notes"),
                contacts=data.get("contacts"),
                report=_report(data.get("report")),
            )


def _report(stored: np.ndarray | None) -> Mapping[str, Any] | None:
    """A report as it was stored. Raises FileFormatError."""
    if stored is None:
        return None
    if stored.size != 1 or stored.dtype.kind != "U":
        raise FileFormatError(
            f"report of the clip must be one text; it is {stored.dtype.name[:40]} of shape {stored.shape}"
        )
    table = parse_json(str(stored.reshape(-1)[0]), "the clip's report")
    if not isinstance(table, dict):
        raise FileFormatError("report of the clip is no table")
    return table


def is_clip(path: Path) -> bool:
    """Whether a file is an npz that says that it is a clip. Raises FileFormatError for what is no ordinary file or damaged."""
    return is_npz(path) and schema_of(path) == SCHEMA
