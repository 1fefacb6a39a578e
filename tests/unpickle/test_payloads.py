"""No reader runs anything of a pickle, however it is named, called and wrapped; each says one sentence."""

import bz2
import io
import itertools
import lzma
import pickle
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from sfv.body.unpickle import load_smpl_pickle
from sfv.detect.keypoints import Keypoints
from sfv.errors import FileFormatError
from sfv.motion.body_motion import BodyMotion
from sfv.motion.clip import Clip
from sfv.motion.mocap.cmu_amp import read_cmu_amp
from sfv.motion.published import read_published

sys.path.insert(0, str(Path(__file__).parent))
from payloads import Reduced, pickles


def _npy(payload: bytes) -> bytes:
    """An array of one object whose pickle is the payload."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    return file.getvalue() + payload


def _zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_npy", ".npy").replace("_pkl", ".pkl"), content)
    return file.getvalue()


def _joblib(payload: bytes) -> bytes:
    """joblib's wrapper of an array of objects, behind which its pickle stands."""
    state = {"dtype": np.dtype("O"), "shape": (1,), "order": "C", "allow_mmap": False}
    return b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81" + pickle.dumps(state, 2)[2:-1] + b"b" + payload


def _old_torch(payload: bytes) -> bytes:
    return b"".join(pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})) + payload


def _storage(payload: bytes) -> bytes:
    """A payload in the bytes that torch.storage._load_from_bytes is given."""
    inner = pickle.dumps(_old_torch(payload), 4)[2:-1]
    return b"\x80\x04ctorch.storage\n_load_from_bytes\n" + inner + b"\x85R."


WRAPPERS = {
    "plain": bytes,
    "zlib": lambda payload: zlib.compress(payload),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "npy": _npy,
    "npz": lambda payload: _zip(trans_npy=_npy(payload), poses_npy=_npy(payload), schema_npy=_npy(payload)),
    "torch": lambda payload: _zip(archive__data_pkl=payload, archive__version=b"3"),
    "old torch": _old_torch,
    "storage": _storage,
    "joblib": _joblib,
}
READERS = {
    "published": read_published,
    "SMPL": load_smpl_pickle,
    "motion": BodyMotion.load,
    "clip": Clip.load,
    "keypoints": Keypoints.load,
    "AMP": read_cmu_amp,
}


@pytest.mark.parametrize("wrap", WRAPPERS)
@pytest.mark.parametrize("reader", READERS)
def test_nothing_is_run(tmp_path, reader, wrap):
    path, marker = tmp_path / "given.pkl", tmp_path / "ran"
    believed = []
    step = (
        1 if wrap == "plain" and reader in ("published", "SMPL") else 17
    )  # 17 shares no factor with ways and names: all come up
    for name, payload in itertools.islice(pickles(marker), 0, None, step):
        path.write_bytes(WRAPPERS[wrap](payload))
        try:
            READERS[reader](path)
        except FileFormatError as error:
            if "\n" in str(error) or str(path) not in str(error):
                believed.append(f"{name}: {error}")
        else:
            believed.append(name)
        assert not marker.exists(), name
    assert not believed


def test_the_payloads_are_no_blanks(tmp_path):
    """Python's own unpickler runs some of them, so that the test above can fail."""
    ran = 0
    for _, payload in pickles(tmp_path / "ran"):
        if b"system" in payload[:30] and payload.endswith(b"\x85R."):
            try:
                pickle.loads(payload)
            except Exception:
                continue
            ran += (tmp_path / "ran").exists()
            (tmp_path / "ran").unlink(missing_ok=True)
    assert ran > 3
    with pytest.raises(ZeroDivisionError):
        pickle.loads(pickle.dumps(Reduced(eval, "1 / 0")))
