import json

import numpy as np

from sfv.cli.main import run
from sfv.reconstruct.hmr.weights import load_weights


def write_clip(folder, name):
    """Half a second of DeepMimic's humanoid that bends an elbow."""
    frames = []
    for index in range(16):
        frame = [1 / 30, 0.02 * index, 0.9, 0, 1, 0, 0, 0, *[1, 0, 0, 0] * 2]
        for _ in range(2):
            frame += [1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0.1 * index]
        frames.append(frame)
    (folder / name).write_text(json.dumps({"Loop": "none", "Frames": frames}))


def test_train_writes_weights_that_can_be_loaded(tmp_path, capsys):
    write_clip(tmp_path, "humanoid3d_wave.txt")
    small = [
        "--network.width",
        "32",
        "--network.hidden",
        "32",
        "--network.blocks",
        "1",
        "--batch",
        "4",
        "--no-bfloat16",
    ]
    out = tmp_path / "run"
    assert (
        run(["hmr", "train", "--mocap", str(tmp_path), "--out", str(out), "--steps", "3", "--device", "cpu", *small])
        == 0
    )
    assert "weights.npz" in capsys.readouterr().out
    assert (out / "curve.png").stat().st_size > 1000
    weights = load_weights(out / "weights.npz")
    assert weights.regressor.config.width == 32
    assert all(np.isfinite(value.numpy()).all() for value in weights.regressor.state_dict().values())


def test_check_prints_a_row_for_each_held_out_clip(tmp_path, capsys):
    write_clip(tmp_path, "humanoid3d_roll.txt")
    assert run(["hmr", "check", "--mocap", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip() for line in lines] == ["clip", "---", "roll", "mean"]
    assert all(float(value) > 0 for value in lines[2].split("|")[2:-1])


def test_a_folder_without_motion_is_one_line(tmp_path, capsys):
    assert run(["hmr", "train", "--mocap", str(tmp_path), "--out", str(tmp_path / "run")]) == 1
    assert "holds no motion capture" in capsys.readouterr().err


def test_finetune_says_what_does_not_fit(tmp_path, capsys):
    arguments = ["hmr", "finetune", "--keypoints", str(tmp_path / "a.npz"), "--motions", str(tmp_path / "b.npz")]
    assert run([*arguments, "--out", str(tmp_path / "w.npz")]) == 1
    assert "a.npz does not exist" in capsys.readouterr().err
