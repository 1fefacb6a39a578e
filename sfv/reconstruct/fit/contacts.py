"""Which points of the feet stand on the ground, judged from the fit itself: slow in the image and low."""

import torch
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from sfv.motion.contact import STANDS
from sfv.reconstruct.config import ReconstructConfig
from sfv.reconstruct.fit.balance import mean_imbalance
from sfv.reconstruct.fit.unknowns import GroundPlane
from sfv.reconstruct.model.skeleton import CONTACTS, TOUCHING_HEIGHTS, Posed

_LOWEST = 10.0  # percentile of the feet's heights that is taken for the ground before it is fitted


def find_up(posed: Posed, fps: float, config: ReconstructConfig) -> Tensor:
    """A first guess of the world's up in camera axes: from the slow feet to the centre of mass. Shape (3,).

    The image's up where no foot is slow or the guess is more than 60 degrees from it.
    """
    image_up = torch.tensor([0.0, -1.0, 0.0]).to(posed.joints)
    slow = _slow(posed, fps, config)
    slow[:, len(CONTACTS) :] = 0.0  # hands rest anywhere
    arm = mean_imbalance(posed.joints, posed.contacts, slow, image_up, fps)
    up = torch.nn.functional.normalize(arm, dim=0)
    return up if up @ image_up > 0.5 else image_up


def find_ground(posed: Posed, up: Tensor) -> GroundPlane:
    """A first ground plane under the lowest foot of the frames."""
    lowest = (posed.soles @ up).min(1).values
    return GroundPlane(up, torch.quantile(lowest, _LOWEST / 100))


def contact_probability(posed: Posed, ground: GroundPlane, fps: float, config: ReconstructConfig) -> Tensor:
    """Probability that each contact point touches the ground: slow and low. Shape (T, 6)."""
    feet = posed.contacts
    above = ground.above(feet) - feet.new_tensor(TOUCHING_HEIGHTS)
    low = torch.sigmoid((config.contact_height - above) / config.contact_height_width)
    smooth = gaussian_filter1d((_slow(posed, fps, config) * low).detach().numpy(), 1.0, axis=0)
    return torch.as_tensor(smooth, dtype=feet.dtype)


def _slow(posed: Posed, fps: float, config: ReconstructConfig) -> Tensor:
    """Probability that each contact point is at rest. Shape (T, 6).

    Speed is taken across the line of sight, because speed along it is mostly noise of the depth.
    """
    feet = posed.contacts
    if len(feet) == 1:
        return torch.ones_like(feet[..., 0])  # a single image: whoever is in it stands
    velocity = torch.gradient(feet, spacing=1 / fps, dim=0)[0]
    sight = torch.nn.functional.normalize(feet, dim=-1)
    speed = (velocity - (velocity * sight).sum(-1, keepdim=True) * sight).norm(dim=-1)
    return torch.sigmoid((config.contact_speed - speed) / config.contact_speed_width)


def settled(posed: Posed, ground: GroundPlane, contact: Tensor) -> GroundPlane:
    """The ground moved so that the lowest point of the feet is on it in the middle frame of those with a contact.

    Without any contact the lowest frames decide, as in ``find_ground``.
    """
    lowest = ground.above(posed.soles).min(1).values
    standing = contact.max(1).values > STANDS
    height = lowest[standing].median() if standing.any() else torch.quantile(lowest, _LOWEST / 100)
    return GroundPlane(ground.up, ground.height + height)
