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
