import torch

from sfv.imitate.starts import reset
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.rotations import quat_angle


def test_starts_cover_the_clip_and_nothing_else():
    frames = reset.start_frames(5000, 9, torch.Generator().manual_seed(0))
    assert set(frames.tolist()) == set(range(10))
    assert torch.bincount(frames).min() > 400


def test_pose_noise_keeps_quaternions_and_has_the_asked_size(flat_model, humanoid):
    skeleton = ModelLayout.build(flat_model, humanoid)
    pose = torch.from_numpy(flat_model.qpos0).expand(2000, -1)
    noisy = reset.add_pose_noise(pose, 0.1, skeleton, torch.Generator().manual_seed(0))
    quats = noisy[:, skeleton.ball_qpos]
    torch.testing.assert_close(quats.norm(dim=-1), torch.ones_like(quats[..., 0]))
    assert torch.equal(noisy[:, :3], pose[:, :3])
    spread = (quat_angle(quats, pose[:, skeleton.ball_qpos]) ** 2).mean() / 3
    assert abs(float(spread) - 0.01) < 0.0005
    assert abs(float((noisy - pose)[:, skeleton.hinge_qpos].std()) - 0.1) < 0.005


def test_velocity_noise_has_the_asked_size():
    noisy = reset.add_velocity_noise(torch.ones(500, 30), 0.2, torch.Generator().manual_seed(0))
    assert abs(float(noisy.std()) - 0.2) < 0.01
    assert abs(float(noisy.mean()) - 1.0) < 0.01


def test_shoves_are_of_every_size_and_to_all_sides_in_the_plane_only():
    shoved = reset.add_push(torch.ones(2000, 30), 2.0, torch.Generator().manual_seed(0)) - 1.0
    speed = shoved[:, :2].norm(dim=1)
    assert 1.99 < float(speed.max()) <= 2.0 + 1e-5
    assert abs(float((speed < 1.0).float().mean()) - 0.5) < 0.05
    assert shoved[:, :2].mean(0).abs().max() < 0.1
    assert (shoved[:, 2:] == 0).all()


def test_lifted_by_the_deepest_body_only_upwards():
    qpos = torch.zeros(2, 7)
    lifted = reset.lifted(qpos, torch.tensor([[0.0, -0.02, -0.05], [0.0, 0.0, 0.0]]))
    torch.testing.assert_close(lifted[:, 2], torch.tensor([0.05, 0.0]))
    assert lifted[:, [0, 1, 3, 4, 5, 6]].abs().max() == 0


def test_place_noise_moves_the_root_in_the_plane_only(flat_model):
    pose = torch.from_numpy(flat_model.qpos0).expand(2000, -1)
    moved = reset.add_place_noise(pose, 0.2, torch.Generator().manual_seed(0)) - pose
    assert moved[:, 2:].abs().max() == 0
    assert abs(float(moved[:, :2].std()) - 0.2) < 0.01
