"""The people of a recovered world, ready for pictures: their skins, colours, and which faces of the skin had no evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sfv.body.model import Body
from sfv.errors import SfvError
from sfv.motion.body_motion import CONTACT_POINTS, BodyMotion
from sfv.motion.contact import in_stance
from sfv.reconstruct.report.evidence import UNSEEN, bone_evidence
from sfv.render.painter import Subdivision

COLOURS = np.array(
    [[92, 156, 214], [222, 134, 84], [118, 178, 104], [172, 126, 204], [212, 178, 84], [96, 190, 190]], float
)
"""RGB of the people, in turn."""
UNSEEN_RGB = np.array([[150.0, 150.0, 154.0], [206.0, 206.0, 210.0]])
"""RGB of the stripes of what was not seen."""
_STRIPE = 0.035
"""Width of a stripe on the body at rest, metres."""


@dataclass(frozen=True)
class Person:
    """One person of the pictures."""

    motion: BodyMotion
    body: Body
    colour: np.ndarray
    """RGB. Shape (3,)."""
    row: int
    """Row of the keypoints that shows this person; -1 where there is none."""

    @cached_property
    def vertices(self) -> np.ndarray:
        """Skin in every frame. Shape (T, V, 3), metres, world."""
        return self.body.vertices(self.motion.poses, self.motion.betas, self.motion.trans).astype(np.float32)

    @cached_property
    def pelvis(self) -> np.ndarray:
        """Pelvis joint. Shape (T, 3), metres, world."""
        return self.body.joints(self.motion.poses, self.motion.betas, self.motion.trans)[:, 0]

    @cached_property
    def feet(self) -> np.ndarray:
        """CONTACT_POINTS on the soles. Shape (T, 4, 3), metres, world."""
        return self.vertices[:, [self.body.landmark_vertices[name.replace("_", "_sole_")] for name in CONTACT_POINTS]]

    @cached_property
    def standing(self) -> np.ndarray:
        """Which of CONTACT_POINTS stand. Shape (T, 4), bool."""
        contacts = self.motion.contacts
        return np.zeros((len(self.motion), len(CONTACT_POINTS)), bool) if contacts is None else in_stance(contacts)

    @cached_property
    def mesh(self) -> Subdivision:
        """The skin in finer triangles."""
        return Subdivision(self.body.faces, len(self.body.v_template))

    def face_colours(self, frame: int, fine: bool) -> np.ndarray:
        """RGB of each face, of the finer triangles or of the body's own: grey stripes where nothing was seen. Shape (F, 3)."""
        doubt = self._doubt[frame] if self._doubt is not None else np.zeros(1)
        if not doubt.any():
            return self.colour
        weights, stripes = self._fine if fine else self._coarse
        unseen = np.clip((weights @ doubt - 0.35) / 0.3, 0, 1)[:, None]
        return (1 - unseen) * self.colour + unseen * UNSEEN_RGB[stripes]

    @cached_property
    def _doubt(self) -> np.ndarray | None:
        """1 where the bone after a joint was not seen. Shape (T, 24)."""
        if self.motion.confidence is None:
            return None
        return (bone_evidence(self.motion.confidence) < UNSEEN).astype(float)

    @cached_property
    def _coarse(self) -> tuple[np.ndarray, np.ndarray]:
        """Share of each joint in each face (F, 24), and stripe of each face (F,)."""
        return _on_faces(self.body.skin_weights, self.body.v_template, self.body.faces)

    @cached_property
    def _fine(self) -> tuple[np.ndarray, np.ndarray]:
        return _on_faces(
            self.mesh.refine(self.body.skin_weights), self.mesh.refine(self.body.v_template), self.mesh.faces
        )


def _on_faces(weights: np.ndarray, rest: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    # arms lie along x and legs along y in the rest pose: oblique bands cross both
    bands = np.floor(rest[faces].mean(1)[:, :2].sum(1) / _STRIPE).astype(int) % 2
    return weights[faces].mean(1), bands


def people_of(motions: Sequence[BodyMotion], bodies: Sequence[Body], rows: Sequence[int]) -> list[Person]:
    """One Person for each motion of one world. Raises SfvError for none, or for motions of different rates or videos."""
    if not motions:
        raise SfvError("there is no motion to draw; give at least one")
    first = motions[0]
    for motion in motions[1:]:
        if abs(motion.fps - first.fps) > 1e-3:
            raise SfvError(
                f"motions of {first.fps:g} and {motion.fps:g} frames a second cannot share a picture; resample one"
            )
        sizes = [m.camera.image_size for m in (first, motion) if m.camera is not None]
        if len(set(sizes)) > 1:
            raise SfvError("the motions come from videos of different sizes; draw those of one video together")
    return [
        Person(motion, body, COLOURS[index % len(COLOURS)], row)
        for index, (motion, body, row) in enumerate(zip(motions, bodies, rows, strict=True))
    ]


def in_frame(person: Person, source_frame: int) -> int | None:
    """Index of a frame of the video in the person's motion, None where the person is absent."""
    index = source_frame - person.motion.first_frame
    return index if 0 <= index < len(person.motion) else None


def span(people: Sequence[Person]) -> tuple[int, int]:
    """First and last frame of the source video in which anybody is recovered."""
    return (
        min(person.motion.first_frame for person in people),
        max(person.motion.first_frame + len(person.motion) - 1 for person in people),
    )


def held_boxes(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Boxes (T, D), (T, D); frames that show nobody (infinite) take that of the last frame that does, or else of the first."""
    full = np.flatnonzero(np.isfinite(low).all(1))
    nearest = full[np.maximum(np.searchsorted(full, np.arange(len(low)), side="right") - 1, 0)]
    return low[nearest], high[nearest]
