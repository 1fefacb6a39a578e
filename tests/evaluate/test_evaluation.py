from dataclasses import replace

import pytest

from sfv.errors import FileFormatError
from sfv.evaluate.evaluation import Evaluation, evaluate_run, words
from sfv.imitate.config import NrConfig

GOOD = Evaluation(
    nr=0.97, nr_low=0.95, finished=32, survival=1.0, terms={"pose": 0.99}, nr_fine=0.96, finished_fine=32, diverged=0,
    starts=32, seconds=20.0, cyclic=True, env="flat", trained_on="flat",
)  # fmt: skip


def test_a_good_policy_has_no_complaints():
    text = "\n".join(words(GOOD))
    assert "NR 0.970" in text
    assert "32 of 32" in text
    assert "train longer" not in text
    assert "leans on coarse physics" not in text


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"finished": 0, "survival": 0.3}, "on average it falls after 30% of it"),
        ({"finished": 30}, "2 of 32 starts fall"),
        (
            {"finished_fine": 20, "substeps": 4},
            "leans on coarse physics",
        ),
        ({"finished_fine": 20, "substeps": 4}, "train with --physics.substeps 8"),
        ({"finished_fine": 20, "substeps": 8}, "train with --physics.substeps 16"),
        ({"finished_fine": 20, "substeps": 20}, "train with --physics.armature 0.01"),
        ({"diverged": 2}, "broke down in 2 episodes"),
        ({"cyclic": False, "seconds": 1.65}, "what comes after its 1.6 s was not learned"),
    ],
)
def test_what_it_cannot_do_is_said(change, complaint):
    assert complaint in "\n".join(words(replace(GOOD, **change)))


def test_other_ground_is_named():
    assert "learned and measured on 'flat'" in "\n".join(words(GOOD))
    assert "learned on 'flat', measured on 'slope'" in "\n".join(words(replace(GOOD, env="slope")))


def test_no_run_folder(tmp_path):
    with pytest.raises(FileFormatError, match="not a run folder"):
        evaluate_run(tmp_path, NrConfig())
