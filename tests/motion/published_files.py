"""Files as the published systems write them, of one known motion; joblib's format is written here without joblib."""

import collections
import pickle
import sys
import types
import zlib

import numpy as np
import torch

from sfv.motion.rest import REST_JOINTS
from sfv.motion.rotations import rotmat_to_rotvec, rotvec_to_rotmat

FRAMES = 60
Z_UP_TO_Y_UP = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])


class NumpyArrayWrapper:
    """What joblib puts in an array's place."""

    def __init__(self, array):
        self.subclass, self.shape, self.dtype = type(array), array.shape, array.dtype
        self.order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
        self.allow_mmap = not array.dtype.hasobject
        self.numpy_array_alignment_bytes = 16


NumpyArrayWrapper.__module__ = "joblib.numpy_pickle"


class JoblibPickler(pickle._Pickler):
    """Writes each array's bytes behind its wrapper, aligned to 16 bytes, as joblib since 1.3 does."""

    def __init__(self, file):
        super().__init__(file, protocol=4)
        self.raw = file

    def save(self, obj, save_persistent_id=True):
        if type(obj) is not np.ndarray:
            return super().save(obj, save_persistent_id)
        wrapper = NumpyArrayWrapper(obj)
        super().save(wrapper)
        self.framer.commit_frame(force=True)
        if obj.dtype.hasobject:
            pickle.dump(obj, self.raw, protocol=2)
            return None
        padding = 16 - (self.raw.tell() + 1) % 16
        self.raw.write(bytes([padding]) + b"\xff" * padding)
        self.raw.write(obj.tobytes("F" if wrapper.order == "F" else "C"))
        return None


def dump_joblib(content, path, compress=False):
    """joblib.dump(content, path, compress=3 if compress else 0)."""
    module = types.ModuleType("joblib.numpy_pickle")
    module.NumpyArrayWrapper = NumpyArrayWrapper
    kept = {name: sys.modules.get(name) for name in ("joblib", "joblib.numpy_pickle")}
    sys.modules |= {"joblib": types.ModuleType("joblib"), "joblib.numpy_pickle": module}
    try:
        with path.open("wb") as file:
            JoblibPickler(file).dump(content)
    finally:
        for name, value in kept.items():
            if value is None:
                del sys.modules[name]
            else:
                sys.modules[name] = value
    if compress:
        path.write_bytes(zlib.compress(path.read_bytes(), 3))
    return path


def matrices(rotvec):
    return rotvec_to_rotmat(torch.as_tensor(rotvec)).numpy()


def rotvecs(rotmat):
    return rotmat_to_rotvec(torch.as_tensor(np.ascontiguousarray(rotmat))).numpy()


class Truth:
    """A walk along x in our world, turning and bending smoothly; starts over the origin, ground at 0."""

    def __init__(self, body="smpl"):
        rng, t = np.random.default_rng(0), np.linspace(0, 1, FRAMES)[:, None]
        waves = rng.normal(size=(3, 72)) * 0.2
        self.poses = (sum(waves[k] * np.sin((k + 1) * 3 * t + k) for k in range(3))).reshape(-1, 24, 3)
        self.poses[:, 22:] = 0
        upright = np.array(
            [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
        )  # SMPL's rest pose stands along y, faces +z
        self.root = matrices(self.poses[:, 0]) @ upright
        self.poses[:, 0] = rotvecs(self.root)
        self.pelvis = np.hstack((2 * t, 0.1 * np.sin(np.pi * t), 0.9 + 0.05 * np.sin(9 * t)))
        self.rest = REST_JOINTS[body]
        self.betas = np.linspace(-0.5, 0.5, 10)
        self.frames = np.arange(FRAMES)
        # a level camera 4 m behind, 1.2 m high, that looks along x
        self.camera_rotation = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])
        self.camera_translation = -self.camera_rotation @ np.array([-4.0, 0.5, 1.2])

    def trans(self, axes=None, offset=0.0):
        """Root rotation vectors and SMPL translation in other axes: point = axes @ point_w + offset."""
        axes = np.eye(3) if axes is None else axes
        pelvis = (axes @ self.pelvis[..., None])[..., 0] + offset
        return rotvecs(axes @ self.root), pelvis - self.rest[0]


def write_wham(path, truth=None, people=(3,)):
    truth = truth or Truth()
    results = collections.defaultdict(dict)
    for person in people:
        root, _ = truth.trans(Z_UP_TO_Y_UP)
        pelvis = truth.pelvis @ Z_UP_TO_Y_UP.T + [0.3, 0.7, -2.0]
        hips = (truth.rest[1] + truth.rest[2]) / 2 - truth.rest[0]
        camera_root, camera_trans = truth.trans(truth.camera_rotation, truth.camera_translation)
        body = truth.poses[:, 1:].reshape(FRAMES, -1)
        results[person] = {
            "pose": np.hstack((camera_root, body)).astype(np.float32),
            "trans": camera_trans + np.array([person, 0, 0]),
            "pose_world": np.hstack((root, body)),
            "trans_world": pelvis + matrices(root) @ hips,
            "betas": np.tile(truth.betas, (FRAMES, 1)).astype(np.float32),
            "verts": np.zeros((FRAMES, 3, 3), np.float32),
            "frame_ids": truth.frames + 5,
        }
    return dump_joblib(results, path)


def write_phalp(path, truth=None, size=(720, 1280)):
    """``size`` is height and width; the person is missing in frames 20-24, only predicted in 40, and somebody else comes late."""
    truth = truth or Truth()
    _, trans = truth.trans(truth.camera_rotation, truth.camera_translation)
    root = truth.camera_rotation @ truth.root
    body = matrices(truth.poses[:, 1:])
    content = {}
    for t in range(FRAMES):
        camera = trans[t] * [1, 1, 5000 / 256]  # our focal length is the longer side, theirs 5000 / 256 of it
        smpl = {"global_orient": root[t][None].astype(np.float32), "body_pose": body[t].astype(np.float32),
                "betas": truth.betas.astype(np.float32)}  # fmt: skip
        frame = {"time": t, "shot": 0, "frame_path": f"img/{t:06d}.jpg", "tid": [], "bbox": [], "tracked_time": [], "smpl": [],
                 "camera": [], "size": [], "conf": [], "mask": [], "appe": []}  # fmt: skip
        for person in ([7] if not 20 <= t < 25 else []) + ([9] if t > 50 else []):
            for key, value in (
                ("tid", person), ("bbox", np.array([1.0, 2, 3, 4])), ("tracked_time", int(t == 40)), ("smpl", smpl),
                ("camera", camera + np.array([person - 7, 0, 0])), ("size", list(size)), ("conf", np.float32(0.9)),
                ("mask", [{"size": [2, 2], "counts": "abc"}]), ("appe", np.zeros(16, np.float32)),
            ):  # fmt: skip
                frame[key].append(value)
        content[f"img/{t:06d}.jpg"] = frame
    return dump_joblib(content, path, compress=True)


def write_gvhmr(path, truth=None, still=True):
    truth = truth or Truth("smplx")
    root, trans = truth.trans(Z_UP_TO_Y_UP, np.array([0.2, -0.4, 1.0]))
    camera_root, camera_trans = truth.trans(truth.camera_rotation, truth.camera_translation)
    if not still:
        camera_trans = camera_trans + np.linspace(0, 1, FRAMES)[:, None]
    both = {"body_pose": truth.poses[:, 1:22].reshape(FRAMES, 63), "betas": np.tile(truth.betas, (FRAMES, 1))}
    intrinsics = np.tile(np.array([[900.0, 0, 640], [0, 900, 360], [0, 0, 1]]), (FRAMES, 1, 1))
    content = {
        "smpl_params_global": both | {"global_orient": root, "transl": trans},
        "smpl_params_incam": both | {"global_orient": camera_root, "transl": camera_trans},
        "K_fullimg": intrinsics,
        "net_outputs": {"static_conf_logits": np.zeros((1, FRAMES, 6))},
    }
    torch.save(_tensors(content), path)
    return path


def write_tram(folder, truth=None, gravity=False):
    """The camera moves and turns; with ``gravity`` its poses are also given in a y-up world."""
    truth = truth or Truth()
    swing = matrices(np.stack((np.zeros(FRAMES), np.linspace(0, 0.4, FRAMES), np.zeros(FRAMES)), 1))
    walk = np.stack((np.linspace(0, 0.5, FRAMES), np.zeros(FRAMES), np.linspace(0, 1, FRAMES)), 1)
    # frame 0's camera is the level one; cam_R, cam_T lead from camera t into its axes
    first_root, first = (
        truth.camera_rotation @ truth.root,
        truth.pelvis @ truth.camera_rotation.T + truth.camera_translation,
    )
    root = np.swapaxes(swing, 1, 2) @ first_root
    pelvis = np.einsum("nji,nj->ni", swing, first - walk)
    folder.mkdir()
    (folder / "hps").mkdir()
    camera = {"pred_cam_R": swing.astype(np.float32), "pred_cam_T": walk.astype(np.float32), "img_focal": np.float64(800.0),
              "img_center": np.array([320.0, 240.0])}  # fmt: skip
    if gravity:
        flip = np.diag([1.0, -1.0, -1.0])
        tilt = matrices(np.array([0.3, 0.0, 0.0]))
        camera |= {"pred_cam_R": tilt @ swing, "world_cam_R": flip @ swing, "world_cam_T": walk @ flip}
    np.save(folder / "camera.npy", camera)
    for person in range(2):
        keep = slice(0, FRAMES) if person == 0 else slice(0, 20)
        np.save(folder / "hps" / f"hps_track_{person}.npy", _tensors({
            "pred_cam": np.zeros((FRAMES, 3))[keep], "pred_pose": np.zeros((FRAMES, 144))[keep],
            "pred_shape": np.tile(truth.betas, (FRAMES, 1))[keep],
            "pred_rotmat": np.concatenate((root[:, None], matrices(truth.poses[:, 1:])), 1)[keep],
            "pred_trans": (pelvis - truth.rest[0])[keep, None] + [person, 0, 0], "frame": truth.frames[keep],
        }))  # fmt: skip
    return folder


def write_slahmr(path, truth=None, tilt=0.2):
    """The camera is tilted by ``tilt``; two tracks, the second two metres aside and seen in frames 10 to 39 only."""
    truth = truth or Truth()
    axes = matrices(np.array([tilt, 0.0, 0.0])) @ truth.camera_rotation
    root, trans = truth.trans(axes, truth.camera_translation)
    up = axes @ [0.0, 0.0, 1.0]
    height = up @ truth.camera_translation  # of the ground along ``up``
    np.savez(
        path, trans=np.stack((trans, trans + axes @ [0.0, 2.0, 0.0])), root_orient=np.stack((root, root)),
        pose_body=np.tile(truth.poses[:, 1:22].reshape(1, FRAMES, 63), (2, 1, 1)), betas=np.tile(np.r_[truth.betas, np.zeros(6)], (2, 1)),
        cam_R=np.tile(np.eye(3), (2, FRAMES, 1, 1)), cam_t=np.zeros((2, FRAMES, 3)), intrins=np.array([700.0, 700, 400, 300]),
        floor_plane=(up * height)[None], floor_idcs=np.zeros(2, int), world_scale=np.ones((1, 1)),
    )  # fmt: skip
    return path


def write_amass(path, truth=None, smplx=False):
    truth = truth or Truth("smplx" if smplx else "smpl")
    root, trans = truth.trans()
    body = truth.poses[:, 1:22].reshape(FRAMES, 63)
    if smplx:
        np.savez(path, gender="female", surface_model_type="smplx", mocap_frame_rate=30.0, trans=trans, root_orient=root, pose_body=body,
                 poses=np.hstack((root, body, np.zeros((FRAMES, 99)))), betas=np.zeros(16),
                 markers_latent_vids=np.array({"C7": 1}, dtype=object))  # fmt: skip
    else:
        np.savez(path, gender=np.array(b"male"), mocap_framerate=30.0, trans=trans, betas=np.r_[truth.betas, np.zeros(6)],
                 poses=np.hstack((root, body, np.zeros((FRAMES, 90)))), dmpls=np.zeros((FRAMES, 8)))  # fmt: skip
    return path


def write_prompthmr(path, truth=None):
    truth = truth or Truth("smplx")
    root, trans = truth.trans(Z_UP_TO_Y_UP)
    pose = np.hstack((root, truth.poses[:, 1:22].reshape(FRAMES, 63), np.zeros((FRAMES, 99))))
    rotation = truth.camera_rotation @ Z_UP_TO_Y_UP.T
    camera = {"Rcw": np.tile(rotation, (FRAMES, 1, 1)), "Tcw": np.tile(truth.camera_translation, (FRAMES, 1)), "img_focal": 900.0,
              "img_center": np.array([320.0, 240.0])}  # fmt: skip
    person = {"frames": truth.frames, "smplx_world": {"pose": pose, "shape": np.zeros((FRAMES, 10)), "trans": trans}}
    content = {
        "camera": {"img_focal": 900.0},
        "people": {1: person},
        "timings": {},
        "masks": None,
        "camera_world": camera,
    }
    return dump_joblib(content, path)


def _tensors(content):
    if isinstance(content, dict):
        return {name: _tensors(value) for name, value in content.items()}
    return torch.as_tensor(np.ascontiguousarray(content))
