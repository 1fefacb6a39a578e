import csv

from sfv.bench.quickstart import _bare_environment, _times
from sfv.bench.skills import save_curve


def test_curve_keeps_the_evaluations(tmp_path):
    head = "samples,minutes,nr,finished,episode_seconds,reward,std,kl,learning_rate"
    rows = [
        "100,0.1,,,1.0,0.5,0.1,0.01,4e-4",
        "200,0.2,0.4,0.5,1.5,0.6,0.1,0.01,3e-4",
        "300,0.3,0.9,1,2,0.7,0.1,0.01,2e-4",
    ]
    (tmp_path / "progress.csv").write_text("\n".join([head, *rows]) + "\n")
    save_curve(tmp_path, tmp_path / "curves", "walk", "walk")
    with (tmp_path / "curves" / "walk.csv").open() as stream:
        table = list(csv.DictReader(stream))
    assert [float(row["nr"]) for row in table] == [0.4, 0.9]
    assert (tmp_path / "curves" / "walk.png").stat().st_size > 1000


def test_quickstart_bench_sees_a_fresh_user(tmp_path, monkeypatch):
    monkeypatch.setenv("SFV_ASSETS", "/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    environment = _bare_environment(tmp_path)
    assert environment["HOME"] == str(tmp_path)
    assert not {"SFV_ASSETS", "XDG_CACHE_HOME", "VIRTUAL_ENV"} & set(environment)


def test_latest_time_of_each_step_counts(tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "times.tsv").write_text("install\t50\nrun\t500\ninstall\t10\n")
    assert _times(tmp_path) == {"install": 10, "run": 500}
