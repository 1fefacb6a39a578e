import math
from dataclasses import replace

import pytest
import torch

from sfv.imitate.config import ImitationConfig
from sfv.imitate.reference.library import MotionLibrary
from sfv.imitate.reference.table import ClipTable
from sfv.imitate.reference.travel import Travel
from sfv.imitate.state.layout import ModelLayout
from sfv.motion.cycle import yawed


@pytest.fixture
def make(flat_model, humanoid):
    def build(clip):
        skeleton = ModelLayout.build(flat_model, humanoid)
        return MotionLibrary([ClipTable(clip, flat_model, skeleton, 30.0, ImitationConfig())])

    return build


def test_a_walk_goes_ahead_at_its_mean_speed_at_every_moment_of_every_cycle(make, walk_clip):
    reference = make(walk_clip)
    travel = Travel(reference)
    step = walk_clip.qpos[-1, :2] - walk_clip.qpos[0, :2]
    velocity = travel.velocity(reference.frame(reference.moments(torch.arange(0, 3 * reference.rows, 17))))
    wanted = torch.from_numpy(step).float() * reference.hz / reference.rows
    torch.testing.assert_close(velocity, wanted.expand_as(velocity), atol=1e-3, rtol=0)
    assert abs(travel.angle()) < 0.05


def test_a_cycle_that_turns_turns_its_travel_with_it(make, turning_clip):
    """Its chords turn by 0.4 rad a cycle; the root faces half a cycle's turn less than the chord from there."""
    reference = make(turning_clip)
    travel = Travel(reference)
    starts = torch.arange(4) * reference.rows
    x, y = travel.velocity(reference.frame(reference.moments(starts))).unbind(1)
    torch.testing.assert_close(torch.atan2(y, x), 0.2 + 0.4 * torch.arange(4), atol=1e-3, rtol=0)


def test_a_clip_that_ends_goes_from_its_first_place_to_its_last(make, short_clip):
    reference = make(short_clip)
    velocity = Travel(reference).velocity(reference.first_cycles())
    step = torch.from_numpy(short_clip.qpos[-1, :2] - short_clip.qpos[0, :2]).float()
    torch.testing.assert_close(velocity[0] * short_clip.seconds, step, atol=0.02, rtol=0)
    torch.testing.assert_close(velocity, velocity[:1].expand_as(velocity), atol=1e-5, rtol=0)


def test_who_goes_sideways_goes_at_an_angle_and_who_stays_goes_where_it_faces(make, walk_clip):
    qpos = walk_clip.qpos.copy()
    qpos[:, 3:7] = yawed(qpos[:, 3:7], 0.5 * math.pi)  # turned on the spot: it now goes to its right
    assert Travel(make(replace(walk_clip, qpos=qpos))).angle() == pytest.approx(-0.5 * math.pi, abs=0.05)
    qpos = walk_clip.qpos.copy()
    qpos[:, :2] = 0.0
    assert Travel(make(replace(walk_clip, qpos=qpos))).angle() == 0.0


def test_of_several_clips_each_travels_its_own_way(make, walk_clip, turning_clip):
    parts = [make(walk_clip), make(turning_clip)]
    library = MotionLibrary([part.clips[0] for part in parts])
    frames = torch.tensor([50, 70])
    together = Travel(library).velocity(library.frame(library.moments(frames, torch.tensor([0, 1]))))
    alone = [Travel(part).velocity(part.frame(part.moments(frames[i : i + 1]))) for i, part in enumerate(parts)]
    torch.testing.assert_close(together, torch.cat(alone))
