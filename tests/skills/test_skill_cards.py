"""Cards of skills: numbers that are none and names that are paths."""

import shutil

import pytest

from sfv.errors import SfvError
from sfv.names.skill import CARD, SHIPPED, read_skill

WALK = SHIPPED / "humanoid" / "walk"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("nr = 0.98", "nr = nan", "nr must be"),
        ("seconds = 20.0", "seconds = -inf", "seconds must be"),
        ('name = "walk"', 'name = "../../walk"', "plain name"),
        ('character = "humanoid"', 'character = "/tmp"', "plain name"),
        ('clip = "walk"', 'clip = "a/b"', "plain name"),
        ("starts = 32", 'starts = "many"', "starts must be"),
        ("starts = 32", "", "lacks starts"),
        ("starts = 32", "starts = 32\nextra = 1", "unknown key extra"),
    ],
)
def test_card_that_is_none(tmp_path, old, new, words):
    folder = shutil.copytree(WALK, tmp_path / "walk")
    text = (folder / CARD).read_text()
    assert old in text
    (folder / CARD).write_text(text.replace(old, new, 1))
    with pytest.raises(SfvError, match=words) as told:
        read_skill(folder)
    assert CARD in str(told.value)
