"""Robots of which no training could make anything are refused; doubtful ones are told by ``sfv character check``."""

import re
from dataclasses import replace

import pytest

from sfv.character import list_characters, load_character
from sfv.errors import SfvError
from sfv.imitate.state.layout import ModelLayout
from sfv.physics.config import PhysicsConfig
from sfv.physics.doubts import doubts
from sfv.physics.model import build_model

KNEE = '<joint name="left_knee" class="hinge" axis="0 -1 0" range="-3.14 0"/>'
SERVO = '<position name="left_knee" joint="left_knee" kp="500" kv="50" forcerange="-150 150"/>'
BODY = '<body name="extra" pos=".1 0 0">{}<inertial pos="0 0 0" mass="{}" diaginertia="{} {} {}"/></body>'
FOOT = 'size=".0885 .045 .0275" mass="1"/>'
END = "</mujoco>"


@pytest.fixture
def changed(humanoid, tmp_path):
    """The humanoid with one text of its MJCF replaced by another, everywhere."""

    def change(old, new, **fields):
        text = humanoid.mjcf.read_text()
        assert old in text
        path = tmp_path / "own.xml"
        path.write_text(text.replace(old, new))
        return replace(humanoid, mjcf=path, **fields)

    return change


def model_of(character):
    return build_model(character, None, PhysicsConfig(armature=None))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('kp="500" kv="50" forcerange="-150 150"/>', 'kp="500" kv="50" timeconst=".1"/>', "has activation dynamics"),
        (SERVO, SERVO.replace('"500"', '"-500"'), "gain kp -500.*must be positive"),
        (SERVO, SERVO.replace('"500"', '"1e10"'), r"gain kp 1e\+10 but moves .* lower kp"),
        (END, f'<equality><weld body1="root"/></equality>{END}', "ties it to the world"),
        (FOOT, FOOT.replace("/>", ' contype="0" conaffinity="0"/>'), r"none of its feet \(right_ankle, left_ankle\)"),
        (FOOT, FOOT.replace("/>", ' contype="2" conaffinity="2"/>'), r"none of its feet \(right_ankle, left_ankle\)"),
        (
            f"{KNEE}",
            f'{KNEE}{BODY.format("<joint/>", "1e-9", "1e-12", "1e-12", "1e-12")}',
            "body 'extra' with all that hangs on it weighs 1e-09 kg",
        ),
        ('<freejoint name="root"/>', '<freejoint name="root"/><geom pos="0 0 1000" size=".1" mass="1"/>', "it is 1e.03 m tall"),
        ('pos="0 0 .881416"', 'pos="0 0 .881416" euler="1.5708 0 0"', "feet are not below the root but along y"),
    ],
)  # fmt: skip
def test_what_makes_training_meaningless_is_refused(changed, old, new, words):
    character = changed(old, new)
    with pytest.raises(SfvError, match=words):
        ModelLayout.build(model_of(character), character)


def test_a_robot_without_actuators_is_refused(humanoid, tmp_path):
    head, _, tail = humanoid.mjcf.read_text().partition("<actuator>")
    path = tmp_path / "own.xml"
    path.write_text(head + tail.partition("</actuator>")[2])
    character = replace(humanoid, mjcf=path)
    with pytest.raises(SfvError, match="has no actuators; add <position"):
        ModelLayout.build(model_of(character), character)


def test_radians_read_as_degrees_are_refused(tmp_path):
    g1 = load_character("g1")
    path = tmp_path / "own.xml"
    path.write_text(g1.mjcf.read_text().replace('angle="radian"', 'angle="degree"'))
    own = replace(g1, mjcf=path)
    with pytest.raises(SfvError, match="as if radians had been read as degrees"):
        ModelLayout.build(model_of(own), own)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (KNEE, KNEE.replace(' range="-3.14 0"', ""), "without limits, .*left_knee; add range"),
        (KNEE, KNEE.replace("-3.14 0", "-180 0"), "degrees had been read as radians: left_knee"),
        (KNEE, KNEE.replace('axis="0', 'armature="0" axis="0'), "without armature .*left_knee"),
        (SERVO, SERVO.replace("kp=", 'ctrlrange="-1 0" kp='), r"left_knee \(-1 to 0 of -3.14 to 0 rad\)"),
        (END, f'<equality><joint joint1="left_knee" joint2="right_knee"/></equality>{END}', "equality constraints"),
        (END, f'<tendon><fixed name="t" stiffness="9"><joint joint="left_knee" coef="1"/></fixed></tendon>{END}', "tendons that pull.*: t"),
        ('mass="14"', 'mass="1400"', "it weighs 1.43e.03 kg; are its masses kilograms"),
        ('size=".1025" mass="2"/>', 'size=".1025" mass="2" contype="0" conaffinity="0"/>', "pass through the ground .*: neck"),
        ('kp="400" kv="40" forcerange="-90 90"', 'kp="90000" kv="0"', "its physics breaks down after"),
    ],
)  # fmt: skip
def test_what_is_doubtful_is_told(changed, old, new, words):
    character = changed(old, new)
    physics = PhysicsConfig(armature=None)
    model = build_model(character, None, physics)
    ModelLayout.build(model, character)  # it can be trained all the same
    assert [one for one in doubts(model, character, physics) if re.search(words, one)]


@pytest.mark.parametrize("name", sorted(list_characters()))
def test_what_ships_is_beyond_doubt(name):
    character = load_character(name)
    hints = character.training
    physics = PhysicsConfig(substeps=hints.substeps_cyclic, armature=hints.armature)
    assert doubts(build_model(character, None, physics), character, physics) == []
