"""BodyMotion: a person's motion as SMPL parameters in one metric, z-up world; on disk a superset of AMASS."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sfv.errors import FileFormatError
from sfv.files import load_npz, read_npz, save_npz
from sfv.motion.camera import Camera

SMPL_JOINTS = (
    "pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle",
    "spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hand", "right_hand",
)  # fmt: skip
"""The 24 joints of SMPL in order."""

SMPL_PARENTS = (-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21)
"""Parent of each joint; -1 for the pelvis."""

CONTACT_POINTS = ("left_heel", "left_toe", "right_heel", "right_toe")
"""Points whose contact with the ground a motion records."""

SCHEMA, VERSION = "sfv.motion", 1
_BODY_POSES = 66  # the 22 joints that SMPL and SMPL-H share, 3 numbers each
_AMASS_POSES = 156  # SMPL-H: 22 body joints and 30 finger joints


@dataclass(frozen=True)
class BodyMotion:
    """One person over time. The world is z-up, metres, with the ground at z = 0 where ``grounded`` is true."""

    poses: np.ndarray
    """Axis-angle of each SMPL joint relative to its parent, the pelvis relative to the world. Shape (T, 24, 3), radians."""
    trans: np.ndarray
    """SMPL translation: added to the posed body, so the pelvis joint is at ``trans`` + rest pelvis. Shape (T, 3), metres."""
    betas: np.ndarray
    """Shape coefficients of the body model named in ``body``. Shape (B,), B <= 16."""
    fps: float
    """Frames a second."""
    gender: str = "neutral"
    body: str = "open"
    """Body model the betas belong to: "open" (the one sfv ships) or "smpl"."""
    contacts: np.ndarray | None = None
    """Probability that each of CONTACT_POINTS stands on the ground. Shape (T, 4), or None where unknown."""
    confidence: np.ndarray | None = None
    """Evidence for each joint in [0, 1]; 0 = nothing was seen, the pose there is a guess. Shape (T, 24), or None."""
    camera: Camera | None = None
    """The camera that saw it, in the same world."""
    first_frame: int = 0
    """Frame of the source video that frame 0 of this motion belongs to."""
    grounded: bool = True
    """False where no ground could be found: the height of the motion means nothing then."""
    notes: tuple[str, ...] = field(default=())
    """What could not be seen or had to be assumed, in words."""

    def __post_init__(self) -> None:
        if self.poses.ndim != 3 or self.poses.shape[1:] != (24, 3) or self.trans.shape != (len(self.poses), 3):
            raise FileFormatError(
                f"poses must be (T, 24, 3) and trans (T, 3), got {self.poses.shape} and {self.trans.shape}"
            )
        if not (np.isfinite(self.poses).all() and np.isfinite(self.trans).all() and np.isfinite(self.betas).all()):
            raise FileFormatError("the motion holds NaN or infinity; make it again or cut those frames out")

    def __len__(self) -> int:
        return len(self.poses)

    @property
    def seconds(self) -> float:
        """Duration from the first to the last frame."""
        return (len(self) - 1) / self.fps

    def slice(self, start: int, stop: int) -> "BodyMotion":
        """Frames start .. stop - 1."""
        cut = slice(start, stop)
        return replace(
            self,
            poses=self.poses[cut],
            trans=self.trans[cut],
            contacts=None if self.contacts is None else self.contacts[cut],
            confidence=None if self.confidence is None else self.confidence[cut],
            first_frame=self.first_frame + start,
        )

    def save(self, path: Path | str) -> None:
        """Write ``motion.npz``: AMASS's keys (SMPL-H layout, hands at rest) and ours beside them."""
        poses = np.zeros((len(self), _AMASS_POSES))
        poses[:, :_BODY_POSES] = self.poses.reshape(len(self), -1)[:, :_BODY_POSES]
        betas = np.zeros(16)
        betas[: len(self.betas)] = self.betas
        arrays: dict[str, object] = {
            "poses": poses,
            "trans": self.trans,
            "betas": betas,
            "num_betas": len(self.betas),
            "mocap_framerate": float(self.fps),
            "gender": self.gender,
            "hand_poses": self.poses[:, 22:],
            "joint_names": np.asarray(SMPL_JOINTS),
            "body": self.body,
            "first_frame": self.first_frame,
            "grounded": self.grounded,
            "notes": np.asarray(self.notes, dtype=np.str_),
        }
        if self.contacts is not None:
            arrays |= {"contacts": self.contacts, "contact_points": np.asarray(CONTACT_POINTS)}
        if self.confidence is not None:
            arrays["confidence"] = self.confidence
        if self.camera is not None:
            c = self.camera
            arrays |= {
                "camera_focal_px": c.focal_px,
                "camera_centre_px": c.centre_px,
                "camera_rotation": c.rotation,
                "camera_translation": c.translation,
                "camera_image_size": np.asarray(c.image_size),
            }
        save_npz(path, SCHEMA, VERSION, arrays)

    @classmethod
    def load(cls, path: Path | str) -> "BodyMotion":
        """Read ``motion.npz`` or a plain AMASS npz (SMPL-H layout). Raises FileFormatError."""
        raw = read_npz(path)
        if "schema" not in raw:
            return _from_amass(raw, path)
        data = load_npz(path, SCHEMA, VERSION, ("poses", "trans", "betas", "mocap_framerate"))
        poses = np.zeros((len(data["poses"]), 24, 3))
        poses[:, :22] = data["poses"][:, :_BODY_POSES].reshape(-1, 22, 3)
        poses[:, 22:] = data["hand_poses"]
        camera = None
        if "camera_focal_px" in data:
            width, height = (int(v) for v in data["camera_image_size"])
            camera = Camera(
                float(data["camera_focal_px"]),
                data["camera_centre_px"],
                data["camera_rotation"],
                data["camera_translation"],
                (width, height),
            )
        return cls(
            poses=poses,
            trans=data["trans"],
            betas=data["betas"][: int(data["num_betas"])],
            fps=float(data["mocap_framerate"]),
            gender=str(data["gender"]),
            body=str(data["body"]),
            contacts=data.get("contacts"),
            confidence=data.get("confidence"),
            camera=camera,
            first_frame=int(data["first_frame"]),
            grounded=bool(data["grounded"]),
            notes=tuple(str(note) for note in data["notes"]),
        )


def _from_amass(raw: dict[str, np.ndarray], path: Path | str) -> BodyMotion:
    """AMASS stores SMPL-H poses (N, 156), or (N, 72) in older exports."""
    rate = raw.get("mocap_framerate", raw.get("mocap_frame_rate", raw.get("fps")))
    if "poses" not in raw or "trans" not in raw or rate is None:
        raise FileFormatError(
            f"{path} is neither a motion of sfv nor AMASS: poses, trans and mocap_framerate are needed"
        )
    poses = np.zeros((len(raw["poses"]), 24, 3))
    flat = raw["poses"].reshape(len(poses), -1)
    count = 24 if flat.shape[1] == 72 else 22
    if flat.shape[1] < 3 * count:
        raise FileFormatError(f"{path}: poses has {flat.shape[1]} numbers a frame; 72 (SMPL) or 156 (SMPL-H) are known")
    poses[:, :count] = flat[:, : 3 * count].reshape(-1, count, 3)
    betas = np.asarray(raw.get("betas", np.zeros(10)), dtype=float).reshape(-1)[:10]
    return BodyMotion(
        poses, raw["trans"].astype(float), betas, float(rate), str(raw.get("gender", "neutral")), body="smpl"
    )
