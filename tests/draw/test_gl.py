"""Which OpenGL is taken, and what is said where there is none."""

import sys

import pytest

from sfv.draw import gl
from sfv.draw.gl import PACKAGES, RenderError, find_backend


@pytest.fixture(autouse=True)
def _on_linux_without_a_wish(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("MUJOCO_GL", raising=False)


def test_the_first_that_works_is_taken():
    assert find_backend(lambda backend: "") == "egl"
    assert find_backend(lambda backend: "no libEGL.so.1" if backend == "egl" else "") == "osmesa"


def test_without_any_the_packages_are_named():
    with pytest.raises(RenderError, match=f"egl: broken; osmesa: broken.*apt-get install {PACKAGES}"):
        find_backend(lambda backend: "broken")


def test_the_users_wish_is_tried_alone_and_named_when_it_fails(monkeypatch):
    monkeypatch.setenv("MUJOCO_GL", "OSMesa")
    tried = []
    with pytest.raises(RenderError, match="unset MUJOCO_GL"):
        find_backend(lambda backend: tried.append(backend) or "broken")
    assert tried == ["osmesa"]


def test_other_systems_use_their_own(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert find_backend(lambda backend: "never asked") == "cgl"


def test_a_probe_of_an_impossible_backend_gives_its_reason():
    assert "nonsense" in gl.probe("nonsense").lower()


def test_a_probe_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr(gl, "_PROBE", "import time; time.sleep(30)")
    monkeypatch.setattr(gl, "_SECONDS", 0.2)
    assert "did not answer" in gl.probe("egl")
