"""Geman-McClure's robust error."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class GemanMcClure:
    """0.5 r^2 / sigma^2 / (1 + r^2 / scale^2): half the squared error near zero, levelling off beyond ``scale``."""

    sigma: float
    scale: float

    def energy(self, squared: Tensor) -> Tensor:
        """Of squared residuals, elementwise."""
        return 0.5 * (squared / self.sigma**2) / (1.0 + squared / self.scale**2)

    def weight(self, squared: Tensor) -> Tensor:
        """Weight w of the parabola 0.5 w r^2 of the same slope, elementwise.

        In the solver the parabola stands for the error: its gradient is exact, its curvature is never negative.
        """
        return 1.0 / self.sigma**2 / (1.0 + squared / self.scale**2).square()
