"""Skills of captured motion: the clip belongs to a third party, so it is fetched and made again at first use, not shipped."""

import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np

from sfv.assets import ASSETS, cache_folder, fetch
from sfv.character import load_character
from sfv.errors import SfvError, UnknownNameError
from sfv.files import atomic_path
from sfv.learn.run_folder import CLIP
from sfv.motion.clip import Clip
from sfv.motion.deepmimic import read_deepmimic
from sfv.retarget.clip_to_clip import retarget_clip

CAPTURED = "humanoid3d_"
"""Beginning of the names of the assets that are motion clips."""
_TOLERANCE = 1e-3
"""Metres, quaternion parts or radians by which a clip made again may differ: rounding of another machine."""


def captured_clip(asset: str, character: str) -> Clip:
    """The clip ``asset`` of the humanoid, carried over to ``character``. Raises UnknownNameError, AssetError, SfvError."""
    known = [name for name in ASSETS if name.startswith(CAPTURED)]
    if asset not in known:
        raise UnknownNameError("motion-capture clip", asset, known)
    clip = read_deepmimic(fetch(asset))
    if character == clip.character:
        return clip
    return retarget_clip(clip, load_character(clip.character), load_character(character))[0]


def same_motion(first: Clip, second: Clip) -> bool:
    """Whether two clips are the same up to rounding."""
    return (
        first.qpos.shape == second.qpos.shape
        and (first.fps, first.cyclic, first.character) == (second.fps, second.cyclic, second.character)
        and bool(np.abs(first.qpos - second.qpos).max() < _TOLERANCE)
    )


def with_clip(folder: Path, asset: str, character: str) -> Path:
    """A copy of the skill's folder in the cache that holds its clip too; made once for each content of the folder.

    Raises SfvError when the cache cannot be written, AssetError when the clip cannot be fetched.
    """
    digest = sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    made = cache_folder() / "skills" / digest.hexdigest()[:16] / character / folder.name
    if (made / CLIP).is_file():
        return made
    clip = captured_clip(asset, character)
    try:
        made.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            with atomic_path(made / path.name) as temporary:
                shutil.copyfile(path, temporary)
    except OSError as error:
        raise SfvError(
            f"cannot write {made}: {error.strerror or error}; name a writable folder in SFV_ASSETS"
        ) from error
    clip.save(made / CLIP)  # last: it marks the copy as whole
    return made
