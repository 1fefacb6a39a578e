import runpy
from pathlib import Path

import numpy as np
import pytest

from sfv.environment import list_environments, load_environment
from sfv.environment.stepped import Gaps
from sfv.errors import FileFormatError, SfvError, UnknownNameError

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(list_environments()))
def test_every_environment_loads(name):
    assert load_environment(name).description


def test_bad_environments_are_told(tmp_path):
    file = tmp_path / "env.toml"
    file.write_text('[terrain]\nkind = "sea"\nfriction = 1')
    with pytest.raises(UnknownNameError, match="unknown terrain 'sea'"):
        load_environment(str(tmp_path))
    file.write_text('[terrain]\nkind = "plane"\nfriktion = 1.0')
    with pytest.raises(FileFormatError, match="friktion"):
        load_environment(str(tmp_path))
    file.write_text("description = 'nothing else'")
    with pytest.raises(FileFormatError, match="terrain"):
        load_environment(str(tmp_path))
    file.write_text("[terrain\n")
    with pytest.raises(FileFormatError, match="not a readable TOML file"):
        load_environment(str(tmp_path))


def test_keys_can_be_changed_in_the_name():
    changed = load_environment("slope:angle_deg=20,direction=down")
    assert changed.terrain.angle_deg == 20
    assert changed.terrain.direction == "down"
    assert load_environment(changed.name) == changed  # what a run folder keeps finds it again
    assert load_environment("flat:gravity=1.6").gravity == 1.6
    assert load_environment("flat:randomisation.mass=[0.5,2.0],friction=0.4").randomisation.mass == (0.5, 2.0)
    with pytest.raises(FileFormatError, match="steepness"):
        load_environment("slope:steepness=3")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("slope:angle_deg=50", "nobody stands on more than 45"),
        ("slope:friction=0.2", "nobody stands on more than 11"),
        ("slope:angle_deg=-5", "direction says where it rises"),
        ("rough:height=2.0", "a tenth of the ground is as steep as"),
        ("rough:wavelength=0.05", "the grid's limit"),
        ("gaps:deck=0.05", "holds no foot"),
        ("gaps:width=3.0", "nobody crosses"),
        ("beam:width=0.1", "holds no foot"),
        ("stairs:tread=0.1", "holds no foot"),
        ("stairs:rise=1.0", "cannot be climbed"),
        ("box:distance=0.0", "inside the character"),
        ("ledge:height=0.0", "height must be positive"),
        ("flat:friction=0.0", "friction must be positive"),
        ("flat:softness_seconds=0.0", "softness_seconds"),
        ("flat:randomisation.mass=[2.0,1.0]", "lowest, highest"),
        ("flat:randomisation.strength=[-1.0,1.0]", "must not be negative"),
    ],
)
def test_what_cannot_be_stood_on_is_refused(name, words):
    with pytest.raises(SfvError, match=words):
        load_environment(name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gravity = nan", "gravity must be a finite number"),
        ("gravity = -1.0", "gravity must be at least 0 and at most 100"),
        ('[terrain]\nkind = "rough"\nheight = 1e9', "height must be at least 0 and at most 1000"),
        ('[terrain]\nkind = "rough"\nwavelength = 0', "wavelength must be positive"),
        ('[terrain]\nkind = "rough"\nseed = -1', "seed must be at least 0"),
        ('[terrain]\nkind = "stairs"\nsteps = 1000000000', "steps must be at least 0 and at most 1000"),
        ('[terrain]\nkind = "scene"\nlength = 900.0\nbreadth = 900.0', "up to 2,500"),
        ('[terrain]\nkind = "scene"\nfile = "../../x"', "'../../x', which lies outside of"),
        ('[terrain]\nkind = "scene"\nfile = "/etc/passwd"', "lies outside of"),
        ('[terrain]\nkind = ["rough"]', "unknown terrain"),
        ('[terrain]\nkind = "patches"\nlanes = 5', "lanes must be a list"),
        ('[terrain]\nkind = "patches"\n' + '[[terrain.lanes]]\nkind = "slope"\n' * 65, "list of up to 64"),
        ('[[objects]]\nname = "b"\nmass = 0\nsize = [1, 1, 1]', "mass and friction must be positive"),
        ('[[objects]]\nname = "b"\nmass = -1\nsize = [1, 1, 1]', "mass must be at least 0"),
        ('[[objects]]\nname = "b"\nmass = 1e-9\nsize = [1, 1, 1]', "mass must be at least 0.0001 kg"),
        ('[[objects]]\nname = "b"\nmass = 1\nsize = [0, 1, 1]', "3 positive metres"),
        ('[[objects]]\nname = "b"\nmass = 1\nsize = [1e-9, 1, 1]', "sizes 0.001 m"),
        ('[[objects]]\nname = "b"\nmass = 1\nsize = [1e9, 1, 1]', "size must be at least 0 and at most 20"),
        ("".join(f'[[objects]]\nname = "{i}"\nmass = 1\nsize = [1, 1, 1]\n' for i in range(33)), "up to 32"),
        ("[randomisation]\nmass = [1.0, 1e300]", "mass must be at least -1000 and at most 1000"),
        ("objects = 5", "objects must be a list"),
        ("task = 5", "task must be a table"),
        ("a = " + "[" * 5000, "nested too deeply"),
    ],
)
def test_absurd_numbers_are_refused_with_their_range(tmp_path, text, words):
    (tmp_path / "scene.xml").write_text('<mujoco><worldbody><geom type="plane" size="0 0 1"/></worldbody></mujoco>')
    ground = "" if "[terrain]" in text else '[terrain]\nkind = "plane"\n'
    plain = not text.startswith("[")
    (tmp_path / "env.toml").write_text(f"{text}\n{ground}" if plain else f"{ground}{text}\n")
    with pytest.raises(SfvError, match=words) as caught:
        load_environment(str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("change", ["gravity=" + "[" * 5000, "angle_deg=1e400", "=", "a.b.c=1", "terrain.kind=5"])
def test_changes_of_any_kind_are_one_sentence(change):
    with pytest.raises(SfvError):
        load_environment(f"slope:{change}")


def test_heights_of_each_kind():
    """Known ones, at chosen places."""
    x, y = np.array([0.0, 1.0, 2.0]), np.array([0.0, 0.5, -1.0])
    rise = np.tan(np.radians(15))
    np.testing.assert_allclose(load_environment("slope").terrain.surface(x, y), rise * x)
    np.testing.assert_allclose(load_environment("slope_down").terrain.surface(x, y), -rise * x)
    np.testing.assert_allclose(load_environment("slope_side").terrain.surface(x, y), rise * y)
    stairs = load_environment("stairs").terrain
    np.testing.assert_allclose(stairs.surface(np.array([0.9, 1.1, 1.4, 99.0]), 0 * x[:1]), [0, 0.15, 0.30, 3.0])
    gaps = Gaps(width=0.3, deck=1.2, depth=2.0)
    np.testing.assert_allclose(gaps.surface(np.array([0.0, 0.59, 0.61, 0.89, 0.91]), 0.0), [0, 0, -2, -2, 0])
    assert (gaps.support(x, y) == 0).all()
    ledge = load_environment("ledge").terrain
    np.testing.assert_allclose(ledge.surface(np.array([-0.5, 0.5]), 0.0), [1.96, 0])


def test_uneven_ground_is_as_high_as_asked_and_the_same_again():
    first, again, other = (load_environment(f"rough:height=0.2,seed={seed}").terrain for seed in (1, 1, 2))
    assert np.ptp(first.heights) == pytest.approx(0.2)
    assert (first.heights == again.heights).all()
    assert np.abs(first.heights - other.heights).max() > 0.05


def test_hills_are_about_a_wavelength_apart():
    for wavelength in (0.6, 1.0, 2.0):
        heights = load_environment(f"rough:wavelength={wavelength}").terrain.heights
        line = heights - heights.mean()
        crossings = (np.diff(np.sign(line), axis=0) != 0).sum(0).mean()
        length = (heights.shape[0] - 1) * 0.1
        assert 2 * length / crossings == pytest.approx(wavelength, rel=0.25)


def test_lanes_lie_side_by_side():
    slopes = load_environment("slopes").terrain
    places = np.array(slopes.starts())
    assert len(places) == 12
    up = slopes.surface(np.array([1.0]), places[2, 2:3])
    down = slopes.surface(np.array([1.0]), places[5, 2:3])
    assert up == pytest.approx(np.tan(np.radians(15)))
    assert down == pytest.approx(-np.tan(np.radians(15)))
    with pytest.raises(SfvError, match="floor without end"):
        type(slopes)(lanes=(Gaps(),)).check()


def test_every_environment_and_character_is_in_the_wheel(monkeypatch):
    given = {}
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("setuptools.setup", lambda **settings: given.update(settings))
    runpy.run_path("setup.py")
    here = {f"sfv._envs.{path.parent.name}" for path in (ROOT / "envs").glob("*/env.toml")}
    here |= {f"sfv._characters.{path.parent.name}" for path in (ROOT / "characters").glob("*/character.toml")}
    assert len(here) > 10
    assert here <= set(given["packages"])
    assert here <= set(given["package_data"])
    assert {"sfv.imitate.rewards", "sfv.reconstruct.fit.terms"} <= set(given["packages"])
