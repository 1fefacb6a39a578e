import cv2
import numpy as np
import pytest

from sfv.cli.stock.character import main
from sfv.errors import SfvError


def test_check_prints_tables_and_draws_the_t_pose(tmp_path, capsys):
    main(["check", "atlas", "--out", str(tmp_path)])
    said = capsys.readouterr().out
    assert "mass 169.50 kg, height 1.82 m" in said
    assert "r_uleg  right_hip" in said
    assert "l_leg_aky  2960  296   740" in said
    assert "0 warnings" in said
    picture = cv2.imread(str(tmp_path / "atlas_t_pose.png"))
    body, character = picture[:480, :420], picture[:480, -420:]
    for half in (body, character):
        assert (np.ptp(half[:300].astype(int), axis=-1) > 60).any()  # something coloured before the sky


def test_unknown_character_is_refused(tmp_path):
    with pytest.raises(SfvError, match=r"unknown character.*known"):
        main(["check", "hexapod", "--out", str(tmp_path)])
