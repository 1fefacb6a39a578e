"""An unknown description is compiled in a process of its own first; what MuJoCo says of it is one sentence."""

import shutil

import mujoco
import pytest

from sfv.errors import FileFormatError
from sfv.mjcf import load_spec, trial
from sfv.mjcf.words import in_a_sentence

BALL = '<mujoco><worldbody><body name="b"><freejoint/><geom size=".1"/></body></worldbody></mujoco>'


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Nothing is known from before."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def load(tmp_path):
    def write_and_load(xml):
        (tmp_path / "robot.xml").write_text(xml)
        return load_spec(tmp_path / "robot.xml", tmp_path)

    return write_and_load


def test_a_sound_description_is_tried_once(load, tmp_path, monkeypatch):
    tried = []
    run = trial._run
    monkeypatch.setattr(trial, "_run", lambda path: tried.append(path) or run(path))
    assert load(BALL).body("b") is not None
    load(BALL)
    (tmp_path / "other").mkdir()
    shutil.copy(tmp_path / "robot.xml", tmp_path / "other")
    load_spec(tmp_path / "other" / "robot.xml", tmp_path / "other")  # the same content elsewhere
    assert len(tried) == 1
    load(BALL.replace(".1", ".2"))
    assert len(tried) == 2


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ('<body name="m"><joint/></body>', r"mass and inertia of moving bodies .* \(body 'm', line 1\)"),
        ('<body><joint range="1 -1" limited="true"/><geom size=".1"/></body>', "range"),
        ('<geom type="egg"/>', "invalid keyword.*<geom>"),
        ('<attach model="nobody" body="b" prefix="p"/>', "nobody"),
    ],
)
def test_what_mujoco_refuses_is_one_sentence(load, inside, words):
    with pytest.raises(FileFormatError, match=words) as caught:
        load(f"<mujoco><worldbody>{inside}</worldbody></mujoco>")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("MuJoCo cannot read ")


def test_a_crash_ends_the_child_alone(load, monkeypatch):
    """A model that attaches itself, past the check that would tell it."""
    monkeypatch.setattr("sfv.mjcf.load.Check.main", lambda check, path: check.files.setdefault(path, None))
    name = '<asset><model name="m" file="robot.xml"/></asset>'
    with pytest.raises(FileFormatError, match=r"crash \(SIG"):
        load(f'<mujoco>{name}<worldbody><attach model="m" body="b" prefix="p"/></worldbody></mujoco>')


def test_time_and_memory_end_somewhere(load, monkeypatch):
    body = "<body><freejoint/><geom size='.1'/></body>"
    many = f"<replicate count='20000' offset='1 0 0'>{body}</replicate>"
    monkeypatch.setattr(trial, "BUDGET_SECONDS", 1.0)
    with pytest.raises(FileFormatError, match="more than 1 s of processor time"):
        load(f"<mujoco><worldbody>{many}</worldbody></mujoco>")
    monkeypatch.setattr(trial, "BUDGET_BYTES", 2**20)
    with pytest.raises(FileFormatError, match="memory"):
        load('<mujoco><asset><hfield name="h" nrow="4000" ncol="4000" size="1 1 1 1"/></asset></mujoco>')


def test_sizes_of_the_compiled_model_are_bounded(load, monkeypatch):
    monkeypatch.setattr(trial, "MAX_SPEEDS", 5)
    with pytest.raises(FileFormatError, match="6 degrees of freedom; up to 5"):
        load(BALL)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Error: no mass\nElement name 'arm', id 3, line 9", "no mass (element 'arm', line 9)"),
        ("XML Error: Error: repeated name\nElement 'body', line 1", "repeated name (element <body>, line 1)"),
        ("Error: bad size\nElement name '', id 4, line 9", "bad size (element number 4, which has no name, line 9)"),
    ],
)
def test_words(message, words):
    assert in_a_sentence("r.xml", message) == f"MuJoCo cannot read r.xml: {words}"


def test_what_ships_is_as_mujoco_alone_reads_it(humanoid):
    plain = mujoco.MjModel.from_xml_path(str(humanoid.mjcf))
    ours = humanoid.model()
    assert (plain.nq, plain.nv, plain.nu, plain.nbody) == (ours.nq, ours.nv, ours.nu, ours.nbody)
