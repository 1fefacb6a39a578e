"""character.toml of any damage is one sentence that names the key."""

import shutil

import pytest

from sfv.character import load_character
from sfv.errors import SfvError

FEET = 'feet = ["right_ankle", "left_ankle"]'
SHOULDER = "left_shoulder = [1.5707963, 0.0, 0.0]"


@pytest.fixture
def changed(tmp_path):
    """Loads a copy of the humanoid whose character.toml has one text replaced by another."""
    shutil.copytree(load_character("humanoid").folder, tmp_path / "own")
    path = tmp_path / "own" / "character.toml"
    text = path.read_text()

    def load(old, new):
        assert old in text
        path.write_text(text.replace(old, new))
        return load_character(str(path.parent))

    return load


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('mjcf = "humanoid.xml"', 'mjcf = "../../x"', "'../../x', which lies outside of its folder; copy the MJCF and its meshes"),
        ('mjcf = "humanoid.xml"', 'mjcf = "/etc/passwd"', "lies outside"),
        ('mjcf = "humanoid.xml"', 'mjcf = "none.xml"', "'none.xml', which is not there"),
        ('mjcf = "humanoid.xml"', "mjcf = 5", "mjcf must be text, not 5"),
        (FEET, "feet = 5", "feet must be a list of names"),
        (FEET, 'feet = "right_ankle"', "feet must be a list of names, not 'right_ankle'"),
        (FEET, 'feet = [["right_ankle"]]', "feet must be text, not a list"),
        (FEET, "feet = []", "feet is empty"),
        (FEET, 'feet = ["world"]', "body world, which is no part of the robot"),
        ('root = "root"\nfeet', 'root = "chest"\nfeet', "the free joint of humanoid.xml is in body 'root'"),
        ('root = "pelvis"', "root = {a = 1}", "body_map.root must be text, not a table"),
        ("chest = 0.5", "chest = nan", "joint_weights.chest must be a finite number, not nan"),
        ("chest = 0.5", f"chest = {'9' * 400}", "joint_weights.chest must be a finite number, not so large a number"),
        ("chest = 0.5", f"chest = {'9' * 5000}", "not a readable TOML file"),
        ("chest = 0.5", "chest = -1.0", "joint_weights must not be negative"),
        ("chest = 0.5", "chest = [[[[]]]]", "joint_weights.chest must be a finite number, not a list"),
        (SHOULDER, "left_shoulder = [90, 0, 0]", "t_pose.left_shoulder must be radians"),
        ("armature = 0.05", "armature = -1", r"\[training\].armature must be at least 0"),
        ("armature = 0.05", "substeps_cyclic = 0", "substeps_cyclic must be at least 1"),
    ],
)  # fmt: skip
def test_values_are_held_against_what_they_must_be(changed, old, new, words):
    with pytest.raises(SfvError, match=words) as caught:
        changed(old, new)
    assert "\n" not in str(caught.value)


def test_what_a_terminal_would_obey_is_not_printed(changed):
    assert changed('description = "', 'description = "\\u001b[2J').description.startswith(" [2J")


def test_a_robot_without_a_free_joint_is_told_so(changed, tmp_path):
    xml = tmp_path / "own" / "humanoid.xml"
    xml.write_text(xml.read_text().replace('<freejoint name="root"/>', '<joint name="root" type="slide"/>'))
    with pytest.raises(SfvError, match="must have a free joint first; add <freejoint/> to body 'root'"):
        changed("chest = 0.5", "chest = 0.5")
