"""Files that no reader takes are named for what they are, by their content."""

import json
import lzma
import pickle

import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.deepmimic import read_deepmimic
from sfv.motion.published import read_published
from sfv.recognise import kind_of, schema_of, unknown

FILES = {
    "walk.bvh": (b"HIERARCHY\nROOT Hips\n{\n  OFFSET 0 0 0\n", "BVH"),
    "renamed.txt": (b"\xef\xbb\xbfHIERARCHY\nROOT Hips\n", "BVH"),
    "walk.csv": (
        b"0.1,0.2,0.79" + b",0" * 33 + b"\n" + b"0.1,0.2,0.79" + b",0" * 33 + b"\n",
        "CSV table of 36 columns",
    ),
    "named.csv": (b"time,root_x,root_y\n0,1,2\n", "CSV table of 3 columns"),
    "a.fbx": (b"Kaydara FBX Binary  \x00", "FBX"),
    "a.glb": (b"glTF\x02\0\0\0", "GLB"),
    "a.gltf": (b'{"asset": {"version": "2.0"}, "buffers": []}', "glTF"),
    "a.c3d": (b"\x02\x50" + b"\0" * 100, "C3D"),
    "a.trc": (b"PathFileType\t4\t(X/Y/Z)\n", "TRC"),
    "a.vmd": (b"Vocaloid Motion Data 0002", "VMD"),
    "a.html": (b"<!DOCTYPE html><html>", "web page"),
    "a.json": (b'{"frames": [1], "bones": {}}', "JSON"),
    "a.xml": (b"<?xml version='1.0'?><!-- x --><mujoco/>", "model of a robot"),
    "lfs.npz": (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
    "a.mp4": (b"\0\0\0 ftypisom", "a film"),
    "empty.npz": (b"", "an empty file"),
    "a.txt": (b"Copyright (c) somebody.\nAll rights reserved.\n", "text"),
}


@pytest.mark.parametrize("read", [read_deepmimic, read_published, BodyMotion.load, Clip.load, schema_of])
@pytest.mark.parametrize("name", FILES)
def test_every_reader_says_what_it_is(tmp_path, name, read):
    content, words = FILES[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=words) as caught:
        read(path)
    told = str(caught.value)
    assert told.startswith(f"{path} is ")
    assert "read are: " in told
    assert "underflow" not in told
    assert "\n" not in told


def test_what_was_compressed_is_looked_into(tmp_path):
    path = tmp_path / "walk.bvh.xz"
    path.write_bytes(lzma.compress(FILES["walk.bvh"][0]))
    for read in (read_deepmimic, read_published, Clip.load):
        with pytest.raises(FileFormatError, match="is BVH"):
            read(path)


def test_names_that_were_found_are_listed(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"poses": [], "rate": 3}))
    with pytest.raises(FileFormatError, match="it holds poses, rate"):
        read_deepmimic(tmp_path / "a.json")
    np.savez(tmp_path / "a.npz", joints=np.zeros(3), names=np.zeros(2))
    for read in (BodyMotion.load, Clip.load, read_published):
        with pytest.raises(FileFormatError, match="it holds joints, names"):
            read(tmp_path / "a.npz")
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"dof_pos": [1], "fps": 30}))
    with pytest.raises(FileFormatError, match="it holds dof_pos, fps"):
        read_published(tmp_path / "a.pkl")


def test_results_of_other_systems_are_sent_to_reconstruct(tmp_path):
    torch.save({"a": torch.zeros(2)}, tmp_path / "a.pt")
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(1))
    for name in ("a.pt", "a.pkl"):
        with pytest.raises(FileFormatError, match="sfv reconstruct"):
            read_deepmimic(tmp_path / name)


def test_what_is_known_is_not_called_unknown(tmp_path):
    np.savez(tmp_path / "a.npz", schema="sfv.clip", objects=np.array({"a": 1}, dtype=object))
    assert schema_of(tmp_path / "a.npz") == "sfv.clip"
    assert kind_of(tmp_path / "a.npz") is None
    (tmp_path / "b.npz").write_bytes(b"\x00\x01\x02" + (tmp_path / "a.npz").read_bytes()[3:])
    assert "not a readable npz" in str(unknown(tmp_path / "b.npz"))
