"""Skills of captured motion: the clip belongs to a third party, so it is fetched and made again at first use, not shipped."""

import shutil
from hashlib import sha256
from pathlib import Path

import numpy as np

from sfv.assets import cache_folder
from sfv.errors import SfvError
from sfv.files import atomic_path
from sfv.motion.clip import Clip
from sfv.retarget.captured import captured_clip
from sfv.storage.run_files import CLIP

_TOLERANCE = 1e-3
"""Metres, quaternion parts or radians by which a clip made again may differ: rounding of another machine."""


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
