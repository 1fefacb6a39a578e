from dataclasses import replace

import numpy as np
import pytest
import torch

from sfv.errors import FileFormatError, SfvError
from sfv.reconstruct.hmr.training.trainer import Trainer, schedule
from sfv.reconstruct.hmr.weights import Weights


def test_the_loss_falls_on_one_batch(clips, tiny, body):
    config = replace(tiny, steps=400, learning_rate=3e-3)
    trainer = Trainer(config, clips, body)
    batch = trainer.synthesis.batch(torch.Generator().manual_seed(0))
    losses = [trainer.update_on(batch, torch.Generator().manual_seed(1), 0.05) for _ in range(60)]
    assert losses[-1]["joints"] < 0.75 * losses[0]["joints"]
    assert losses[-1]["total"] < 0.7 * losses[0]["total"]


def test_truth_has_no_loss(clips, tiny, body):
    from sfv.motion.rotations import rotmat_to_rot6d
    from sfv.reconstruct.hmr.training.loss import losses

    trainer = Trainer(tiny, clips, body)
    batch = trainer.synthesis.batch(torch.Generator().manual_seed(0))
    frames = batch.rotations.shape[:2]
    pose = rotmat_to_rot6d(batch.rotations).flatten(2)
    answer = torch.cat((pose, batch.betas[:, None].expand(*frames, -1), torch.zeros(*frames, 3)), -1)
    terms, _ = losses([answer], batch, trainer.skeleton, tiny.loss)
    assert all(terms[name] < 2e-3 for name in ("joints", "rotations", "root", "betas", "velocity"))
    assert terms["reprojection"] > 0.1  # a camera of size zero sees nothing


def test_the_same_seed_gives_the_same_weights_and_another_one_others(clips, tiny, body):
    def trained(seed):
        trainer = Trainer(replace(tiny, seed=seed), clips, body)
        for _ in range(2):
            trainer.update()
        return torch.cat([value.flatten() for value in trainer.networks.regressor.parameters()])

    assert torch.equal(trained(0), trained(0))
    assert not torch.equal(trained(0), trained(1))


def test_resumed_is_uninterrupted(clips, tiny, body, tmp_path):
    whole = Trainer(tiny, clips, body)
    for _ in range(2):
        whole.update()
    whole.save(tmp_path / "checkpoint.npz")
    resumed = Trainer(tiny, clips, body)
    resumed.load(tmp_path / "checkpoint.npz")
    assert whole.update() == resumed.update()
    for a, b in zip(whole.networks.average.parameters(), resumed.networks.average.parameters()):
        assert torch.equal(a, b)


def test_a_checkpoint_of_another_network_is_refused(clips, tiny, body, tmp_path):
    Trainer(tiny, clips, body).save(tmp_path / "checkpoint.npz")
    wider = replace(tiny, network=replace(tiny.network, width=40))
    with pytest.raises(FileFormatError, match="does not fit"):
        Trainer(wider, clips, body).load(tmp_path / "checkpoint.npz")


def test_the_learning_rate_rises_then_falls():
    rates = [schedule(share) for share in np.linspace(0, 1, 41)]
    assert rates[0] < 0.05
    assert max(rates) == pytest.approx(1.0, abs=0.02)
    assert rates[-1] == pytest.approx(0.0, abs=1e-9)


def test_it_begins_with_given_weights(clips, tiny, body):
    first = Trainer(tiny, clips, body)
    first.update()
    given = Weights(first.networks.average, first.networks.discriminators)
    second = Trainer(replace(tiny, seed=5), clips, body)
    second.begin_with(given)
    for one, other in zip(second.networks.regressor.parameters(), first.networks.average.parameters()):
        torch.testing.assert_close(one, other)
    wider = Trainer(replace(tiny, network=replace(tiny.network, width=48)), clips, body)
    with pytest.raises(SfvError, match="another network"):
        wider.begin_with(given)
