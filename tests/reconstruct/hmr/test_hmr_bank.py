import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.motion.rotations import quat_angle, rotvec_to_quat
from sfv.reconstruct.hmr.config import MotionConfig
from sfv.reconstruct.hmr.training.bank import MotionBank


def test_held_out_clips_and_their_duplicates_are_left_out(clips):
    bank = MotionBank.build({**clips, "long_walk1": clips["wave"]}, MotionConfig())
    assert bank.names == ("wave", "jump")
    assert bank.chance[1] > 2 * bank.chance[0]  # a jump is rare


def test_windows_are_the_motion_at_another_speed(clips):
    bank = MotionBank.build({"wave": clips["wave"]}, MotionConfig())
    still = MotionConfig(slowest=1.0, fastest=1.0)
    quats, path = bank.windows(16, 8, 15.0, still, torch.Generator().manual_seed(0))
    steps = path[..., 0].diff(dim=1).abs()
    assert torch.allclose(steps.median(), torch.tensor(2 / 30.0), atol=1e-4)  # every second frame of a metre a second
    truth = rotvec_to_quat(torch.as_tensor(clips["wave"].poses, dtype=torch.float32))
    frame = path[..., 0] * 30
    nearest = truth[frame.round().long()]
    assert quat_angle(quats, nearest).max() < 0.1


def test_nothing_to_train_on_is_an_error(clips):
    with pytest.raises(SfvError, match="no clip is left"):
        MotionBank.build({"walk": clips["walk"]}, MotionConfig())


def test_single_poses_are_poses_of_the_clips(clips):
    bank = MotionBank.build({"wave": clips["wave"]}, MotionConfig())
    poses = bank.poses(20, torch.Generator().manual_seed(1))
    distance = (poses[:, None] - bank.quats).abs().amax((2, 3)).min(1).values
    np.testing.assert_allclose(distance, 0.0)
