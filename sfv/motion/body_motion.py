"""BodyMotion: a person's motion as SMPL parameters in one metric, z-up world; on disk a superset of AMASS."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from sfv.errors import FileFormatError
from sfv.files import load_npz, read_npz, save_npz
from sfv.motion.amass import read_amass
from sfv.motion.camera import Camera
from sfv.motion.contact import CONTACT_POINTS
from sfv.motion.fields import fields_of, flag, frame_rate, numbers, shares, text, texts, whole
from sfv.motion.film import Film
from sfv.motion.smpl import SMPL_JOINTS
from sfv.recognise import is_npz, unknown

SCHEMA, VERSION = "sfv.motion", 1
_BODY_POSES = 66  # the 22 joints that SMPL and SMPL-H share, 3 numbers each
_AMASS_POSES = 156  # SMPL-H: 22 body joints and 30 finger joints
_MOST_BETAS = 16


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
    film: Film | None = None
    """How the source video was read: which of its pictures each frame shows. It spans this motion or more; None: not known."""

    def __post_init__(self) -> None:
        """Raise FileFormatError for arrays that do not belong together and numbers that no motion has."""
        poses = numbers(self.poses, "poses", (None, 24, 3))
        if not len(poses):
            raise FileFormatError("the motion has no frames")
        betas = numbers(self.betas, "betas", (None,))
        if len(betas) > _MOST_BETAS:
            raise FileFormatError(f"the motion has {len(betas)} betas; at most {_MOST_BETAS} are known")
        values: dict[str, object] = {
            "poses": poses,
            "trans": numbers(self.trans, "trans", (len(poses), 3)),
            "betas": betas,
            "fps": frame_rate(self.fps),
        }
        for name, width in (("contacts", len(CONTACT_POINTS)), ("confidence", len(SMPL_JOINTS))):
            if (given := getattr(self, name)) is not None:
                values[name] = shares(given, name, (len(poses), width))
        whole(self.first_frame, "first_frame")
        for name, value in values.items():
            object.__setattr__(self, name, value)

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
        if self.film is not None:
            arrays |= self.film.arrays()
        save_npz(path, SCHEMA, VERSION, arrays)

    @classmethod
    def load(cls, path: Path | str) -> "BodyMotion":
        """Read ``motion.npz`` or an AMASS npz (SMPL, SMPL-H or SMPL-X). Raises FileFormatError."""
        if not is_npz(path):
            raise unknown(path, "motion.npz of sfv and AMASS (.npz)")
        raw = read_npz(path, objects="leave out")  # genuine SMPL-X files of AMASS carry objects beside the motion
        if "schema" not in raw:
            return _from_amass(raw, path)
        needed = ("poses", "trans", "betas", "mocap_framerate", "hand_poses", "gender", "body", "first_frame")
        data = load_npz(path, SCHEMA, VERSION, (*needed, "num_betas", "grounded", "notes"))
        with fields_of(path, "motion"):
            return _of_fields(data)


def _of_fields(data: dict[str, np.ndarray]) -> BodyMotion:
    """What ``save`` wrote."""
    flat = numbers(data["poses"], "poses", (None, _AMASS_POSES))
    poses = np.zeros((len(flat), 24, 3))
    poses[:, :22] = flat[:, :_BODY_POSES].reshape(-1, 22, 3)
    poses[:, 22:] = numbers(data["hand_poses"], "hand_poses", (len(flat), 2, 3))
    betas = numbers(data["betas"], "betas", (None,))
    return BodyMotion(
        poses=poses,
        trans=data["trans"],
        betas=betas[: whole(data["num_betas"], "num_betas", 0, len(betas))],
        fps=frame_rate(data["mocap_framerate"]),
        gender=text(data["gender"], "gender"),
        body=text(data["body"], "body"),
        contacts=data.get("contacts"),
        confidence=data.get("confidence"),
        camera=_camera(data),
        first_frame=whole(data["first_frame"], "first_frame"),
        grounded=flag(data["grounded"], "grounded"),
        notes=texts(data["notes"], "notes"),
        film=Film.of(data),
    )


def _camera(data: dict[str, np.ndarray]) -> Camera | None:
    if "camera_focal_px" not in data:
        return None
    size = numbers(data["camera_image_size"], "the camera's image size", (2,))
    return Camera(
        float(numbers(data["camera_focal_px"], "the camera's focal length", ())),
        data["camera_centre_px"],
        data["camera_rotation"],
        data["camera_translation"],
        (int(size[0]), int(size[1])),
    )


def _from_amass(raw: dict[str, np.ndarray], path: Path | str) -> BodyMotion:
    """A motion of AMASS as it is; one of SMPL-X is carried over to the mean SMPL body, because its shape means another thing."""
    from sfv.motion.rest import REST_JOINTS, align_bones  # torch, which the other motions do not need

    found = read_amass(raw, path)
    if found.fps is None:
        raise FileFormatError(
            f"{path} does not hold its frame rate (mocap_framerate); give it to sfv reconstruct with --fps, which writes a motion.npz"
        )
    with fields_of(path, "AMASS file"):
        if found.body == "smpl":
            betas = found.betas[:10]
            return BodyMotion(found.poses, found.trans, betas, found.fps, found.gender, body="smpl")
        source, target = REST_JOINTS["smplx"], REST_JOINTS["smpl"]
        return BodyMotion(
            align_bones(found.poses, source, target), found.trans + source[0] - target[0], np.zeros(10), found.fps,
            found.gender, body="smpl", notes=("the body is SMPL-X: its shape was left out",),
        )  # fmt: skip
