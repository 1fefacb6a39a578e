import mujoco
import pytest

from sfv.character import list_characters, load_character
from sfv.errors import FileFormatError
from sfv.motion.body_motion import SMPL_JOINTS


@pytest.mark.parametrize("name", sorted(list_characters()))
def test_every_character_is_complete(name):
    character = load_character(name)
    assert sum(character.joint_weights.values()) == pytest.approx(1)
    assert set(character.body_map.values()) <= set(SMPL_JOINTS)
    assert not set(character.feet) & set(character.fall_bodies)
    assert character.licence != "not stated"
    assert character.sources
    character.spec().compile()


def test_humanoid_has_the_published_figures():
    model = load_character("humanoid").spec().compile()
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    assert model.body_mass.sum() == pytest.approx(45.0)
    assert (model.nq, model.nv, model.nu) == (43, 34, 28)
    geom = model.geom("head").id
    top = data.geom_xpos[geom, 2] + model.geom("head").size[0]
    assert top == pytest.approx(1.62, abs=0.01)
    foot = model.geom("left_foot").id
    assert data.geom_xpos[foot, 2] - model.geom_size[foot, 2] == pytest.approx(0, abs=1e-6)


def test_wrong_names_are_told(tmp_path):
    source = load_character("humanoid").folder
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    toml = tmp_path / "character.toml"
    text = toml.read_text()
    toml.write_text(text.replace('feet = ["right_ankle"', 'feet = ["right_hoof"'))
    with pytest.raises(FileFormatError, match=r"unknown body right_hoof.*humanoid\.xml has"):
        load_character(str(tmp_path))
    toml.write_text(text.replace("[body_map]", "[body_map"))
    with pytest.raises(FileFormatError, match="not valid TOML"):
        load_character(str(tmp_path))
    toml.write_text(text.replace("mjcf =", "mjfc ="))
    with pytest.raises(FileFormatError, match="lacks mjcf"):
        load_character(str(tmp_path))
    toml.write_text(text)
    (tmp_path / "humanoid.xml").write_text("<mujoco><worldbody></mujoco>")
    with pytest.raises(FileFormatError, match="cannot be loaded"):
        load_character(str(tmp_path))
