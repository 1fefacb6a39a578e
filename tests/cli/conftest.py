"""One finished chain on a short real crop of the demo video, shared by the tests of the verbs."""

import pytest

from sfv.cli import main

SMALL = (
    "--learner.total-samples", "8192", "--learner.worlds", "64", "--learner.n-steps", "16", "--learner.batch-size", "512",
    "--learner.nr-interval", "4096", "--learner.nr-starts", "2", "--learner.hidden", "32", "--imitation.episode-seconds", "2",
)  # fmt: skip


@pytest.fixture(scope="session")
def small():
    """Flags of a training that takes a second."""
    return SMALL


@pytest.fixture(scope="session")
def finished(walk_crop_video, tmp_path_factory):
    """Folder of a finished `sfv run`."""
    folder = tmp_path_factory.mktemp("run") / "walk"
    assert main.run(["run", str(walk_crop_video), "--out", str(folder), *SMALL]) == 0
    return folder
