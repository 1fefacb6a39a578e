"""A small run of scripts/kill.py, and that its counts would show what went wrong."""

from dataclasses import replace

from sfv.bench.reliability.kill import Counts, kill_at_random, left_overs, train_subject


def test_a_training_that_is_killed_ends_as_an_undisturbed_one(tmp_path):
    counts = kill_at_random(train_subject(2048), 2, tmp_path, 0, print)
    assert counts.kills == 2
    assert counts.same_end == counts.trials >= 1
    assert counts.sound, counts.notes


def test_what_went_wrong_is_counted_and_left_overs_are_found(tmp_path):
    good = Counts("kill: it", kills=3, trials=1, same_end=1)
    assert good.sound
    assert not replace(good, lost=1).sound
    assert not replace(good, same_end=0).sound
    assert "notes" not in good.row()
    for name in (".sfv-part-1-a.npz", ".sfv-lock", "motion.2026-12-01T02-15-33.npz", "motion.npz", "clip.v2.npz"):
        (tmp_path / name).write_text("")
    assert sorted(left_overs(tmp_path)) == [".sfv-lock", ".sfv-part-1-a.npz", "motion.2026-12-01T02-15-33.npz"]
