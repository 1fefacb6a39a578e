"""Arrays of a network from a file, each held against its shape and kind, and against NaN and infinity."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from sfv.errors import FileFormatError
from sfv.motion.fields import whole

MOST_NUMBERS, MOST_LAYERS, MOST_WIDTH = 1_000_000, 64, 65_536
"""Observed or moved numbers, hidden layers and their widths that a network may have."""
_MEND = "its training diverged or the file was damaged: train again, or copy it again"


def finite_weights(value: np.ndarray, name: str, path: Path) -> np.ndarray:
    """Weights or statistics, as they are. Raises FileFormatError for what is no number, NaN, infinity, or beyond single precision."""
    if value.dtype.kind != "f":
        raise FileFormatError(f"{path}: {name} must be numbers with a fraction; it holds {value.dtype.name[:40]}")
    with np.errstate(over="ignore", invalid="ignore"):
        sound = np.isfinite(value.astype(np.float32))
    if not sound.all():
        raise FileFormatError(f"{path}: {name} holds NaN or infinity ({int((~sound).sum())} of {value.size}); {_MEND}")
    if name.endswith(("variance", "count", "exp_avg_sq", "step")) and value.size and float(value.min()) < 0:
        raise FileFormatError(f"{path}: {name} holds negative numbers, which cannot be; {_MEND}")
    return value


def network_sizes(arrays: Mapping[str, np.ndarray], path: Path) -> tuple[int, int, tuple[int, ...]]:
    """Observed numbers, moved servos and hidden widths of a policy's file, within what a network may have. Raises FileFormatError."""
    sizes = [whole(arrays[name], f"{path}: {name}", 1, MOST_NUMBERS) for name in ("observation_size", "action_size")]
    hidden = arrays["hidden"]
    empty = hidden.size == 0 and hidden.ndim == 1
    if hidden.ndim != 1 or (hidden.dtype.kind not in "iu" and not empty) or len(hidden) > MOST_LAYERS:
        raise FileFormatError(
            f"{path}: hidden must be the widths of up to {MOST_LAYERS} layers; it is {hidden.dtype.name[:40]} of shape {hidden.shape}"
        )
    widths = tuple(whole(width, f"{path}: hidden", 1, MOST_WIDTH) for width in hidden)
    return sizes[0], sizes[1], widths


def actor_shapes(observed: int, moved: int, hidden: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """Shape of every array of ``Actor``, told before one is made."""
    shapes: dict[str, tuple[int, ...]] = {
        "features_extractor.mean": (observed,),
        "features_extractor.variance": (observed,),
        "features_extractor.count": (),
    }
    before = observed
    for number, width in enumerate(hidden):
        layer = f"mlp_extractor.policy_net.{2 * number}"  # between two of them lies a ReLU
        shapes |= {f"{layer}.weight": (width, before), f"{layer}.bias": (width,)}
        before = width
    return shapes | {"action_net.weight": (moved, before), "action_net.bias": (moved,)}


def checked_state(
    arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int, ...]], path: Path
) -> dict[str, torch.Tensor]:
    """The arrays that a network of these ``shapes`` needs, by name. Raises FileFormatError where one is missing or another's."""
    missing = [name for name in shapes if name not in arrays]
    if missing:
        raise FileFormatError(f"{path} does not hold this network: it lacks {', '.join(missing[:3])}; copy it again")
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise FileFormatError(
                f"{path} does not hold this network: {name} has shape {arrays[name].shape}, not {shape}; copy it again"
            )
    return {name: torch.from_numpy(finite_weights(arrays[name], name, path).copy(order="C")) for name in shapes}
