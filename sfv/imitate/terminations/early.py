"""When an episode has failed: a fall, too far from the reference, or physics that broke down."""

from torch import Tensor


def fallen(ground_contact: Tensor, may_touch: Tensor) -> Tensor:
    """A body touches the ground that must not. Shapes (N, nbody) bool -> (N,) bool."""
    return (ground_contact & ~may_touch).any(-1)


def strayed(root_pos: Tensor, com: Tensor, reference_root: Tensor, reference_com: Tensor, distance: float) -> Tensor:
    """Root or centre of mass further than ``distance`` metres from the reference's. Shapes (N, 3) -> (N,) bool."""
    root = (root_pos - reference_root).norm(dim=-1)
    return (root > distance) | ((com - reference_com).norm(dim=-1) > distance)
