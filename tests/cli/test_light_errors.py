"""What is wrong with a command line is told before anything heavy is imported."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from sfv.cli.main import VERBS

HEAVY = ("torch", "stable_baselines3", "scipy", "matplotlib", "cv2", "mujoco", "smplx", "av")
WRONG = {  # command line -> a word of what is said
    "run none.mp4": "there is no video 'none.mp4'",
    "run film.mp4 --character hulk": "unknown character 'hulk'",
    "run film.mp4 --env mars": "unknown env 'mars'",
    "run film.mp4 --body none.pkl": "none.pkl does not exist",
    "run film.mp4 --config none.toml": "none.toml does not exist",
    "run film.mp4 --config broken.toml": "not a readable TOML file",
    "run film.mp4 --out plain.txt": "cannot write in plain.txt",
    "detect none.mp4": "there is no video",
    "detect other.npz": "is an archive (as .npz is), neither film nor picture",
    "detect plain.txt": "plain.txt is text, which is not read here; read are: films",
    "complete empty.npz": "empty.npz is an empty file",
    "complete plain.txt": "plain.txt is text",
    "run film.mp4 --config other.toml": "other.toml has no table [chain]; it holds [run]",
    "hmr finetune --keypoints plain.txt --motions plain.txt": "plain.txt is text",
    "export plain.txt --name x": "plain.txt is text, which is not read here",
    "detect film.mp4 --out .": "is a folder",
    "reconstruct none.npz": "there is no none.npz",
    "reconstruct keypoints.npz --body none.pkl": "none.pkl does not exist",
    "reconstruct keypoints.npz --video none.mp4": "there is no video",
    "reconstruct keypoints.npz --spin 101": "--spin must be at least 0 and at most 100",
    "retarget none.npz": "there is no clip 'none.npz'",
    "retarget . ": "is a folder",
    "retarget empty.npz --character hulk": "unknown character 'hulk'",
    "train none.npz": "there is no clip 'none.npz'",
    "train": "nothing to imitate",
    "train empty.npz --character hulk": "unknown character 'hulk'",
    "train empty.npz --env mars": "unknown env 'mars'",
    "train empty.npz --config none.toml": "none.toml does not exist",
    "train empty.npz --physics.substeps 0": "--physics.substeps must be at least 1",
    "hmr train --mocap none": "none does not exist",
    "hmr check --mocap empty.npz": "empty.npz is a file",
    "hmr finetune --keypoints none.npz --motions none.npz": "none.npz does not exist",
    "evaluate moonwalk": "unknown skill 'moonwalk'",
    "evaluate none/": "does not exist",
    "evaluate empty.npz": "is an empty file",
    "evaluate .": "holds no trained policy",
    "compare walk": "at least two runs",
    "compare walk moonwalk": "unknown skill 'moonwalk'",
    "compare walk walk --env mars": "unknown env 'mars'",
    "render": "nothing to film",
    "render none.npz": "none.npz does not exist",
    "render empty.npz": "empty.npz is an empty file",
    "render .": "holds no trained policy",
    "render keypoints.npz": "holds 'sfv.keypoints'",
    "complete none.png": "none.png does not exist",
    "complete .": "is a folder",
    "complete film.mp4 --skill moonwalk": "unknown skill 'moonwalk'",
    "play moonwalk": "unknown skill 'moonwalk'",
    "play walk --character hulk": "unknown character 'hulk'",
    "play walk --output film.txt": "does not end like a video",
    "view none.npz": "none.npz does not exist",
    "view .": "holds no trained policy",
    "view keypoints.npz": "holds 'sfv.keypoints'",
    "export none --name x": "unknown skill 'none'",
    "export . --name x": "holds no trained policy",
    "character check hulk": "unknown character 'hulk'",
    "fetch moon": "unknown asset 'moon'",
    "bench train --clip none.npz": "there is no clip",
    "bench robustness moonwalk": "unknown skill 'moonwalk'",
    "bench retarget moonwalk": "there is no clip",
    "bench skills --character hulk": "unknown character 'hulk'",
}
_CODE = """
import json, sys
import contextlib, io
from sfv.cli import main
HEAVY, lines = json.loads(sys.argv[1]), json.loads(sys.argv[2])
told, known = [], set()
for line in lines:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main.run(line.split())
        except SystemExit as stop:
            code = stop.code
    loaded = [name for name in HEAVY if name in sys.modules and name not in known]
    told.append((line, code, out.getvalue(), err.getvalue(), loaded))
    known.update(loaded)
print(json.dumps(told))
"""


def _run(lines, folder):
    environment = {**os.environ, "SFV_ASSETS": str(folder / "assets"), "SFV_PATH": "", "PIP_NO_INDEX": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _CODE, json.dumps(HEAVY), json.dumps(lines)],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("light")
    (made / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (made / "empty.npz").write_bytes(b"")
    (made / "plain.txt").write_text("text")
    np.savez(made / "other.npz", a=1)
    (made / "other.toml").write_text("[run]\n")
    (made / "broken.toml").write_text("a = = 1")
    np.savez(made / "keypoints.npz", schema="sfv.keypoints", schema_version=1)
    return made


def test_errors_load_nothing_heavy(folder):
    for line, code, _, err, loaded in _run(list(WRONG), folder):
        assert code == 1, f"sfv {line}: {code} {err}"
        assert WRONG[line] in err, f"sfv {line}: {err}"
        assert not loaded, f"sfv {line} loads {loaded}"
        assert err.startswith("sfv: error: "), f"sfv {line}: {err}"
        assert err.count("\n") == 1, f"sfv {line}: {err}"


def test_help_and_wrong_flags_load_nothing_heavy(folder):
    helps = [f"{verb} --help" for verb in VERBS]
    wrong = [f"{verb} --no-such-flag" for verb in VERBS]
    for line, code, out, err, loaded in _run(["--help", "--version", *helps, *wrong], folder):
        assert code == (2 if line in wrong else 0), f"sfv {line}: {code} {err}"
        assert "Traceback" not in out + err
        assert not loaded, f"sfv {line} loads {loaded}"
