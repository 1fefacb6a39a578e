"""A video to which keypoints are given."""

import numpy as np
import pytest

from sfv.video import write_video


@pytest.fixture(scope="session")
def film(tmp_path_factory):
    """40 frames of 300 x 200 pixels, 20 a second."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_video(path, [np.zeros((200, 300, 3), np.uint8)] * 40, 20)
    return path
