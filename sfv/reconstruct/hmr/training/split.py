"""Which clips are trained on: none that is held out, and none that holds the same recording under another name."""

from collections.abc import Mapping

from sfv.errors import SfvError
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.hmr.config import MotionConfig
from sfv.reconstruct.hmr.training.nearest import Nearest, nearest


def trained_on(clips: Mapping[str, BodyMotion], config: MotionConfig) -> tuple[dict[str, BodyMotion], list[str]]:
    """Clips to train on, and a line for each other one that says why it is left out.

    Raises SfvError where none is left.
    """
    rest = {name: clip for name, clip in clips.items() if name not in config.never_trained_on and len(clip) > 1}
    lines = [f"{name}: held out" for name in clips if name in config.never_trained_on]
    for names, alike in ((config.held_out, config.alike_mm), (config.held_out_too, config.alike_too_mm)):
        held = {name: clips[name] for name in names if name in clips}
        if not held or not (config.copy_mm or alike):
            continue
        for name, found in nearest(rest, held).items():
            if found.millimetres < config.copy_mm or found.median < alike:
                lines.append(f"{name}: {_why(found)}")
                del rest[name]
    if not rest:
        raise SfvError("no clip is left to train on: give a folder with more than the held-out clips")
    return rest, lines


def _why(found: Nearest) -> str:
    return (
        f"half a second is within {found.millimetres:.0f} mm of {found.held_out}, which is held out (median over the clip "
        f"{found.median:.0f} mm to the nearest held-out pose)"
    )
