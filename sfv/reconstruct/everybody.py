"""Several people of one film in one world: one camera, one up direction, one ground where they share it."""

from dataclasses import replace

import torch

from sfv.body import Body
from sfv.detect.keypoints import Keypoints
from sfv.errors import NoPersonError
from sfv.motion.body_motion import BodyMotion
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.fit import Progress, fit
from sfv.reconstruct.fit.unknowns import GroundPlane
from sfv.reconstruct.model.skeleton import Skeleton
from sfv.reconstruct.observe.observations import Observations, observe
from sfv.reconstruct.reconstruct import to_motion
from sfv.reconstruct.world import world_frame
from sfv.system.threads import one_torch_thread

SAME_LEVEL = 0.25
"""People whose grounds differ by less than this stand on the same one, metres; others are on a roof, a table, a stair."""


@one_torch_thread()
def reconstruct_everybody(
    keypoints: Keypoints, config: ReconstructConfig, body: Body, progress: Progress | None = None
) -> dict[int, BodyMotion]:
    """Recover everybody who is seen long enough, in one world.

    The person whose feet stand in most frames is recovered first; the world, the camera's focal length and the ground are theirs.
    The others are fitted to that ground, or, where they stand on another level, to the same up direction; then ``grounded`` is
    false, because z = 0 is not their ground, and a note says how far above it they stand.

    Returns motions by the person's number in ``keypoints``. Raises NoPersonError where nobody is seen long enough.
    """
    skeleton, observed = Skeleton(body), _observable(keypoints, config)
    total = len(observed) + 1

    def part(number: int) -> Progress:
        return lambda share, name: progress((number + share) / total, name) if progress else None

    alone = {}
    for number, (person, seen) in enumerate(observed.items()):
        alone[person] = fit(seen, skeleton, config, part(number))
    leader = max(alone, key=lambda person: float(alone[person].contact.max(1).values.sum()))
    first = alone[leader]
    frame = world_frame(first)
    shared = replace(config, focal_px=first.focal_px, up_c=tuple(first.ground.up.tolist()))
    motions = {leader: to_motion(first, observed[leader], skeleton, body, config)}
    for person, seen in observed.items():
        if person == leader:
            continue
        seen = replace(seen, focal_px=first.focal_px)
        found = fit(seen, skeleton, shared, part(total - 1))
        offset = float(found.ground.height - first.ground.height)
        level = abs(offset) < SAME_LEVEL
        if level:
            found = fit(seen, skeleton, shared, part(total - 1), ground=_as_double(first.ground))
        motion = to_motion(found, seen, skeleton, body, config, frame)
        if not level:
            note = f"stands {abs(offset):.1f} m {'above' if offset > 0 else 'below'} the common ground"
            motion = replace(motion, grounded=False, notes=(*motion.notes, note))
        motions[person] = motion
    return {person: replace(motions[person], film=keypoints.film) for person in sorted(motions)}


def _observable(keypoints: Keypoints, config: ReconstructConfig) -> dict[int, Observations]:
    found, reasons = {}, []
    for person in range(keypoints.num_people):
        try:
            found[person] = observe(keypoints.select(person), config)
        except NoPersonError as error:
            reasons.append(str(error))
    if not found:
        raise NoPersonError(reasons[0] if reasons else "nobody was found, so nobody can be reconstructed")
    return found


def _as_double(ground: GroundPlane) -> GroundPlane:
    return GroundPlane(ground.up.to(torch.float64), ground.height.to(torch.float64))
