from dataclasses import replace

import pytest
import torch

from sfv.reconstruct.hmr.training.train import CHECKPOINT, LOG, train_hmr
from sfv.reconstruct.hmr.weights import load_weights


def test_a_run_leaves_weights_and_a_log_and_goes_on_where_it_stopped(clips, tiny, body, tmp_path):
    whole = train_hmr(tiny, clips, body, tmp_path / "whole", "cpu", lambda done, total: None)
    lines = (tmp_path / "whole" / LOG).read_text().splitlines()
    assert lines[0].startswith("step,minutes,total,joints")
    assert "held_out_pa_mpjpe_mm" in lines[0]
    assert [int(float(line.split(",")[0])) for line in lines[1:]] == [2, 3, 4, 6]

    class Stopped(Exception):
        pass

    def stop(done, total):
        if done >= 0.7 * total:
            raise Stopped

    with pytest.raises(Stopped):
        train_hmr(tiny, clips, body, tmp_path / "halves", "cpu", stop)
    assert (tmp_path / "halves" / CHECKPOINT).is_file()
    halves = train_hmr(tiny, clips, body, tmp_path / "halves", "cpu", lambda done, total: None)
    for a, b in zip(load_weights(whole).regressor.parameters(), load_weights(halves).regressor.parameters()):
        assert torch.equal(a, b)
    assert len((tmp_path / "halves" / LOG).read_text().splitlines()) == len(lines)


def test_a_limit_in_minutes_ends_the_run(clips, tiny, body, tmp_path):
    train_hmr(replace(tiny, minutes=1e-9), clips, body, tmp_path, "cpu", lambda done, total: None)
    assert (tmp_path / LOG).read_text().splitlines()[-1].startswith("1,")
