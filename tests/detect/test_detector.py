"""Detectors by name, those of other packages included."""

from importlib.metadata import EntryPoint

import pytest

from sfv.detect import detector
from sfv.detect.readers import read_npz_keypoints
from sfv.errors import UnknownNameError


def test_other_packages_add_theirs(monkeypatch):
    added = EntryPoint("made", "sfv.detect.readers:read_npz_keypoints", detector.ENTRY_POINTS)
    monkeypatch.setattr(detector, "entry_points", lambda group: [added] if group == "sfv.detectors" else [])
    assert detector.find_detector("made") is read_npz_keypoints
    with pytest.raises(UnknownNameError, match="known: blazepose, made, npz, openpose"):
        detector.find_detector("other")
