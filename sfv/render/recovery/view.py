"""Recovered people in their world, with their way, the prints of their feet, and what was not seen of them in grey."""

from collections.abc import Callable, Sequence

import numpy as np

from sfv.motion.camera import Camera
from sfv.render.painter import FOG, TiledGround, paint_mesh, paint_shadow
from sfv.render.recovery.marks import Print, foot_prints, paint_contacts, paint_path, paint_print
from sfv.render.recovery.people import Person, in_frame

_FOG_DISTANCES = 2.5
"""Far cameras see farther: the ground's pattern fades no sooner than at so many times the distance of the people."""
_PAST, _FUTURE = 0.75, 0.25
"""How strongly the way behind and the way ahead are drawn against the ground's grey."""
_GROUND_RGB = np.array([208.0, 212.0, 216.0])
_STEEP = 0.9
"""Seen from above (sine of the camera's elevation) the way in the air would only repeat the way on the ground."""
_PRINTS = 80
"""So many of the last prints of a person are drawn."""
_FINE_FROM = 160.0
"""Size in the picture from which a body is drawn in finer triangles, pixels."""
_DOT = 3.6
"""Radius of the dot on a standing point, pixels at a height of 480."""
_PLAIN = (232, 235, 238)
"""RGB behind people for whom no ground was found."""


class WorldPanel:
    """Draws one view of the people, frame by frame of the source video."""

    def __init__(self, people: Sequence[Person], camera: Callable[[int], Camera], supersample: int) -> None:
        """``camera`` gives the camera of a source frame; all of them share rotation, height and size."""
        self._people, self._camera, self._supersample = people, camera, supersample
        self._grounded = any(person.motion.grounded for person in people)
        self._prints: list[tuple[Person, list[Print]]] = [(person, foot_prints(person)) for person in people]
        self._ground: TiledGround | None = None
        self._last: tuple[np.ndarray, np.ndarray] | None = None

    def draw(self, source_frame: int) -> np.ndarray:
        """The picture (H, W, 3) uint8 RGB."""
        camera = self._camera(source_frame)
        image = self._empty(camera)
        present = [(person, index) for person in self._people if (index := in_frame(person, source_frame)) is not None]
        for person, prints in self._prints:
            left = [mark for mark in prints if mark.first + person.motion.first_frame <= source_frame]
            for mark in left[-_PRINTS:]:
                paint_print(image, mark, camera, 0.45)
        for person in self._people:
            done = np.clip(source_frame - person.motion.first_frame + 1, 0, len(person.motion))
            floor = person.pelvis * [1, 1, 0] if person.motion.grounded else person.pelvis
            faint, strong = (_GROUND_RGB + share * (person.colour - _GROUND_RGB) for share in (_FUTURE, _PAST))
            paint_path(image, floor[max(done - 1, 0) :], camera, faint, 1)
            paint_path(image, floor[:done], camera, strong, 2)
        for person, index in present:
            if person.motion.grounded:
                paint_shadow(image, person.vertices[index], person.body.faces, camera)
        order = sorted(present, key=lambda one: -float(camera.to_camera(one[0].pelvis[one[1]])[2]))
        for person, index in order:
            self._paint_person(image, person, index, camera)
        for person, index in order:
            if camera.rotation[2, 2] > -_STEEP:
                paint_path(image, person.pelvis[: index + 1], camera, 0.55 * person.colour, 1)
            paint_contacts(image, person, index, camera, _DOT * image.shape[0] / 480)
        return image

    def _paint_person(self, image: np.ndarray, person: Person, index: int, camera: Camera) -> None:
        vertices = person.vertices[index]
        fine = float(np.ptp(camera.project(vertices[::7]), axis=0).max()) > _FINE_FROM
        faces = person.mesh.faces if fine else person.body.faces
        skin = person.mesh.refine(vertices) if fine else vertices
        paint_mesh(image, skin, faces, camera, person.face_colours(index, fine), 1.0, self._supersample)

    def _empty(self, camera: Camera) -> np.ndarray:
        """Ground and sky; the last picture again where the camera did not move."""
        width, height = camera.image_size
        if not self._grounded:
            return np.full((height, width, 3), _PLAIN, np.uint8)
        if self._last is None or not np.array_equal(self._last[0], camera.position_w):
            distance = float(camera.to_camera(self._people[0].pelvis[0])[2])
            self._ground = self._ground or TiledGround(camera, max(FOG, _FOG_DISTANCES * distance))
            self._last = camera.position_w, self._ground.picture(camera)
        return self._last[1].copy()
