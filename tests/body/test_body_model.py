"""The open body and SMPL files: found in the stated order, posed as smplx poses them."""

import numpy as np
import pytest
import torch

from sfv.body import load_body
from sfv.body.model import OPEN_BODY
from sfv.errors import FileFormatError, SfvError
from sfv.motion.smpl import SMPL_JOINTS, SMPL_PARENTS


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch, tmp_path):
    monkeypatch.delenv("SFV_BODY", raising=False)
    monkeypatch.setattr("sfv.body.model.platformdirs.user_data_dir", lambda name: str(tmp_path / "data"))


@pytest.fixture
def body():
    return load_body()


@pytest.fixture
def motion():
    random = np.random.default_rng(3)
    return 0.4 * random.standard_normal((70, 24, 3)), random.standard_normal(10), random.standard_normal((70, 3))


def test_open_body_is_an_average_adult_in_smpl_layout(body):
    mesh, joints = body.rest_vertices(np.zeros(10)), body.rest_joints(np.zeros(10))
    assert body.name == "open"
    assert body.parents == SMPL_PARENTS
    assert 1.67 < np.ptp(mesh[:, 1]) < 1.71
    assert body.faces.max() == len(mesh) - 1
    np.testing.assert_allclose(body.skin_weights.sum(1), 1.0, atol=1e-5)
    for left in [i for i, name in enumerate(SMPL_JOINTS) if name.startswith("left")]:
        assert joints[left, 0] > 0
        np.testing.assert_allclose(joints[left] * [-1, 1, 1], joints[left + 1], atol=1e-4)
    arm = joints[[16, 18, 20, 22]]
    np.testing.assert_allclose(arm[:, 1:], arm[:1, 1:].repeat(4, 0), atol=3e-3)


def test_shapes_change_stature_and_proportions(body):
    def lengths(betas):
        joints = body.rest_joints(betas)
        return np.linalg.norm(joints[4] - joints[1]), np.linalg.norm(joints[12] - joints[0])

    taller = np.eye(10)[0]
    assert np.ptp(body.rest_vertices(taller)[:, 1]) - np.ptp(body.rest_vertices(np.zeros(10))[:, 1]) == pytest.approx(
        0.1, abs=0.03
    )
    ratios = [lengths(np.eye(10)[k])[0] / lengths(np.eye(10)[k])[1] for k in range(10)]
    assert np.ptp(ratios) > 0.03


def test_joints_and_vertices_agree_with_smplx(body, motion):
    poses, betas, trans = motion

    def as_tensor(values):
        return torch.as_tensor(values, dtype=torch.float32)

    out = body.model(
        betas=as_tensor(betas)[None].expand(70, -1),
        global_orient=as_tensor(poses[:, 0]),
        body_pose=as_tensor(poses[:, 1:]).flatten(1),
        transl=as_tensor(trans),
    )
    np.testing.assert_allclose(body.joints(poses, betas, trans), out.joints[:, :24].detach().numpy(), atol=1e-5)
    np.testing.assert_allclose(body.vertices(poses, betas, trans), out.vertices.detach().numpy(), atol=1e-6)
    assert out.joints.shape[1] == 24 + 21


def test_a_turned_pelvis_turns_everything_about_the_pelvis(body):
    quarter = np.zeros((1, 24, 3))
    quarter[0, 0] = [np.pi / 2, 0, 0]  # y-up to z-up
    joints = body.joints(quarter, np.zeros(10), np.zeros((1, 3)))[0]
    rest = body.rest_joints(np.zeros(10))
    np.testing.assert_allclose(joints[15] - joints[0], (rest[15] - rest[0])[[0, 2, 1]] * [1, -1, 1], atol=1e-6)
    np.testing.assert_allclose(joints[0], rest[0], atol=1e-9)


def _save_as(path, **changes):
    with np.load(OPEN_BODY) as data:
        arrays = {name: data[name] for name in data.files} | changes
    np.savez(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


def test_search_order(tmp_path, monkeypatch):
    data = tmp_path / "data"
    data.mkdir()
    mine = _save_as(data / "SMPL_NEUTRAL.npz", body_name=None, v_template=np.load(OPEN_BODY)["v_template"] * 1.1)
    assert load_body().name == "smpl"
    assert np.ptp(load_body().v_template[:, 1]) == pytest.approx(1.1 * 1.69, abs=0.02)
    assert load_body(name="open").name == "open"
    monkeypatch.setenv("SFV_BODY", str(OPEN_BODY))
    assert load_body().name == "open"
    assert load_body(mine).name == "smpl"
    assert load_body(name="smpl").name == "smpl"


def test_a_model_of_another_name_is_refused():
    with pytest.raises(SfvError, match="no body model 'smpl'"):
        load_body(name="smpl")
    with pytest.raises(SfvError, match="made for 'smpl'"):
        load_body(OPEN_BODY, name="smpl")


def test_betas_of_a_longer_model_are_not_cut_silently(body):
    assert len(body.pad_betas(np.zeros(16))) == 10
    with pytest.raises(SfvError, match="16 betas"):
        body.rest_joints(np.ones(16))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": None}, "lacks weights"),
        ({"weights": np.ones((1229, 23))}, "24 joints"),
        ({"weights": np.ones((1229, 52))}, "52 joints, as SMPL-H has; give an SMPL file"),
        ({"weights": np.ones((1229, 55))}, "55 joints, as SMPL-X has; give an SMPL file"),
        ({"v_template": np.full((1229, 3), np.nan)}, "NaN"),
    ],
)
def test_damaged_files_are_refused(tmp_path, changes, message):
    with pytest.raises(FileFormatError, match=message):
        load_body(_save_as(tmp_path / "body.npz", **changes))


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileFormatError, match=r"nobody\.npz does not exist"):
        load_body(tmp_path / "nobody.npz")
