import mujoco
import pytest

from sfv.character import TrainingHints, list_characters, load_character
from sfv.errors import FileFormatError
from sfv.motion.smpl import SMPL_JOINTS


@pytest.mark.parametrize("name", sorted(list_characters()))
def test_every_character_is_complete(name):
    character = load_character(name)
    once = {
        **{joint: joint for joint in character.joint_weights},
        **{j: n for n, c in character.chains.items() for j in c},
    }
    weights = {once[joint]: weight for joint, weight in character.joint_weights.items()}
    assert sum(weights.values()) == pytest.approx(1)  # a chain of hinges counts once
    assert all(weights[once[joint]] == weight for joint, weight in character.joint_weights.items())
    assert not set(character.hands) & set(character.feet)
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
    with pytest.raises(FileFormatError, match="not a readable TOML file"):
        load_character(str(tmp_path))
    toml.write_text(text.replace("mjcf =", "mjfc ="))
    with pytest.raises(FileFormatError, match="lacks mjcf"):
        load_character(str(tmp_path))
    toml.write_text(text)
    (tmp_path / "humanoid.xml").write_text("<mujoco><worldbody></mujoco>")
    with pytest.raises(FileFormatError, match="MuJoCo cannot read"):
        load_character(str(tmp_path))


@pytest.fixture
def mended(tmp_path):
    """Loads a copy of Atlas whose character.toml has one text replaced by another."""
    source = load_character("atlas").folder
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    text = (tmp_path / "character.toml").read_text()

    def load(old, new):
        assert old in text
        (tmp_path / "character.toml").write_text(text.replace(old, new))
        return load_character(str(tmp_path))

    return load


def test_weight_of_a_chain_holds_for_each_hinge(mended):
    weights = mended("l_hip = 0.5", "l_hip = 0.7").joint_weights
    assert weights["l_leg_hpx"] == weights["l_leg_hpy"] == pytest.approx(0.7 / 5.0)
    with pytest.raises(FileFormatError, match="counts l_leg_hpx twice"):
        mended("l_hip = 0.5", "l_hip = 0.5\nl_leg_hpx = 0.1")
    with pytest.raises(FileFormatError, match="unknown joint l_leg_hpq"):
        mended('"l_leg_hpx", "l_leg_hpy"]', '"l_leg_hpq", "l_leg_hpy"]')


def test_training_hints(mended):
    assert load_character("humanoid").training == TrainingHints(armature=0.05, fine_armature=0.01)
    hints = mended("fine_armature = 0.02", "fine_armature = 0.03\nsubsteps_acyclic = 12").training
    assert (hints.armature, hints.fine_armature, hints.substeps_acyclic) == (None, 0.03, 12)
    with pytest.raises(FileFormatError, match="unknown key armatures; known: action_scale"):
        mended('armature = "none"', "armatures = 1.0")


def test_values_of_the_wrong_kind_are_told(mended):
    with pytest.raises(FileFormatError, match="value of the wrong kind"):
        mended("neck_ry = 0.1", 'neck_ry = "some"')
    with pytest.raises(FileFormatError, match="l_arm_ely has 2 numbers"):
        mended("l_arm_ely = 1.5707963", "l_arm_ely = [1.5, 0.0]")
    with pytest.raises(FileFormatError, match="unknown body l_paw"):
        mended('hands = ["r_hand", "l_hand"]', 'hands = ["r_hand", "l_paw"]')


def test_t_pose_of_balls_and_hinges():
    humanoid = load_character("humanoid")
    model = humanoid.spec().compile()
    qpos = humanoid.t_pose_qpos(model)
    start = model.joint("left_shoulder").qposadr[0]
    assert qpos[start : start + 4] == pytest.approx([0.5**0.5, 0.5**0.5, 0.0, 0.0], abs=1e-6)
    atlas = load_character("atlas")
    model = atlas.spec().compile()
    assert atlas.t_pose_qpos(model)[model.joint("l_arm_ely").qposadr[0]] == pytest.approx(1.5707963)
