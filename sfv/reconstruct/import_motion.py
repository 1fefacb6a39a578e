"""A published system's result file as a BodyMotion: read, choose the person, put them on a body that is there, set them on the ground."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from sfv.body import Body, load_body
from sfv.budget import reading
from sfv.errors import NoPersonError, SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.captured import kind_of_capture, read_captured
from sfv.motion.plausible import believe, check_motion
from sfv.motion.published import PublishedMotion, read_published, to_body_motion
from sfv.motion.rest import REST_JOINTS, align_bones
from sfv.motion.smpl import SMPL_JOINTS
from sfv.recognise import is_npz, schema_of

GROUND_QUANTILE = 0.05
"""The ground is put under the lowest points of the body so that this share of the frames is below: a single bad one does not count."""
_LEGS = tuple(SMPL_JOINTS.index(name) for name in ("left_hip", "left_knee", "left_ankle"))
_DIRECTIONS = np.array(
    [[x, y, z] for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if (x, y, z) != (0, 0, 0)]
)


def import_motion(
    path: Path | str,
    fps: float | None = None,
    person: str = "longest",
    body: Body | None = None,
    trust: bool = False,
) -> BodyMotion:
    """One person of a result file in our world: z up, ground at 0, x along the way they go, the origin under their first pelvis.

    Args:
        path: file of one of ``sfv.motion.published.SYSTEMS``, or TRAM's folder.
        fps: frames a second of the video, where the file does not hold it.
        person: longest, nearest, largest, left, right (in the image), a number counted from 0 in the file's order, or a name.
        body: body to put them on; by default the user's SMPL file, or the open body where there is none.
        trust: take a motion that cannot be what it says (another unit, another axis up, jumps) all the same.

    On the open body the limbs keep their directions, the shape is left out, and paths are scaled by the ratio of the legs.
    ``notes`` say what was assumed and what is doubtful. Raises FileFormatError, NoPersonError, SfvError (no frame rate, nonsense).
    """
    everybody = read_published(path)
    motion = choose_published(everybody, person)
    body = _smpl_or_open() if body is None else body
    genuine = body.name == "smpl" and motion.body == "smpl"
    rest = body.rest_joints(motion.betas[: body.num_betas]) if genuine else None
    with reading(path, f"motion of {motion.system}"):
        found = to_body_motion(motion, fps, rest)
    doubts = believe(check_motion(found, level=found.grounded and genuine), str(path), trust)
    found = replace(found, betas=found.betas[: body.num_betas]) if body.name == "smpl" else _on_open_body(found, body)
    notes = [motion.describe(), *doubts, *found.notes]
    if len(everybody) > 1:
        notes.insert(1, f"{len(everybody)} people are in the file: choose with --person 0 to {len(everybody) - 1}")
    return _on_ground(replace(found, notes=tuple(notes)), body, trusted=genuine)


def open_motion(path: Path | str, body: Path | str | None = None) -> BodyMotion:
    """A motion.npz of sfv, a file of AMASS as it is: on SMPL, or where there is no SMPL file, on the open body; or motion capture on the
    open body.

    ``body`` is the body model's file that the user named. Raises FileFormatError.
    """
    if not is_npz(path) and kind_of_capture(path):
        return read_captured(path)[0]
    motion = BodyMotion.load(path)
    return motion if schema_of(path) else on_a_body_that_is_there(motion, body)


def on_a_body_that_is_there(motion: BodyMotion, body_file: Path | str | None = None) -> BodyMotion:
    """A motion on SMPL, carried over to the open body and set on the ground where there is no SMPL file; others unchanged."""
    if motion.body != "smpl":
        return motion
    body = _smpl_or_open() if body_file is None else load_body(body_file)
    return motion if body.name == "smpl" else _on_ground(_on_open_body(motion, body), body, trusted=False)


def describe_published(everybody: list[PublishedMotion]) -> list[str]:
    """A line for each person, in the order in which numbers choose them."""
    return [f"{number}: {motion.describe()}" for number, motion in enumerate(everybody)]


def choose_published(everybody: list[PublishedMotion], person: str) -> PublishedMotion:
    """The person that a word, a number or a name of the file means. Raises NoPersonError."""
    if person.isdecimal() and int(person) < len(everybody):
        return everybody[int(person)]
    named = [motion for motion in everybody if motion.name == person]
    if named:
        return named[0]
    keys = {
        "longest": lambda motion: -len(motion),
        "nearest": lambda motion: _seen(motion)[2],
        "largest": lambda motion: _seen(motion)[2],
        "left": lambda motion: _seen(motion)[0] / _seen(motion)[2],
        "right": lambda motion: -_seen(motion)[0] / _seen(motion)[2],
    }
    if person not in keys:
        raise NoPersonError(
            f"there is no person '{person}'; say longest, nearest, left, right or a number of: "
            + "; ".join(describe_published(everybody))
        )
    return everybody[0] if len(everybody) == 1 else min(everybody, key=keys[person])


def _seen(motion: PublishedMotion) -> np.ndarray:
    if motion.seen_at is None:
        raise NoPersonError(
            f"{motion.system}'s file does not say where people are in the image; choose by number or longest"
        )
    return motion.seen_at


def _smpl_or_open() -> Body:
    try:
        return load_body(name="smpl")
    except SfvError:
        return load_body(name="open")


def _on_open_body(motion: BodyMotion, body: Body) -> BodyMotion:
    """The same limb directions on another body, the way scaled by the ratio of the legs."""
    source, target = REST_JOINTS["smpl"], body.rest_joints(np.zeros(body.num_betas))
    ratio = _leg(target) / _leg(source)
    camera = motion.camera and replace(motion.camera, translation=motion.camera.translation * ratio)
    return replace(
        motion,
        poses=align_bones(motion.poses, source, target),
        trans=(motion.trans + source[0]) * ratio - target[0],
        betas=np.zeros(body.num_betas),
        body=body.name,
        gender="neutral",
        camera=camera,
        notes=(
            *motion.notes,
            f"put onto the {body.name} body of mean shape, paths scaled by {ratio:.3f} (legs): no SMPL file",
        ),
    )


def _leg(rest: np.ndarray) -> float:
    hip, knee, ankle = rest[list(_LEGS)]
    return float(np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee))


def _on_ground(motion: BodyMotion, body: Body, trusted: bool) -> BodyMotion:
    """Move the ground to 0, unless the file knew it and the body is the file's own; the camera goes along."""
    if motion.grounded and trusted:
        return motion
    height = float(np.quantile(lowest_points(motion, body), GROUND_QUANTILE))
    down = np.array([0.0, 0.0, height])
    camera = motion.camera and replace(
        motion.camera, translation=motion.camera.translation + motion.camera.rotation @ down
    )
    return replace(motion, trans=motion.trans - down, camera=camera, grounded=True)


def lowest_points(motion: BodyMotion, body: Body) -> np.ndarray:
    """Height of the lowest point of the body in every frame, from its outermost vertices in rest pose. Shape (T,), metres."""
    vertices, joints = body.rest_vertices(motion.betas), body.rest_joints(motion.betas)
    owner = body.skin_weights.argmax(1)
    rotations, positions = body.joint_transforms(motion.poses, motion.betas, motion.trans)
    lowest = np.full(len(motion), np.inf)
    for joint in np.unique(owner):
        own = vertices[owner == joint]
        outer = own[np.unique((own @ _DIRECTIONS.T).argmax(0))] - joints[joint]
        heights = rotations[:, joint, 2] @ outer.T + positions[:, joint, 2:]
        lowest = np.minimum(lowest, heights.min(1))
    return lowest
