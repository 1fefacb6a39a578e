import torch

from sfv.motion.rotations import quat_to_rotmat, rotvec_to_quat
from sfv.reconstruct.hmr.augment import MIRROR_JOINTS, Augmenter, mirror_rotations, mirrored, smooth_noise
from sfv.reconstruct.hmr.config import MotionConfig
from sfv.reconstruct.hmr.smpl import SmplSkeleton
from sfv.reconstruct.hmr.training.bank import MotionBank


def test_a_mirrored_pose_is_the_mirrored_body(body):
    quats = rotvec_to_quat(0.6 * torch.randn(3, 24, 3, generator=torch.Generator().manual_seed(0)))
    skeleton = SmplSkeleton(body)
    rest = skeleton.rest(torch.zeros(10)).expand(3, -1, -1)
    there = skeleton.pose(quat_to_rotmat(quats), rest)[0]
    mirror = skeleton.pose(quat_to_rotmat(mirrored(quats)), rest)[0]
    expected = there[:, list(MIRROR_JOINTS)] * torch.tensor([-1.0, 1.0, 1.0])
    torch.testing.assert_close(mirror, expected, atol=2e-3, rtol=0)  # the open body is a millimetre off symmetry
    torch.testing.assert_close(mirror_rotations(quat_to_rotmat(quats)), quat_to_rotmat(mirrored(quats)))


def test_smooth_noise_changes_slowly():
    noise = smooth_noise((64, 5), 40, 8, torch.Generator().manual_seed(0))
    assert noise.shape == (64, 40, 5)
    assert 0.6 < noise.std() < 1.1
    assert noise.diff(dim=1).std() < 0.3


def test_windows_are_rotations_and_follow_the_generator(clips):
    augmenter = Augmenter(MotionBank.build(clips, MotionConfig(copy_mm=0, alike_mm=0, alike_too_mm=0)), MotionConfig())
    one, path = augmenter.draw(12, 10, 15.0, torch.Generator().manual_seed(3))
    again = augmenter.draw(12, 10, 15.0, torch.Generator().manual_seed(3))[0]
    other = augmenter.draw(12, 10, 15.0, torch.Generator().manual_seed(4))[0]
    assert one.shape == (12, 10, 24, 3, 3)
    assert path.shape == (12, 10, 3)
    torch.testing.assert_close(one @ one.transpose(-1, -2), torch.eye(3).expand_as(one), atol=1e-5, rtol=0)
    assert torch.equal(one, again)
    assert not torch.allclose(one, other)


def test_without_any_change_the_capture_comes_back(clips):
    plain = MotionConfig(slowest=1.0, fastest=1.0, mixed=0, key_poses=0, exaggerated=0, noisy=0, tumbled=0)
    augmenter = Augmenter(MotionBank.build({"wave": clips["wave"]}, plain), plain)
    rotations = augmenter.draw(32, 4, 15.0, torch.Generator().manual_seed(0))[0]
    elbow_free = rotations[:, :, 15]  # the head never moves in this clip, mirrored or not
    torch.testing.assert_close(elbow_free, torch.eye(3).expand_as(elbow_free), atol=1e-5, rtol=0)
    up = rotations[:, :, 0, :, 1]  # upright: the body's y is the world's z
    torch.testing.assert_close(up, torch.tensor([0.0, 0.0, 1.0]).expand_as(up), atol=1e-3, rtol=0)
