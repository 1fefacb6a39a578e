"""The same walker, as each program writes it down, comes out the same."""

import numpy as np
import pytest
from foreign_bodies import body, expected, write_json

from sfv.detect.config import DetectConfig
from sfv.detect.foreign.layouts import LAYOUTS
from sfv.detect.run import detect
from sfv.errors import FileFormatError

FRAMES, SIZE = 40, np.array([300, 200])
OTHER = (250, 100)
"""Where a second person stands."""


def flat(layout, t, centre=None):
    return body(layout, t, *([] if centre is None else [centre])).ravel().tolist()


def xy(layout, t):
    return body(layout, t)[:, :2].tolist()


def scores(layout):
    return [0.9] * len(LAYOUTS[layout])


def dots(layout, t, **extra):
    """MediaPipe's normalised landmarks."""
    return [{"x": x / 300, "y": y / 200, "z": -0.1, "visibility": c} | extra for x, y, c in body(layout, t).tolist()]


def named(t):
    names = LAYOUTS["coco_17"]
    return [{"name": name, "x": x, "y": y, "score": c} for name, (x, y, c) in zip(names, body("coco_17", t).tolist())]


def columns(t):
    """YOLO's, a list for each coordinate."""
    return dict(zip(("x", "y", "visible"), body("coco_17", t).T.tolist()))


T = range(FRAMES)
FORMATS = {
    "ControlNet": [{"people": [{"pose_keypoints_2d": (np.array(flat("coco_18", t)).reshape(-1, 3) * [2, 2, 1]).ravel().tolist()}],
                    "canvas_width": 600, "canvas_height": 400} for t in T],
    "ControlNet without a canvas": [{"people": [{"pose_keypoints_2d": flat("coco_18", t)}]} for t in T],
    "AlphaPose": [{"image_id": f"{t}.jpg", "category_id": 1, "keypoints": flat("halpe_26", t), "score": 2.9, "idx": [0.0]}
                  for t in T],
    "AlphaPose open": {f"{t}.jpg": {"version": "AlphaPose v0.3", "bodies": [{"joints": flat("coco_18", t)}]} for t in T},
    "AlphaPose cmu": {f"{t}.jpg": {"people": [{"pose_keypoints_2d": flat("coco_18", t)}]} for t in T},
    "COCO results": [{"image_id": t + 1, "category_id": 1, "keypoints": flat("coco_17", t), "score": 0.9} for t in T],
    "COCO annotations": {
        "images": [{"id": 7 * t, "file_name": f"images/f_{t:05d}.jpg", "width": 300, "height": 200} for t in T],
        "annotations": [{"id": t, "image_id": 7 * t, "category_id": 1, "keypoints": flat("coco_17", t)} for t in T],
        "categories": [{"id": 1, "name": "person", "keypoints": list(LAYOUTS["coco_17"])}]},
    "MMPose predictions": [
        {"frame_id": t, "instances": [{"keypoints": xy("coco_17", t), "keypoint_scores": scores("coco_17")}]} for t in T],
    "MMPose demo": {
        "meta_info": {"keypoint_id2name": {str(k): name for k, name in enumerate(LAYOUTS["coco_17"])}},
        "instance_info": [{"frame_id": t + 1, "instances": [{"keypoints": xy("coco_17", t), "keypoint_scores": scores("coco_17"),
                                                             "bbox": [[0, 0, 9, 9]]}]} for t in T]},
    "MMPose returned": {"predictions": [
        [{"keypoints": xy("coco_wholebody_133", t), "keypoint_scores": scores("coco_wholebody_133")}] for t in T]},
    "easy_ViTPose": {"keypoints": [{"3": body("coco_17", t)[:, [1, 0, 2]].tolist()} for t in T],
                     "skeleton": {str(k): name for k, name in enumerate(LAYOUTS["coco_17"])}},
    "MediaPipe frames": [{"frame": t, "pose_landmarks": dots("mediapipe_33", t)} for t in T],
    "MediaPipe tasks": [{"landmarks": [dots("mediapipe_33", t, presence=0.99)]} for t in T],
    "MediaPipe bare": [dots("mediapipe_33", t) for t in T],
    "MediaPipe in an object": {"fps": 20, "frames": [{"landmarks": dots("mediapipe_33", t)} for t in T]},
    "TensorFlow.js": [[{"keypoints": named(t), "score": 0.8}] for t in T],
    "YOLO": [{"frame": t, "people": [{"name": "person", "keypoints": columns(t)}]} for t in T],
}  # fmt: skip


@pytest.mark.parametrize("whose", FORMATS)
def test_each_program_says_the_same(tmp_path, film, whose):
    path = write_json(tmp_path / "result.json", FORMATS[whose])
    keypoints = detect(film, DetectConfig(detector="json", keypoints=str(path)))
    assert (keypoints.num_people, keypoints.num_frames) == (1, FRAMES)
    np.testing.assert_allclose(keypoints.xy_px[0], expected(keypoints.names, FRAMES), atol=1e-6)
    np.testing.assert_allclose(keypoints.confidence, 0.9)
    assert keypoints.notes[0].startswith("keypoints of ")


@pytest.mark.parametrize("content", [
    lambda t: [{"keypoints": xy("coco_17", t), "keypoint_scores": scores("coco_17")}],
    lambda t: [{"image_id": f"{t}.jpg", "keypoints": flat("coco_17", t)}],
    lambda t: {"landmarks": [dots("mediapipe_33", t)]},
    lambda t: dots("mediapipe_33", t),
    lambda t: [{"name": "person", "keypoints": columns(t)}],
])  # fmt: skip
def test_a_file_for_each_frame(tmp_path, film, content):
    """MMPose's, AlphaPose's, MediaPipe's and YOLO's too; a frame without people is an empty list."""
    for t in T:
        write_json(tmp_path / f"film_{t:06d}.json", content(t) if t != 5 else [])
    keypoints = detect(film, DetectConfig(detector="json", keypoints=str(tmp_path)))
    assert np.flatnonzero(~keypoints.present[0]).tolist() == [5]
    np.testing.assert_allclose(keypoints.xy_px[0, 6:], expected(keypoints.names, FRAMES)[6:], atol=1e-6)


def test_numbers_of_people_are_followed(tmp_path, film):
    """Two people whose ways cross at once keep the numbers that the file gives them; the annotations' own numbers are none."""

    def result(t):
        centres = [(100 + 3 * t, 95), (220 - 3 * t, 95)]
        return [{"image_id": f"{t}.jpg", "id": 2 * t + k, "keypoints": flat("coco_17", t, centre), "idx": k + 1}
                for k, centre in enumerate(centres)][:: 1 if t % 2 else -1]  # fmt: skip

    path = write_json(tmp_path / "r.json", [person for t in T for person in result(t)])
    keypoints = detect(film, DetectConfig(detector="json", keypoints=str(path)))
    nose = keypoints.names.index("nose")
    assert keypoints.num_people == 2
    ways = sorted(keypoints.xy_px[:, :, nose, 0].tolist())
    np.testing.assert_allclose(ways, [[100 + 3.1 * t for t in T], [220 - 2.9 * t for t in T]], atol=1e-6)


def test_numbers_that_follow_nobody_are_left(tmp_path, film):
    """Numbers in the order of a frame's list, which changes: people are followed by their places."""
    frames = []
    for t in T:
        two = [flat("coco_17", t), flat("coco_17", t, OTHER)][:: 1 if t % 3 else -1]
        frames += [{"image_id": f"{t}.jpg", "keypoints": points, "idx": k} for k, points in enumerate(two)]
    keypoints = detect(film, DetectConfig(detector="json", keypoints=str(write_json(tmp_path / "r.json", frames))))
    noses = keypoints.xy_px[:, :, keypoints.names.index("nose"), 0]
    np.testing.assert_allclose(sorted(noses.tolist()), [[at + t / 10 for t in T] for at in (150, 250)], atol=1e-6)
    assert any("jump from one to another" in note for note in keypoints.notes)


def test_other_scales_of_confidence(tmp_path, film):
    def read(confidence):
        frames = [
            {"image_id": t, "keypoints": body("coco_17", t, confidence=confidence(t)).ravel().tolist()} for t in T
        ]
        path = write_json(tmp_path / "r.json", frames)
        return detect(film, DetectConfig(detector="json", keypoints=str(path)))

    assert np.isin(read(lambda t: 1 + t % 2).confidence, (0.5, 1.0)).all()
    percent = read(lambda t: 60 + t)
    assert percent.confidence.max() == 1
    assert percent.confidence.min() == pytest.approx(60 / 99, abs=0.01)
    assert any("instead of 1" in note for note in percent.notes)
    negative = read(lambda t: -1.0 if t < 10 else 0.9)
    assert np.flatnonzero(~negative.present[0]).tolist() == list(range(10))


def test_three_dimensions_are_refused(tmp_path, film):
    person = {"keypoints": [[0.1, 0.2, 0.3]] * 17, "keypoint_scores": scores("h36m_17")}
    path = write_json(tmp_path / "r.json", [{"frame_id": t, "instances": [person]} for t in T])
    with pytest.raises(FileFormatError, match=r"r\.json: the keypoints are in three dimensions"):
        detect(film, DetectConfig(detector="json", keypoints=str(path)))


def test_several_frames_a_file_want_the_file_alone(tmp_path, film):
    for number in range(2):
        write_json(tmp_path / f"{number}.json", FORMATS["AlphaPose"])
    with pytest.raises(FileFormatError, match=r"0\.json holds 40 frames, the folder 2 files; give that file alone"):
        detect(film, DetectConfig(detector="json", keypoints=str(tmp_path)))


def test_a_crowd_is_bounded(tmp_path, film):
    """Thousands of people in a frame do not fill the memory; the best seen are kept, and it is said."""
    crowd = [{"pose_keypoints_2d": flat("coco_18", 0, (20 + k % 260, 95))} for k in range(3000)]
    path = write_json(
        tmp_path / "r.json", [{"people": crowd if t == 3 else [{"pose_keypoints_2d": flat("coco_18", t)}]} for t in T]
    )
    keypoints = detect(film, DetectConfig(detector="json", keypoints=str(path)))
    assert keypoints.num_people <= 100
    assert any("up to 3000 in a frame" in note for note in keypoints.notes)
