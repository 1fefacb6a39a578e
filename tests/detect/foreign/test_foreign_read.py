"""Keypoints of other programs from the file to the result, and what is refused."""

import os

import cv2
import numpy as np
import pytest
from foreign_bodies import body, expected, write_json, write_openpose

from sfv.detect.config import DetectConfig
from sfv.detect.foreign.layouts import LAYOUTS
from sfv.detect.keypoints import Keypoints
from sfv.detect.run import detect
from sfv.errors import FileFormatError, NoPersonError, SettingError, UnknownNameError

FRAMES = 40


def given(path, **settings):
    return DetectConfig(detector="openpose", keypoints=str(path), **settings)


def walk(layout="body_25", frames=FRAMES):
    return [[body(layout, t)] for t in range(frames)]


def is_the_walker(keypoints, frames=None, atol=1e-6):
    rows = range(FRAMES) if frames is None else frames
    np.testing.assert_allclose(keypoints.xy_px[0, rows], expected(keypoints.names, FRAMES)[rows], atol=atol)


def test_people_keep_their_number(tmp_path, film):
    """Two people in changing order; the second is missing in frames 10 to 14 and leaves at 30."""
    frames = []
    for t in range(FRAMES):
        people = [body("coco_18", t)]
        if t < 30 and not 10 <= t < 15:
            people.insert(t % 2, body("coco_18", t, (250, 100)))
        frames.append(people)
    keypoints = detect(film, given(write_openpose(tmp_path / "json", frames)))
    assert (keypoints.num_people, keypoints.num_frames, keypoints.fps, keypoints.image_size) == (
        2,
        40,
        20.0,
        (300, 200),
    )
    is_the_walker(keypoints)
    seen = [t for t in range(30) if not 10 <= t < 15]
    assert np.flatnonzero(keypoints.present[1]).tolist() == seen
    assert np.isnan(keypoints.world_c).all()


def test_a_folder_of_images(tmp_path):
    """Files carry the images' names, which need not count from 0; one image has nobody, one person is a hand only."""
    (tmp_path / "images").mkdir()
    for number in range(1, 42):
        cv2.imwrite(str(tmp_path / "images" / f"shot_{number}.png"), np.zeros((200, 300, 3), np.uint8))
    folder = write_openpose(
        tmp_path / "json", {n: [body("coco_18", n)] if n != 7 else [] for n in range(1, 42)}, "shot_{}_keypoints.json"
    )
    keypoints = detect(tmp_path / "images", given(folder))
    assert (keypoints.num_people, keypoints.num_frames) == (1, 41)
    np.testing.assert_allclose(keypoints.xy_px[0, [0, 40]], expected(keypoints.names, 42)[[1, 41]])
    assert np.flatnonzero(~keypoints.present[0]).tolist() == [6]


def test_a_single_picture_and_the_old_key(tmp_path):
    flat = body("coco_18", 0).ravel().tolist()
    path = write_json(
        tmp_path / "picture_keypoints.json", {"people": [{"pose_keypoints": flat}, {"pose_keypoints": []}]}
    )
    (tmp_path / "image").mkdir()
    cv2.imwrite(str(tmp_path / "image" / "picture.png"), np.zeros((200, 300, 3), np.uint8))
    keypoints = detect(tmp_path / "image", given(path))
    assert (keypoints.num_people, keypoints.num_frames) == (1, 1)
    np.testing.assert_allclose(keypoints.xy_px[0], expected(keypoints.names, 1))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_recognised(tmp_path, film, layout):
    keypoints = detect(film, given(write_openpose(tmp_path / "json", walk(layout))))
    assert keypoints.names == tuple(name for name in LAYOUTS[layout] if name)
    is_the_walker(keypoints)
    assert any(note.startswith(f"layout {layout}") for note in keypoints.notes)


@pytest.mark.parametrize(
    "name",
    ["cam01_{:012d}_keypoints.json", "{:05d}.json", "cam01.{:04d}.json", "frame{}.json", "take2_cam1_{:03d}_v3.json"],
)
def test_frames_by_the_number_in_any_name(tmp_path, film, name):
    """Files of frames without people are missing: those after them keep their own frames."""
    there = {t: [body("body_25", t)] for t in range(FRAMES) if not 10 <= t < 18}
    keypoints = detect(film, given(write_openpose(tmp_path / "json", there, name)))
    assert np.flatnonzero(~keypoints.present[0]).tolist() == list(range(10, 18))
    is_the_walker(keypoints, sorted(there))
    assert "8 of the video's 40 frames have no keypoints" in keypoints.notes


def test_frames_counted_from_one(tmp_path, film):
    folder = write_openpose(tmp_path / "json", {t + 1: [body("body_25", t)] for t in range(FRAMES)}, "{}.json")
    keypoints = detect(film, given(folder, start=0.5))
    assert keypoints.first_frame == 10
    np.testing.assert_allclose(keypoints.xy_px[0], expected(keypoints.names, FRAMES)[10:])
    assert "the keypoints' frames are counted from 1" in keypoints.notes


@pytest.mark.parametrize(("scale", "change"), [("0..1", lambda s: s), ("-1..1", lambda s: 2 * s - 1)])
def test_shares_of_the_picture(tmp_path, film, scale, change):
    frames = walk("body_25b")
    for (person,) in frames:
        person[:, :2] = change(person[:, :2] / (300, 200))
    keypoints = detect(film, given(write_openpose(tmp_path / "json", frames)))
    is_the_walker(keypoints)
    assert any(f"({scale})" in note for note in keypoints.notes)


def test_a_byte_order_mark_and_a_comma(tmp_path, film):
    folder = write_openpose(tmp_path / "json", walk())
    for file in folder.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    is_the_walker(detect(film, given(folder)))
    first = sorted(folder.iterdir())[0]
    first.write_text(first.read_text("utf-8-sig").replace("}]", "},]"))
    with pytest.raises(
        FileFormatError, match=r"000_keypoints\.json is not JSON: a comma stands before the closing bracket"
    ):
        detect(film, given(folder))


def test_npz_with_names_of_another_spelling(tmp_path, film):
    names = [name for name in LAYOUTS["body_25"] if name]
    spelled = [name.replace("left_", "L").replace("right_", "R").title() for name in names]
    xy = expected(names, FRAMES)
    xy[5] = np.nan
    np.savez(tmp_path / "a.npz", xy=xy / 2, names=np.array([*spelled[:-1], "Tail"]), image_size=(150, 100), fps=20.0)
    keypoints = detect(film, DetectConfig(detector="npz", keypoints=str(tmp_path / "a.npz"), start=0.1))
    assert keypoints.names == (*names[:-1], "Tail")
    assert "points that nothing here knows: Tail" in keypoints.notes
    np.testing.assert_allclose(keypoints.xy_px[0, 0], xy[2])  # the file's pixels are half as fine
    assert np.flatnonzero(~keypoints.present[0]).tolist() == [3]


def test_npz_of_landmarks_with_visibility(tmp_path, film):
    points = np.array([body("mediapipe_33", t) for t in range(FRAMES)])
    with_depth = np.concatenate([points[..., :2] / (300, 200), -points[..., :1], points[..., 2:]], -1)
    np.savez(tmp_path / "a.npz", landmarks=with_depth)
    keypoints = detect(film, DetectConfig(detector="npz", keypoints=str(tmp_path / "a.npz")))
    is_the_walker(keypoints)
    np.testing.assert_allclose(keypoints.confidence, 0.9)


def test_own_file_comes_back(tmp_path, film):
    written = Keypoints(
        np.ones((2, 40, 1, 2)),
        np.ones((2, 40, 1)),
        np.ones((2, 40, 1, 3)),
        20.0,
        (300, 200),
        ("nose",),
        notes=("a", "b"),
    )
    written.save(tmp_path / "k.npz")
    read = detect(film, DetectConfig(detector="npz", keypoints=str(tmp_path / "k.npz")))
    np.testing.assert_array_equal(read.world_c, written.world_c)
    assert read.notes == ("a", "b")


def test_refuses_what_is_not_there(tmp_path, film):
    with pytest.raises(FileFormatError, match=r"name the file or folder with --keypoints"):
        detect(film, DetectConfig(detector="openpose"))
    with pytest.raises(FileFormatError, match="does not exist"):
        detect(film, given(tmp_path / "none"))
    with pytest.raises(SettingError, match="add --detector openpose"):
        detect(film, DetectConfig(keypoints=str(tmp_path)))
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileFormatError, match="holds no JSON file"):
        detect(film, given(tmp_path / "empty"))
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(FileFormatError, match="pipe"):
        detect(film, given(tmp_path / "pipe.json"))
    with pytest.raises(NoPersonError, match=r"nobody is in .*nobody"):
        detect(film, given(write_openpose(tmp_path / "nobody", [[]] * 40)))


def test_refuses_points_that_are_no_body(tmp_path, film):
    with pytest.raises(FileFormatError, match=r"29 points, which is no layout that is known: body_25 \(25 points\)"):
        detect(film, given(write_openpose(tmp_path / "a", [[np.full((29, 3), 30.0)]] * 40)))
    odd = [[np.vstack([body("body_25", t), [[1.0, 2.0, 0.5]]])] for t in range(FRAMES)]
    with pytest.raises(FileFormatError, match=r"26 points, which lie like no body in the layout halpe_26.*--layout"):
        detect(film, given(write_openpose(tmp_path / "b", odd)))
    with pytest.raises(UnknownNameError, match=r"unknown layout 'body25'; known: auto, body_135"):
        detect(film, given(tmp_path / "b", layout="body25"))
    asked = detect(film, given(write_openpose(tmp_path / "c", walk("body_25b")), layout="body_25"))
    assert any("like no body in the layout body_25" in note for note in asked.notes)
    with pytest.raises(FileFormatError, match=r"25 points, the layout coco_17 17"):
        detect(film, given(tmp_path / "c", layout="coco_17"))
    with pytest.raises(FileFormatError, match=r"people have 17 or 25 points"):
        detect(film, given(write_openpose(tmp_path / "d", [[body("coco_17", 0)], [body("body_25", 1)]])))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"people": [', "not a readable JSON file of keypoints"),
        ("[" * 100_000, "nested too deeply"),
        ('{"people": [{"pose_keypoints_2d": ["1", "2", "3"]}]}', "must be numbers"),
        ('{"people": [{"pose_keypoints_2d": [1e300, 2, 3]}]}', "no place in a picture"),
        ('{"people": [{"pose_keypoints_2d": [' + "9" * 5000 + ", 2, 3]}]}", "not a readable JSON"),
        ('{"people": [{"pose_keypoints_2d": [[1, 2], [3]]}]}', "of one length"),
        ('{"people": [{"pose_keypoints_2d": {"a": 1}}]}', "must have x and y"),
        ('{"people": 3}', "must be a list"),
        ('{"people": [7]}', "must be an object with keypoints"),
        ('{"people": [{"face": []}]}', "has the keys face; none of pose_keypoints_2d"),
        ('{"shapes": [1]}', "keys shapes, no format that is known; read are OpenPose, ControlNet"),
        ("3", "no format that is known"),
        ("[" + "[]," * 5_000_000 + "[]]", "MiB of memory"),
    ],
)
def test_damage_is_one_sentence(tmp_path, film, text, message):
    (tmp_path / "odd_7.json").write_text(text)
    with pytest.raises(FileFormatError, match=message) as caught:
        detect(film, given(tmp_path / "odd_7.json"))
    assert "odd_7.json" in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"poses": np.zeros((40, 3, 2))}, "lacks the array xy with the points; it holds names, poses"),
        ({"xy": np.zeros((40, 3, 2)), "names": np.array(["a"])}, "names holds 1 names; 3 are needed"),
        ({"xy": np.zeros((40, 3, 2)), "names": np.array(["a", "b", "c"])}, "lacks left_shoulder.*these are unknown: a, b, c; known"),
        ({"xy": np.zeros((40, 3)), "names": np.array(["a", "b", "c"])}, "has shape"),
        ({"xy": np.zeros((99, 33, 2))}, "keypoints for 99 frames .* do not fit a video of 40 frames"),
        ({"xy": np.zeros((40, 33, 3)) - 2}, "which is no confidence"),
        ({"xy": np.zeros((40, 33, 2)), "confidence": np.zeros((40, 3))}, "confidence has shape"),
        *(({"xy": np.zeros((40, 33, 2)), "fps": fps}, message) for fps, message in (
            (30.0, "30 frames per second"), (0.0, "no frame rate"), (np.nan, "no frame rate"), (1e9, "no frame rate"))),
        ({"xy": np.zeros((40, 33, 2)), "image_size": (0, 9)}, "image_size is 0 x 9"),
    ],
)  # fmt: skip
def test_npz_refuses(tmp_path, film, arrays, message):
    np.savez(tmp_path / "a.npz", **({"names": np.array(["a", "b", "c"])} if "poses" in arrays else {}), **arrays)
    with pytest.raises(FileFormatError, match=message):
        detect(film, DetectConfig(detector="npz", keypoints=str(tmp_path / "a.npz")))


def test_unknown_detector_lists_the_known(film):
    with pytest.raises(UnknownNameError, match="unknown detector 'alpha'; known: blazepose, json, npz, openpose"):
        detect(film, DetectConfig(detector="alpha"))


def test_seen_too_briefly(tmp_path, film):
    folder = write_openpose(tmp_path / "json", {t: [body("body_25", t)] for t in range(10, 24)})
    with pytest.raises(
        NoPersonError, match=r"only 0\.70 s; at least 1 s.*26 of the video's 40 frames have no keypoints"
    ):
        detect(film, given(folder))
