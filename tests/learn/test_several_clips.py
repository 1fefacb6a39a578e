"""One policy over several clips: each clip's folder is a run folder like any other."""

from dataclasses import replace

import pytest

from sfv.errors import FileFormatError, SfvError
from sfv.evaluate.nr import evaluate_nr, record_rollout
from sfv.imitate.config import ImitationConfig, NrConfig
from sfv.learn.config import RunConfig, TrainConfig
from sfv.learn.defaults import defaults_for
from sfv.learn.run.folder import own_runs, read_clips, read_run, read_summary
from sfv.learn.train import train

LEARNER = TrainConfig(
    worlds=32,
    n_steps=8,
    batch_size=64,
    n_epochs=2,
    hidden=(32,),
    total_samples=1024,
    nr_interval=512,
    nr_starts=2,
    physics_threads=1,
    torch_threads=1,
)


@pytest.fixture(scope="module")
def finished(walk_clip, turning_clip, tmp_path_factory):
    """Trained on a walk, an arc and the walk as a clip that ends, with failures deciding what is drawn."""
    clips = [walk_clip, turning_clip, replace(walk_clip, cyclic=False)]
    run = RunConfig(learner=LEARNER, imitation=ImitationConfig(failure_weight=0.5))
    folder = tmp_path_factory.mktemp("several") / "run"
    return run, clips, folder, train(run, clips, folder)


def test_each_clip_has_a_run_folder_that_can_be_measured_and_played(finished):
    run, clips, folder, summary = finished
    runs = own_runs(folder, clips)
    assert [path.name for path in runs] == [f"{clips[0].name}_0", "turning", f"{clips[2].name}_2"]
    nrs = []
    for number, (path, clip) in enumerate(zip(runs, clips)):
        own, known = read_run(path)
        assert own.imitation == replace(run.imitation, one_of=(number, 3))
        assert known.cyclic == clip.cyclic
        nrs.append(evaluate_nr(path, NrConfig(starts=2), threads=1).nr)
    assert summary.nr == pytest.approx(sum(nrs) / 3, abs=0.1)  # from other random starts
    assert len(record_rollout(runs[2], 1.0).qpos) > 5


def test_the_whole_is_read_as_such(finished):
    run, clips, folder, summary = finished
    known, again = read_clips(folder)
    assert known == run
    assert [(clip.name, clip.cyclic) for clip in again] == [(clip.name, clip.cyclic) for clip in clips]
    with pytest.raises(FileFormatError, match=r"several clips \(.*turning.*give one"):
        read_run(folder)
    assert train(run, clips, folder) == summary == read_summary(folder)
    with pytest.raises(SfvError, match=r"other settings.*clip"):
        train(run, clips[:2], folder)
    with pytest.raises(SfvError, match=r"other settings.*clip"):
        train(run, clips[::-1], folder)


def test_training_goes_on_where_it_was_interrupted(finished, tmp_path):
    """Two updates, then two more, against all four at once."""
    run, clips, folder, _ = finished
    stopped = replace(run, learner=replace(run.learner, total_samples=512))
    train(stopped, clips, tmp_path / "run")
    (tmp_path / "run" / "summary.json").unlink()
    text = (tmp_path / "run" / "config.toml").read_text()
    (tmp_path / "run" / "config.toml").write_text(text.replace("total_samples = 512", "total_samples = 1024"))
    summary = train(run, clips, tmp_path / "run")
    assert summary.samples == 1024
    rows = (tmp_path / "run" / "progress.csv").read_text().splitlines()
    assert len(rows) == len((folder / "progress.csv").read_text().splitlines())


def test_defaults_count_the_clips(walk_clip, short_clip):
    one, both = defaults_for(short_clip), defaults_for([walk_clip, short_clip])
    assert both.learner.total_samples == 2 * one.learner.total_samples
    assert both.physics == one.physics
    assert defaults_for([walk_clip]) == defaults_for(walk_clip)
