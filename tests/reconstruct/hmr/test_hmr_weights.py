import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError
from sfv.files import save_npz
from sfv.reconstruct.hmr.config import NetworkConfig
from sfv.reconstruct.hmr.discriminator import Discriminators
from sfv.reconstruct.hmr.network import Regressor
from sfv.reconstruct.hmr.weights import SCHEMA, SHIPPED, VERSION, Weights, load_weights, save_weights


def test_both_networks_come_back_in_half_precision(tmp_path):
    torch.manual_seed(0)
    saved = Weights(Regressor(NetworkConfig(width=32, hidden=48, blocks=1)), Discriminators())
    save_weights(tmp_path / "w.npz", saved, "made up")
    loaded = load_weights(tmp_path / "w.npz")
    assert loaded.regressor.config == saved.regressor.config
    for one, other in ((saved.regressor, loaded.regressor), (saved.discriminators, loaded.discriminators)):
        for name, value in one.state_dict().items():
            np.testing.assert_allclose(other.state_dict()[name], value, rtol=1e-3, atol=1e-6)


def test_another_file_is_refused(tmp_path):
    save_npz(tmp_path / "w.npz", SCHEMA, VERSION, {"network_config": "{}"})
    with pytest.raises(FileFormatError, match="sfv hmr train"):
        load_weights(tmp_path / "w.npz")


def test_the_shipped_file_is_small():
    assert SHIPPED.stat().st_size < 3_000_000
