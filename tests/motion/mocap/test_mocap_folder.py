import numpy as np
import pytest

from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.mocap.folder import read_mocap


def test_all_kinds_are_read_by_name(tmp_path, write_deepmimic, write_amp, write_acclaim):
    write_deepmimic("sie_humanoid3d_punch.txt.xz")
    write_amp("amp_humanoid_hop.npz")
    write_acclaim("07_02.amc")
    BodyMotion(np.zeros((3, 24, 3)), np.zeros((3, 3)), np.zeros(10), 30.0).save(tmp_path / "mine.npz")
    (tmp_path / "README.md").write_text("not a motion")
    clips = read_mocap(tmp_path, print)
    assert sorted(clips) == ["07_02", "amp_hop", "mine", "punch"]
    assert all(len(clip) > 1 for clip in clips.values())


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(FileFormatError, match="holds no motion capture"):
        read_mocap(tmp_path, print)


def test_a_motion_without_its_skeleton_is_refused(tmp_path, write_acclaim):
    _, asf = write_acclaim()
    asf.unlink()
    with pytest.raises(FileFormatError, match=r"07\.asf"):
        read_mocap(tmp_path, print)


def test_what_is_no_motion_is_skipped_with_a_line(tmp_path):
    motion = {"trans": np.zeros((3, 3)), "betas": np.zeros(16), "gender": "male"}
    for subject in ("01", "02"):
        (tmp_path / subject).mkdir()
        np.savez(tmp_path / subject / "walk_poses.npz", poses=np.zeros((3, 156)), mocap_framerate=120.0, **motion)
    objects = np.array({"C7": 1}, dtype=object)
    np.savez(tmp_path / "01/run_stageii.npz", poses=np.zeros((3, 165)), mocap_frame_rate=100.0, markers_latent_vids=objects,
             surface_model_type="smplx", **motion)  # fmt: skip
    np.savez(tmp_path / "01/shape.npz", betas=np.zeros(16), gender="male")
    np.savez(tmp_path / "01/male_stagei.npz", betas=np.zeros(16), markers_latent_vids=objects)
    (tmp_path / "LICENSE.txt").write_text("Do as you like.\n")
    (tmp_path / "jump.bvh").write_text("HIERARCHY\nROOT Hips\n")
    (tmp_path / "damaged.npz").write_bytes((tmp_path / "01/walk_poses.npz").read_bytes()[:200])
    lines: list[str] = []
    clips = read_mocap(tmp_path, lines.append)
    assert sorted(clips) == ["02_walk_poses", "run_stageii", "walk_poses"]
    assert clips["run_stageii"].fps == 100.0
    assert len(lines) == 5
    for name, words in (("shape", "a shape, no motion"), ("stagei.", "a shape, no motion"), ("LICENSE", "text"), ("bvh", "BVH"),
                        ("damaged", "not a readable")):  # fmt: skip
        assert any(name in line and words in line for line in lines)
