"""The three panels: sizes, times, and inputs that do not belong together."""

from dataclasses import replace

import numpy as np
import pytest

from sfv.draw.gl import RenderError
from sfv.errors import SfvError
from sfv.motion.cycle import repeat_cycle
from sfv.render.policy import side_by_side as module
from sfv.render.policy.side_by_side import side_by_side
from sfv.video import open_video, write_video

SOURCE_FRAMES = 14


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("source") / "source.mp4"
    write_video(path, (np.full((240, 320, 3), 15 * frame, np.uint8) for frame in range(SOURCE_FRAMES)), 30.0)
    return path


@pytest.fixture
def arguments(source, seen, standing_motion, walk_clip, body, humanoid, small, tmp_path):
    return {
        "video": source, "keypoints": seen, "motion": standing_motion, "clip": walk_clip, "rollout_qpos": repeat_cycle(walk_clip.qpos, 2),
        "out_path": tmp_path / "out.mp4", "character": humanoid, "body": body, "config": small,
    }  # fmt: skip


def test_three_panels_of_one_height_go_on_after_the_input(arguments, standing_motion, small):
    done = []
    side_by_side(**arguments, progress=lambda count, total: done.append((count, total)))
    video = open_video(arguments["out_path"])
    tail = round(small.tail_seconds * small.fps)
    assert len(video) == len(standing_motion) + tail
    assert done[-1] == (len(video), len(video))
    assert video.size[1] == small.height
    assert 2 * small.world_width + 60 < video.size[0] <= 2 * small.world_width + small.max_input_width + 10
    frames = list(video)
    left = [frame[60, 2].astype(float).mean() for frame in frames]  # the input's grey level, dimmed after its end
    assert left[len(standing_motion) - 1] > left[0] + 50
    assert left[-1] < 0.6 * left[len(standing_motion) - 1]


def test_an_acyclic_character_stops_with_its_rollout(arguments, walk_clip, standing_motion):
    short = replace(walk_clip, cyclic=False, first_frame=standing_motion.first_frame)
    side_by_side(**(arguments | {"clip": short, "rollout_qpos": walk_clip.qpos[:10]}))
    assert len(open_video(arguments["out_path"])) in (10, 11)


def test_the_reference_and_forces_are_in_step_with_the_poses(arguments, walk_clip, small, monkeypatch):
    """Each drawn pose with its own reference and what acted then."""
    given = {}

    def nothing(poses, character, config, azimuth, references, forces, environment):
        given.update(poses=poses, references=references, forces=forces)
        return (np.zeros((config.height, config.width_with(True), 3), np.uint8) for _ in poses)

    monkeypatch.setattr(module, "character_frames", nothing)
    poses = arguments["rollout_qpos"]
    acting = list(range(len(poses)))
    clip = replace(walk_clip, cyclic=False, first_frame=3)
    side_by_side(**(arguments | {"clip": clip}), reference=poses + 1.0, acting=acting)
    np.testing.assert_allclose(given["references"][:, :3], given["poses"][:, :3] + 1.0)
    assert len(given["forces"]) == len(given["poses"]) > 10
    for pose, at in zip(given["poses"], given["forces"]):
        assert np.abs(poses[:, :3] - pose[:3]).sum(1).argmin() == at
    assert open_video(arguments["out_path"]).size[0] > 2.5 * small.world_width


def test_a_cyclic_character_is_in_phase_with_the_video(standing_motion, walk_clip):
    """Frame 0 of the clip is shown when the video shows it; before that the end of the period before."""
    clip = replace(walk_clip, first_frame=standing_motion.first_frame + 6)
    rollout = repeat_cycle(clip.qpos, 3)
    frames = module._rollout_frames(np.array([0.0, 0.2]), standing_motion, clip, clip.fps)
    poses = module._sampled(rollout, frames, clip)
    np.testing.assert_allclose(poses[1, 7:], clip.qpos[0, 7:], atol=1e-9)
    np.testing.assert_allclose(poses[0, 7:], clip.qpos[-7, 7:], atol=1e-9)


def test_another_video_is_refused(arguments, tmp_path):
    write_video(tmp_path / "small.mp4", (np.zeros((120, 160, 3), np.uint8) for _ in range(20)), 30.0)
    with pytest.raises(SfvError, match="not the video of the motion"):
        side_by_side(**(arguments | {"video": tmp_path / "small.mp4"}))
    with pytest.raises(SfvError, match="not the video of the motion"):
        side_by_side(**(arguments | {"motion": replace(arguments["motion"], first_frame=12)}))
    assert not arguments["out_path"].exists()


def test_a_rollout_of_another_character_is_refused(arguments):
    with pytest.raises(SfvError, match="rollout"):
        side_by_side(**(arguments | {"rollout_qpos": np.zeros((5, 7))}))


def test_missing_opengl_is_said_before_any_work(arguments, monkeypatch):
    def missing():
        raise RenderError("MuJoCo cannot draw on this machine")

    monkeypatch.setattr(module, "ready_backend", missing)
    with pytest.raises(RenderError):
        side_by_side(**arguments)
    assert not arguments["out_path"].exists()
