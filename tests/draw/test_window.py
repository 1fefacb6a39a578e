import sys

import mujoco
import pytest

from sfv.draw import window
from sfv.draw.window import WindowError, open_window, why_no_window


@pytest.fixture
def headless(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_without_a_display_the_reason_is_named(headless):
    assert why_no_window() == "there is no display"
    model = mujoco.MjModel.from_xml_string("<mujoco/>")
    with pytest.raises(WindowError, match="no window can be opened: there is no display"):
        open_window(model, mujoco.MjData(model), print)


def test_a_display_that_does_not_answer_is_found_out(headless, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":987654")
    assert why_no_window() == "the display does not answer"


def test_a_display_that_hangs_is_given_up(headless, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(window, "_PROBE", "import time; time.sleep(60)")
    monkeypatch.setattr(window, "_SECONDS", 0.2)
    assert "did not answer within" in why_no_window()


def test_a_display_that_answers_is_taken(headless, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(window, "_PROBE", "")
    assert why_no_window() == ""


def test_macos_needs_mujocos_own_launcher(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "mjpython" in why_no_window()
