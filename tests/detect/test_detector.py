"""Detectors by name, those of other packages included."""

from importlib.metadata import EntryPoint

import pytest

from sfv.detect import detector
from sfv.detect.foreign.read import read_foreign
from sfv.errors import UnknownNameError


def test_other_packages_add_theirs(monkeypatch):
    added = EntryPoint("made", "sfv.detect.foreign.read:read_foreign", detector.ENTRY_POINTS)
    monkeypatch.setattr(detector, "entry_points", lambda group: [added] if group == "sfv.detectors" else [])
    assert detector.find_detector("made") is read_foreign
    with pytest.raises(UnknownNameError, match="known: blazepose, json, made, npz, openpose"):
        detector.find_detector("other")
