from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import SfvError
from sfv.motion.rotations import quat_angle, quat_multiply, quat_to_rotvec, rotvec_to_quat
from sfv.motion.smpl import SMPL_JOINTS
from sfv.reconstruct.hmr.augment import mirrored
from sfv.reconstruct.hmr.config import MotionConfig
from sfv.reconstruct.hmr.training.bank import MotionBank
from sfv.reconstruct.hmr.training.nearest import nearest
from sfv.reconstruct.hmr.training.split import trained_on

ANY = MotionConfig(copy_mm=0, alike_mm=0, alike_too_mm=0)
"""Takes clips however alike they are: those of these tests are one motion."""


def test_held_out_clips_are_left_out(clips):
    bank = MotionBank.build({**clips, "smpl_getup_faceup": clips["wave"]}, ANY)
    assert bank.names == ("wave", "jump")
    assert bank.chance[1] > 2 * bank.chance[0]  # a jump is rare


def test_the_same_recording_under_another_name_is_left_out(clips):
    """A copy, its mirror image turned to face elsewhere, and a longer take that holds it; not another motion."""
    walk = clips["walk"]
    quats = rotvec_to_quat(torch.as_tensor(walk.poses))
    image = mirrored(quats)
    image[:, 0] = quat_multiply(
        torch.tensor([np.cos(0.4), 0, 0, np.sin(0.4)]).to(image).expand(len(image), 4), image[:, 0]
    )
    arms_up = clips["jump"].poses.copy()
    arms_up[:, SMPL_JOINTS.index("left_shoulder"), 2] += 1.2
    arms_up[:, SMPL_JOINTS.index("right_shoulder"), 2] -= 1.2
    other = replace(clips["jump"], poses=arms_up)
    long = replace(other, poses=np.concatenate([arms_up, walk.poses, arms_up]), trans=np.zeros((144, 3)))
    named = {
        "walk": walk,
        "copy": walk,
        "image": replace(walk, poses=quat_to_rotvec(image).numpy()),
        "long": long,
        "other": other,
    }
    kept, lines = trained_on(named, MotionConfig())
    assert list(kept) == ["other"]
    assert len(lines) == 4
    assert all("walk" in line for line in lines)
    found = nearest(named, {"walk": walk})
    assert found["image"].millimetres < 1
    assert found["long"].median > 50 > found["long"].millimetres
    assert found["other"].millimetres > 50


def test_windows_are_the_motion_at_another_speed(clips):
    bank = MotionBank.build({"wave": clips["wave"]}, ANY)
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
    bank = MotionBank.build({"wave": clips["wave"]}, ANY)
    poses = bank.poses(20, torch.Generator().manual_seed(1))
    distance = (poses[:, None] - bank.quats).abs().amax((2, 3)).min(1).values
    np.testing.assert_allclose(distance, 0.0)
