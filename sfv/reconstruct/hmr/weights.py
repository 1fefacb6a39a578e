"""The weights file: every tensor by name and the network's shape, in one plain npz."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sfv.errors import FileFormatError
from sfv.files import load_npz, save_npz
from sfv.reconstruct.hmr.config import NetworkConfig
from sfv.reconstruct.hmr.discriminator import Discriminators
from sfv.reconstruct.hmr.network import Regressor

SCHEMA, VERSION = "sfv.hmr", 1
SHIPPED = Path(__file__).parent / "hmr_weights.npz"
"""Made by ``sfv hmr train``; docs/results/curves/hmr.csv tells the run."""
_FIRST = {"landmarks_3d": False, "certainty": False}
"""What files do not say that were written before there was a choice."""
_NETWORK, _PRIOR = "network.", "discriminators."


@dataclass(frozen=True)
class Weights:
    """Both networks, ready to be used."""

    regressor: Regressor
    discriminators: Discriminators
    """HMR's prior, for going on with the training."""


def save_weights(path: Path | str, weights: Weights, about: str) -> None:
    """Write both networks in half precision; ``about`` says in words how they were made."""
    arrays: dict[str, object] = {"network_config": json.dumps(asdict(weights.regressor.config)), "about": about}
    for prefix, module in ((_NETWORK, weights.regressor), (_PRIOR, weights.discriminators)):
        for name, value in module.state_dict().items():
            arrays[prefix + name] = value.detach().cpu().numpy().astype(np.float16)
    save_npz(path, SCHEMA, VERSION, arrays)


def load_weights(path: Path | str | None = None) -> Weights:
    """Read both networks, by default the ones that ship. Raises FileFormatError."""
    path = SHIPPED if path is None else path
    arrays = load_npz(path, SCHEMA, VERSION, ("network_config",))
    try:
        described = json.loads(str(arrays["network_config"]))
        known = _FIRST | described
        config = NetworkConfig(**{field.name: known[field.name] for field in fields(NetworkConfig)})
        regressor, discriminators = Regressor(config), Discriminators()
        for prefix, module in ((_NETWORK, regressor), (_PRIOR, discriminators)):
            module.load_state_dict(_tensors(arrays, prefix))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise FileFormatError(
            f"{path} does not hold the weights of a regressor ({error}); make them with sfv hmr train"
        ) from error
    return Weights(regressor.eval(), discriminators.eval())


def _tensors(arrays: dict[str, np.ndarray], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): torch.from_numpy(value.astype(np.float32))
        for name, value in arrays.items()
        if name.startswith(prefix)
    }
