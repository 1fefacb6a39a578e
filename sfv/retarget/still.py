"""One pose on a character: what a single image gives."""

from dataclasses import replace

import numpy as np

from sfv.body.model import Body
from sfv.character import Character
from sfv.errors import SfvError
from sfv.motion.body_motion import CONTACT_POINTS, BodyMotion
from sfv.retarget.config import RetargetConfig
from sfv.retarget.retarget import FEWEST_FRAMES, retarget


def retarget_still(
    motion: BodyMotion, character: Character, config: RetargetConfig | None = None, body: Body | None = None
) -> np.ndarray:
    """The pose of ``character`` that has the posture of a motion of one frame. Shape (nq,), metres, radians.

    The frame is held for as long as retargeting asks for, so that limits and links that keep apart count for it as for a clip. It
    stands with its lowest point on z = 0, and nothing is pulled to the ground: a still has no speeds that tell a standing foot
    from one in the air, and its lowest sole may be anywhere (upside down in a backflip, standing feet moved the joints by a
    radian). Raises SfvError for a motion of several frames, or a body map that lacks the legs.
    """
    if len(motion) != 1:
        raise SfvError(f"the motion has {len(motion)} frames; give one of them, or retarget the whole as a clip")
    held = replace(
        motion,
        poses=np.repeat(motion.poses, FEWEST_FRAMES, axis=0),
        trans=np.repeat(motion.trans, FEWEST_FRAMES, axis=0),
        contacts=np.zeros((FEWEST_FRAMES, len(CONTACT_POINTS))),
        confidence=None,
        grounded=False,
    )
    clip, _ = retarget(held, character, replace(config or RetargetConfig(), cyclic="no"), body)
    return clip.qpos[FEWEST_FRAMES // 2]
