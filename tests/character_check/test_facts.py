import pytest

from sfv.body import load_body
from sfv.character import load_character
from sfv.character_check.facts import measure
from sfv.errors import SfvError


@pytest.fixture
def mended(tmp_path):
    """A copy of a character whose file has one text replaced by another."""

    def mend(name, old, new, file="character.toml"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for source in load_character(name).folder.iterdir():
            (folder / source.name).write_bytes(source.read_bytes())
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
        return load_character(str(folder))

    return mend


@pytest.mark.parametrize(
    ("name", "old", "new", "file", "words"),
    [
        ("humanoid", "licence", "license", "character.toml", "no licence is stated"),
        ("humanoid", 'masses = "', 'weights = "', "character.toml", "[sources] says nothing of mass;"),
        (
            "humanoid",
            "left_shoulder = [1.5707963, 0.0, 0.0]",
            "",
            "character.toml",
            "left_shoulder) points 90 degrees away",
        ),
        ("humanoid", 'left_elbow = "left_elbow"', "", "character.toml", "nothing follows SMPL's left_elbow"),
        ("humanoid", "chest = 0.5", "", "character.toml", "chest has no weight in the reward"),
        ("g1", 'range="-1.0472 2.0944"', 'range="-1.0472 1.2"', "g1.xml", "exclude its T-pose of 1.57 rad"),
        ("g1", 'forcerange="-88 88"', "", "g1.xml", "servo left_hip_pitch_joint has no torque limit"),
        ("g1", '"pelvis", "waist_yaw_link"', '"waist_yaw_link"', "character.toml", "means nothing: pelvis"),
    ],
)
def test_what_is_missing_is_told(mended, name, old, new, file, words):
    facts = measure(mended(name, old, new, file), load_body(name="open"))
    assert any(words in warning for warning in facts.warnings)


def test_characters_that_cannot_be_used_are_refused(mended):
    with pytest.raises(SfvError, match="lacks left_knee"):
        measure(mended("humanoid", 'left_knee = "left_knee"', ""), load_body(name="open"))
    motor = '<motor name="extra" joint="waist_yaw_joint"/></actuator>'
    with pytest.raises(SfvError, match="is not a position servo"):
        measure(mended("g1", "</actuator>", motor, "g1.xml"), load_body(name="open"))


@pytest.mark.parametrize("name", ["humanoid", "atlas", "g1"])
def test_what_ships_has_no_warnings(name):
    assert measure(load_character(name), load_body(name="open")).warnings == ()


def test_limb_angles_and_size():
    facts = measure(load_character("atlas"), load_body(name="open"))
    assert facts.mass == pytest.approx(169.5, abs=1e-3)
    assert facts.height == pytest.approx(1.82, abs=1e-3)
    angles = {row.body: row.limb_deg for row in facts.rows}
    assert angles["l_uarm"] < 3
    assert 5 < angles["l_lleg"] < 10  # the body stands with its feet apart
    assert angles["l_hand"] is None
    assert next(row.joints for row in facts.rows if row.body == "r_uleg") == ("r_leg_hpz", "r_leg_hpx", "r_leg_hpy")
