"""Motions that are right pass in silence; the same in another unit, axis, order or place are told with their cause."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.character import load_character
from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.plausible import believe, check_clip, check_motion, sift
from sfv.motion.resample import ball_columns
from sfv.motion.smpl import SMPL_JOINTS

HZ = 30.0
FRAMES = 60


def walk() -> Clip:
    """A humanoid that strides along x, its feet on the ground in every frame."""
    character = load_character("humanoid")
    model = character.model()
    names = tuple(model.joint(i).name for i in range(1, model.njnt))
    widths = tuple(4 if model.jnt_type[i] == 1 else 1 for i in range(1, model.njnt))
    swing = 0.35 * np.sin(2 * np.pi * np.arange(FRAMES) / HZ)
    qpos = np.zeros((FRAMES, model.nq))
    qpos[:, 3] = 1.0
    qpos[:, 0] = 1.2 * np.arange(FRAMES) / HZ
    qpos[:, 1] = 0.06 * np.sin(2 * np.pi * np.arange(FRAMES) / HZ)
    for name, start in zip(names, model.jnt_qposadr[1:]):
        if model.jnt_type[model.joint(name).id] == 1:
            angle = swing * {"left_hip": 1.0, "right_hip": -1.0}.get(name, 0.0)
            qpos[:, start], qpos[:, start + 2] = np.cos(angle / 2), np.sin(angle / 2)
    qpos[:, 2] = 0.0
    clip = Clip(qpos, HZ, "humanoid", names, widths, name="walk")
    from sfv.motion.ground import lowest_points

    qpos[:, 2] -= lowest_points(model, qpos).min(1)
    return replace(clip, qpos=qpos)


@pytest.fixture(scope="module")
def right() -> Clip:
    return walk()


@pytest.fixture(scope="module")
def humanoid():
    return load_character("humanoid")


def moved(clip: Clip, change) -> Clip:
    qpos = clip.qpos.copy()
    change(qpos)
    return replace(clip, qpos=qpos)


def turned(clip: Clip, quat: np.ndarray, matrix: np.ndarray) -> Clip:
    """Another axis up: the world turned by ``quat`` (wxyz)."""
    import mujoco

    qpos = clip.qpos.copy()
    for frame in qpos:
        frame[:3] = matrix @ frame[:3]
        before = frame[3:7].copy()
        mujoco.mju_mulQuat(frame[3:7], quat, before)
    return replace(clip, qpos=qpos)


def xyzw(clip: Clip, root_only: bool = False) -> Clip:
    def change(qpos: np.ndarray) -> None:
        for cut in ball_columns(clip.widths)[: 1 if root_only else None]:
            qpos[:, cut] = np.roll(qpos[:, cut], -1, axis=1)

    return moved(clip, change)


_HALF = np.sqrt(0.5)
TO_Y_UP = np.array([_HALF, -_HALF, 0, 0]), np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])
TO_CAMERA = np.array([_HALF, _HALF, 0, 0]), np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


def columns(start: int, stop: int | None, what):
    def change(qpos: np.ndarray) -> None:
        qpos[:, start:stop] = what(qpos[:, start:stop])

    return change


def after(frame: int, metres: float):
    def change(qpos: np.ndarray) -> None:
        qpos[frame:, 0] += metres

    return change


def test_a_walk_passes_in_silence(right, humanoid):
    assert check_clip(right, humanoid) == []


@pytest.mark.parametrize(
    ("wrong", "severity", "words"),
    [
        (lambda clip: moved(clip, columns(0, 3, lambda place: 100 * place)), "nonsense", "centimetres; divide"),
        (lambda clip: moved(clip, columns(0, 3, lambda place: 1000 * place)), "nonsense", "millimetres"),
        (lambda clip: moved(clip, columns(0, 3, lambda place: 39.37 * place)), "nonsense", "inches"),
        (lambda clip: moved(clip, columns(0, 3, lambda place: 0 * place)), "nonsense", "not filled in"),
        (lambda clip: turned(clip, *TO_Y_UP), "doubt", "y is up"),
        (lambda clip: turned(clip, *TO_CAMERA), "doubt", "axes of a camera"),
        (xyzw, "nonsense", "xyzw instead of wxyz"),
        (lambda clip: xyzw(clip, root_only=True), "doubt", "backwards all the time"),
        (lambda clip: moved(clip, after(30, 5.0)), "nonsense", "moves 5.04 m from frame 29 to 30"),
        (lambda clip: moved(clip, after(30, 0.6)), "doubt", "two takes"),
        (lambda clip: moved(clip, columns(2, 3, lambda height: height - 0.3)), "doubt", "0.30 m deep"),
        (lambda clip: moved(clip, columns(2, 3, lambda height: height + 0.5)), "doubt", "than 0.50 m"),
        (lambda clip: replace(clip, fps=600.0), "nonsense", "frame rate is too high by far"),
        (lambda clip: replace(clip, qpos=np.repeat(clip.qpos[:1], 40, axis=0)), "doubt", "nothing moves"),
        (lambda clip: replace(clip, qpos=np.repeat(clip.qpos, 2, axis=0), fps=60.0), "doubt", "about 30 frames"),
        (lambda clip: replace(clip, qpos=clip.qpos[:4]), "doubt", "too short"),
    ],
)
def test_what_is_wrong_is_told_with_its_cause(right, humanoid, wrong, severity, words):
    found = check_clip(wrong(right), humanoid)
    assert found
    assert found[0].severity == severity
    assert words in found[0].words


@pytest.mark.parametrize(
    ("rate", "words"), [(1.0, None), (2.0, "too fast"), (0.5, "slow motion"), (0.25, "slow motion")]
)
def test_flights_tell_the_frame_rate(right, humanoid, rate, words):
    def change(qpos: np.ndarray) -> None:
        seconds = np.clip((np.arange(FRAMES) - 10) / HZ, 0.0, 0.8)
        qpos[:, 2] += 9.81 * seconds * (0.8 - seconds) / 2

    found = check_clip(replace(moved(right, change), fps=rate * HZ), humanoid)
    assert [words in one.words for one in found] == ([True] if words else [])


def test_hinges_in_degrees_are_told(right, humanoid):
    knees = [7 + sum(right.widths[:number]) for number, width in enumerate(right.widths) if width == 1]

    def change(qpos: np.ndarray) -> None:
        qpos[:, knees] = -57.3 * 0.8

    found = check_clip(moved(right, change), humanoid)
    assert "degrees" in found[0].words
    assert found[0].severity == "nonsense"


def test_knees_that_bend_the_wrong_way_are_told(right, humanoid):
    model = humanoid.model()
    knee = int(model.joint("left_knee").qposadr[0])
    beyond = 1.0 if model.joint("left_knee").range[1] <= 0.1 else -1.0

    def change(qpos: np.ndarray) -> None:
        qpos[:, knee] = beyond

    assert any(
        "beyond the character's limits (left_knee)" in one.words for one in check_clip(moved(right, change), humanoid)
    )


def test_the_ground_may_be_elsewhere_where_it_is_not_level(right, humanoid):
    raised = moved(right, columns(2, 3, lambda height: height + 3.0))
    assert check_clip(raised, humanoid)
    assert check_clip(raised, humanoid, level=False) == []


def test_nonsense_is_refused_unless_it_is_trusted(right, humanoid):
    found = check_clip(moved(right, columns(0, 3, lambda place: 100 * place)), humanoid)
    with pytest.raises(SfvError, match=r"walk cannot be what it says: .*--trust"):
        believe(found, "walk")
    assert all(line.startswith("doubtful: ") for line in believe(found, "walk", trust=True))
    assert believe([], "walk") == ()


def person(lift: float = 0.0) -> BodyMotion:
    """Somebody who stands facing x, swings an arm and sways."""
    poses = np.zeros((50, 24, 3))
    turn = 2 * np.pi / 3 / np.sqrt(3)  # y up, facing z, to z up, facing x
    poses[:, 0] = turn
    poses[:, SMPL_JOINTS.index("left_shoulder"), 1] = 0.5 * np.sin(np.arange(50) / 5)
    trans = np.zeros((50, 3))
    trans[:, 0], trans[:, 2] = 0.02 * np.sin(np.arange(50) / 8), 0.885 + lift
    return BodyMotion(poses, trans, np.zeros(10), 25.0)


def test_a_person_passes_in_silence():
    assert check_motion(person()) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda motion: replace(motion, trans=100 * motion.trans), "centimetres"),
        (lambda motion: replace(motion, poses=np.degrees(motion.poses)), "in degrees"),
        (lambda motion: replace(motion, trans=motion.trans - [0, 0, 0.4]), "deep in the ground"),
        (lambda motion: replace(motion, trans=motion.trans - [0, 0, -0.4]), "nothing comes nearer"),
    ],
)
def test_what_is_wrong_with_a_person_is_told(wrong, words):
    assert words in check_motion(wrong(person()))[0].words


def test_heights_mean_nothing_where_there_is_no_ground():
    assert check_motion(replace(person(lift=3.0), grounded=False)) == []


def test_of_many_motions_nonsense_is_left_out():
    kept, lines = sift({"right": person(), "wrong": replace(person(), trans=100 * person().trans)})
    assert list(kept) == ["right"]
    assert len(lines) == 1
    assert lines[0].startswith("left out: wrong cannot be")
    with pytest.raises(SfvError, match="wrong"):
        sift({"wrong": replace(person(), trans=100 * person().trans)})
