"""README's commands, in its order, in one folder, with short settings: whoever types them one after the other meets no error."""

import re
import shlex
import shutil
from pathlib import Path

import cv2
import pytest

from sfv.cli import main
from sfv.learn.run.folder import read_summary
from sfv.learn.run.policy import load_policy
from sfv.storage.aside import is_older
from sfv.video import open_video

README = Path(__file__).parents[2] / "README.md"
_BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)

_TINY = (
    "--learner.worlds", "16", "--learner.n-steps", "4", "--learner.batch-size", "64", "--learner.total-samples", "64",
    "--learner.nr-starts", "1",
)  # fmt: skip
_SMALL_FILM = (
    "--video.height",
    "64",
    "--video.world-width",
    "64",
    "--video.max-input-width",
    "64",
    "--video.no-shadows",
)
SHORT = {
    "train": _TINY,
    "play": ("--seconds", "0.2", *_SMALL_FILM),
    "evaluate": ("--starts", "1", "--seconds", "0.5"),
    "complete": ("--seconds", "0.3", *_SMALL_FILM),
}
"""What is appended to the commands of a verb."""
LEFT_OUT = {
    "bash scripts/": "makes an environment and takes minutes; the first thing that is tried on a fresh machine",
    "pip install": "installs a CUDA build of torch",
    "torchrun": "needs several GPUs; tests/learn/test_ranks.py runs two processes",
    "RAY_ADDRESS": "needs a Ray cluster; tests/bench/test_on_ray.py",
    "python scripts/gpu_check.py": "needs a GPU",
    "sfv bench skills": "hours; tests/bench/test_bench_skills.py",
    "sfv evaluate walk --suite full": "minutes; tests/cli/test_suite_verbs.py measures with a part of it",
    "sfv compare": "needs whole suites, minutes each; tests/cli/test_suite_verbs.py",
}
"""Commands that are not run here, by how they begin, and why. That their words are right is seen in test_messages.py."""


def commands():
    """(command as it stands in README) of every line of every block."""
    for block in _BLOCK.findall(README.read_text(encoding="utf-8")):
        for line in block.splitlines():
            told = re.split(r"\s+#", line)[0].strip().removeprefix(".venv/bin/")
            if told:
                yield told


def left_out(command):
    return next((why for begin, why in LEFT_OUT.items() if command.startswith(begin)), None)


def test_the_commands_run_in_order(finished, walk_crop_video, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sfv.draw.window.why_no_window", lambda: "nobody would close it")
    shutil.copy(walk_crop_video, "my_video.mp4")
    shutil.copytree(finished, "runs/mine")  # the chain itself is run in test_run.py; here it goes on from there
    cv2.imwrite("picture.png", next(iter(open_video(walk_crop_video)))[..., ::-1])
    ran, trained = [], []
    for command in commands():
        if left_out(command):
            continue
        name, verb, *words = shlex.split(command)
        assert name == "sfv", f"say in LEFT_OUT why this is not run: {command}"
        more = ("--config", str(finished / "config.toml")) if verb == "run" else SHORT[verb] if words else ()
        more += ("--learner.total-samples", "128") if "--learner.total-samples" in words else ()
        status, told = main.run([verb, *words, *more]), capsys.readouterr()
        assert status == 0, f"{command}\n{told.err}"
        ran.append(command)
        if verb == "train":
            trained.append(told.out.split()[-1])
    assert len(ran) > 12
    assert len(set(trained)) == len(trained) - again(ran), "no training fell into another one's folder"
    for folder in trained:
        assert read_summary(folder).samples >= 64
        assert load_policy(folder).action_size > 0
    assert Path("walk.mp4").is_file()
    assert Path("push.mp4").is_file()
    assert Path("complete.json").is_file()
    assert not [path for path in Path("runs").rglob("*") if is_older(path.name)], "nothing had to give way"


def again(ran):
    """Trainings that README tells to go on with: the same words, with other samples or none."""
    plain = [re.sub(r" --learner.total-samples \S+", "", command) for command in ran if command.startswith("sfv train")]
    return len(plain) - len(set(plain))


@pytest.mark.parametrize("begin", LEFT_OUT)
def test_what_is_left_out_stands_in_readme(begin):
    assert any(command.startswith(begin) for command in commands())
