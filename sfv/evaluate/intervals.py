"""How sure a share is that was counted."""

import math

Z_95 = 1.959963984540054
"""Standard deviations to either side that hold 95 % of a normal distribution."""


def wilson(k: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a share of which ``k`` of ``n`` were seen (Wilson 1927), 95 % with the default ``z``.

    Unlike k/n +- z sqrt(k (n - k) / n^3) it is right for few trials and for shares near 0 and 1.
    """
    if not 0 <= k <= n or n == 0:
        raise ValueError(f"k must lie in [0, n] and n be positive, got {k} of {n}")
    share, spread = k / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)
